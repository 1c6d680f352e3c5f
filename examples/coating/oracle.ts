import { meanReflectance } from '../../benchmarks/index.ts';

/** The oracle for `diffopt optimize --space examples/coating/space.json --module dist/examples/coating/oracle.js --minimize`. */
export default meanReflectance;
