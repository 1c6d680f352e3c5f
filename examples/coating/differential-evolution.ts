import type { RandomStream } from '../../src/base/index.ts';

/** A point and the objective's value there. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
}

export interface EvolutionSettings {
  readonly population: number;
  readonly generations: number;
  /** Share of coordinates taken from the mutant. */
  readonly crossover: number;
  readonly stream: RandomStream;
}

/**
 * Minimizes over the unit cube [0, 1)^d by differential evolution, DE/rand/1/bin (Storn and Price 1997) with the scale factor
 * drawn from [0.5, 1) for every mutant ("dither") and coordinates that leave the cube reflected into it.
 */
export function differentialEvolution(
  objective: (point: Float64Array) => number,
  dimension: number,
  { population, generations, crossover, stream }: EvolutionSettings,
): Minimum {
  const points: Float64Array[] = Array.from({ length: population }, () =>
    Float64Array.from({ length: dimension }, () => stream.uniform()),
  );
  const values = Float64Array.from(points, objective);
  for (let generation = 0; generation < generations; generation++) {
    for (let target = 0; target < population; target++) {
      const trial = trialFor(points, target, crossover, stream);
      const value = objective(trial);
      if (value <= values[target]!) {
        points[target] = trial;
        values[target] = value;
      }
    }
  }
  const best = values.indexOf(Math.min(...values));
  return { point: points[best]!, value: values[best]! };
}

function trialFor(
  points: readonly Float64Array[],
  target: number,
  crossover: number,
  stream: RandomStream,
): Float64Array {
  const [base, plus, minus] = threeOthers(points.length, target, stream);
  const scale = 0.5 + 0.5 * stream.uniform();
  const trial = Float64Array.from(points[target]!);
  const forced = stream.integer(trial.length);
  for (let i = 0; i < trial.length; i++) {
    if (i !== forced && stream.uniform() >= crossover) continue;
    trial[i] = reflected(points[base]![i]! + scale * (points[plus]![i]! - points[minus]![i]!));
  }
  return trial;
}

/** Three different members, none of them `target`. */
function threeOthers(population: number, target: number, stream: RandomStream): [number, number, number] {
  const otherThan = (...taken: readonly number[]): number => {
    let member = stream.integer(population);
    while (taken.includes(member)) member = stream.integer(population);
    return member;
  };
  const first = otherThan(target);
  const second = otherThan(target, first);
  return [first, second, otherThan(target, first, second)];
}

/** A number in (-1, 2) mirrored at 0 and at 1 into [0, 1). */
function reflected(coordinate: number): number {
  const inside = coordinate < 0 ? -coordinate : coordinate > 1 ? 2 - coordinate : coordinate;
  return Math.min(inside, 1 - Number.EPSILON);
}
