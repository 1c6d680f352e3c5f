import { randomStream } from '../../src/base/index.ts';
import type { TestFunction } from './function.ts';
import { orthonormal, times } from './matrix.ts';

/** The same function with its optimum at another place, drawn from the middle eight tenths of every interval. */
export function shifted(source: TestFunction, seed: number): TestFunction {
  const stream = randomStream(seed).split('shift');
  const optimum = Float64Array.from(source.bounds, ([min, max]) => min + (0.1 + 0.8 * stream.uniform()) * (max - min));
  return {
    ...source,
    name: `${source.name}-shifted`,
    optimum,
    evaluate: (x) => source.evaluate(x.map((value, j) => value - optimum[j]! + source.optimum[j]!)),
  };
}

/** The same function turned about its optimum by a random rotation. */
export function rotated(source: TestFunction, seed: number): TestFunction {
  const stream = randomStream(seed).split('rotation');
  const dimension = source.bounds.length;
  const matrix = orthonormal(dimension, () => stream.fillNormal(new Float64Array(dimension)));
  const { optimum } = source;
  return {
    ...source,
    name: `${source.name}-rotated`,
    evaluate: (x) => {
      const turned = times(
        matrix,
        x.map((value, j) => value - optimum[j]!),
      );
      return source.evaluate(turned.map((value, j) => value + optimum[j]!));
    },
  };
}
