export {
  dataPath,
  findData,
  numberColumn,
  packageRoot,
  readColumns,
  textColumn,
  type Columns,
  type DataFile,
} from './data.ts';
export {
  applies,
  methodNames,
  methods,
  randomMethodNames,
  randomMethods,
  type MethodName,
  type RandomMethodName,
} from './methods/catalogue.ts';
export { visibleTable, type Method, type Request } from './methods/method.ts';
export { random, randomUnseen, uniformDesign, type RandomMethod } from './methods/random.ts';
export { holm, signedRankTest, type SignedRankTest } from './significance.ts';
export { deviation, mean, median } from './statistics.ts';
export { loadTask, taskGroups, taskNames, type TaskGroup, type TaskName } from './tasks/catalogue.ts';
export {
  bandReflectance,
  coatingDirection,
  coatingLayers,
  coatingMaterials,
  coatingReward,
  coatingSpace,
  coatingThickness,
  coatingWavelengths,
  designOf,
  layersOf,
  meanReflectance,
  meanReflectanceOver,
  reflectance,
  refractiveIndex,
  transmittance,
  type CoatingMaterial,
  type Glass,
  type Layer,
} from './tasks/coating.ts';
export { ackley, branin, rastrigin, rosenbrock } from './tasks/functions.ts';
export { lookupOracle, type LookupOracle } from './tasks/lookup.ts';
export { landscapeNames } from './tasks/sequences.ts';
export type { Rows, Task } from './tasks/task.ts';
