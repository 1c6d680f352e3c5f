import { quantile, randomStream } from '../../src/base/index.ts';
import { createSpace } from '../../src/space/index.ts';
import { uniformDesign } from '../methods/random.ts';
import type { Problem } from './problem.ts';

/** The same problem with normal noise of a standard deviation, in the cost's unit, added to every measurement. */
export function noisy(problem: Problem, deviation: number): Problem {
  return {
    ...problem,
    name: `${problem.name}-noisy`,
    noisy: true,
    measure: (design, stream) => {
      const measured = problem.measure(design, stream);
      return measured === undefined ? undefined : measured + deviation * stream.normal();
    },
  };
}

/** Uniform designs by which the failing share is set. */
const probes = 4096;

/** Parameters that decide on failure. */
const deciding = 4;

/**
 * The same problem, in which measuring fails at about a share of all designs: in a pattern of islands over four parameters that
 * nothing tells a method of. It never fails at a known optimum. For spaces without constraints.
 */
export function hiddenFailures(problem: Problem, share: number, seed: number): Problem {
  const stream = randomStream(seed).split('failures');
  const space = createSpace(problem.space);
  const centre =
    problem.optimum === undefined
      ? stream.fillNormal(new Float64Array(space.dimension))
      : space.encode(problem.optimum);
  const columns = Array.from(
    stream.permutation(space.columns.length).subarray(0, deciding),
    (at) => space.columns[at]!,
  );
  const coordinates = columns.flatMap(({ offset, width }) => Array.from({ length: width }, (_, i) => offset + i));
  const weights = coordinates.map(() => 0.5 + stream.uniform());
  const danger = (vector: Float64Array): number => {
    let sum = 0;
    coordinates.forEach((j, at) => (sum += weights[at]! * (1 - Math.cos(1.5 * Math.PI * (vector[j]! - centre[j]!)))));
    return sum;
  };
  const seen = Float64Array.from({ length: probes }, () => danger(space.encode(uniformDesign(space, stream))));
  const limit = quantile(seen, 1 - share);
  return {
    ...problem,
    name: `${problem.name}-failing`,
    measure: (design, own) => (danger(space.encode(design)) > limit ? undefined : problem.measure(design, own)),
  };
}
