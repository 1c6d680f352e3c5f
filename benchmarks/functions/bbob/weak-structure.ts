import { times } from '../matrix.ts';
import { illConditioned, innerRotation, optimumOf, type Instance, type MakeShape } from './instance.ts';
import { normals, uniforms } from './random.ts';
import { condition, linear, oscillated, outside, rounded, shift, through, type Cost } from './transforms.ts';

const schwefelPlace = 4.2096874637;

/** f20: x sin sqrt|x|, after every coordinate was tied to the one before it. */
export const schwefel: MakeShape = ({ dimension, seed }) => {
  const signs = uniforms(dimension, seed).map((u) => (u < 0.5 ? -1 : 1));
  const stretch = condition(dimension, 10);
  const cost: Cost = (x) => {
    let sum = 0;
    let excess = 0;
    let before = schwefelPlace;
    for (let i = 0; i < dimension; i++) {
      const mirrored = 2 * signs[i]! * x[i]!;
      const tied = mirrored + 0.25 * (before - schwefelPlace);
      const z = 100 * (stretch[i]! * (tied - schwefelPlace) + schwefelPlace);
      sum += z * Math.sin(Math.sqrt(Math.abs(z)));
      excess += Math.max(0, Math.abs(z) - 500) ** 2;
      before = mirrored;
    }
    return 0.01 * (418.9828872724339 - sum / dimension + excess);
  };
  return { optimum: signs.map((sign) => (sign * schwefelPlace) / 2), cost };
};

/** Places of the numbers in ascending order. */
function order(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
}

interface Peaks {
  readonly count: number;
  /** The condition of the highest peak's bowl; the others' are drawn from 1 to 1000. */
  readonly highest: number;
  /** Peaks lie in [-reach, width - reach]^d. */
  readonly width: number;
  readonly reach: number;
}

/** Scales of each peak's bowl by coordinate: Λ^alpha / alpha^(1/4), shuffled, squared. */
function bowls({ dimension, seed }: Instance, { count, highest }: Peaks): Float64Array[] {
  const conditions = order(uniforms(count - 1, seed)).map((rank) => 1000 ** (rank / (count - 2)));
  return [highest, ...conditions].map((alpha, peak) =>
    Float64Array.from(
      order(uniforms(dimension, seed + 1000 * peak)),
      (rank) => alpha ** (rank / (dimension - 1) - 0.5),
    ),
  );
}

/** f21 and f22: the upper envelope of Gaussian peaks at random places. */
function gallagher(peaks: Peaks): MakeShape {
  return (instance) => {
    const { dimension, seed } = instance;
    const { count, width, reach } = peaks;
    const drawn = uniforms(dimension * count, seed).map((u) => width * u - reach);
    const places = Array.from({ length: count }, (_, peak) =>
      drawn.subarray(peak * dimension, (peak + 1) * dimension).map((value) => (peak === 0 ? 0.8 : 1) * value),
    );
    const rotate = innerRotation(instance);
    const centres = places.map((point) => times(rotate, point));
    const scales = bowls(instance, peaks);
    const heights = centres.map((_, peak) => (peak === 0 ? 10 : 1.1 + (8 * (peak - 1)) / (count - 2)));
    const envelope: Cost = (z) => {
      let top = 0;
      for (let peak = 0; peak < count; peak++) {
        const [centre, scale] = [centres[peak]!, scales[peak]!];
        let distance = 0;
        for (let j = 0; j < dimension; j++) distance += scale[j]! * (z[j]! - centre[j]!) ** 2;
        top = Math.max(top, heights[peak]! * Math.exp((-0.5 / dimension) * distance));
      }
      return oscillated(10 - top) ** 2;
    };
    const inner = through([linear(rotate)], envelope);
    return { optimum: places[0]!, cost: (x) => inner(x) + outside(x) };
  };
}

/** f21 */
export const gallagher101: MakeShape = gallagher({ count: 101, highest: Math.sqrt(1000), width: 10, reach: 5 });
/** f22 */
export const gallagher21: MakeShape = gallagher({ count: 21, highest: 1000, width: 9.8, reach: 4.9 });

/** The sum of |2^j x - round(2^j x)| / 2^j, j = 1 to 32. */
function roughness(x: number): number {
  let sum = 0;
  for (let j = 1; j <= 32; j++) {
    const fine = 2 ** j * x;
    sum += Math.abs(fine - rounded(fine)) / 2 ** j;
  }
  return sum;
}

const rough: Cost = (x) => {
  const d = x.length;
  let product = 1;
  for (let i = 0; i < d; i++) product *= (1 + (i + 1) * roughness(x[i]!)) ** (10 / d ** 1.2);
  return (10 / d ** 2) * (product - 1);
};

/** f23 */
export const katsuura: MakeShape = (instance) => {
  const optimum = optimumOf(instance);
  const inner = through([shift(optimum), linear(illConditioned(instance, 100))], rough);
  return { optimum, cost: (x) => inner(x) + outside(x) };
};

/** f24: the better of two spheres, the larger one worse, under Rastrigin's waves. */
export const lunacekBiRastrigin: MakeShape = (instance) => {
  const { dimension, seed } = instance;
  const near = 2.5;
  const size = 1 - 0.5 / (Math.sqrt(dimension + 20) - 4.1);
  const far = -Math.sqrt((near ** 2 - 1) / size);
  const signs = normals(dimension, seed).map((value) => (value < 0 ? -1 : 1));
  const matrix = illConditioned(instance, 100);
  const cost: Cost = (x) => {
    const mirrored = x.map((value, i) => 2 * signs[i]! * value);
    let [first, second, waves] = [0, 0, 0];
    for (const value of mirrored) {
      first += (value - near) ** 2;
      second += (value - far) ** 2;
    }
    for (const z of times(
      matrix,
      mirrored.map((value) => value - near),
    ))
      waves += Math.cos(2 * Math.PI * z);
    return Math.min(first, dimension + size * second) + 10 * (dimension - waves) + 1e4 * outside(x);
  };
  return { optimum: signs.map((sign) => (sign * near) / 2), cost };
};
