import { randomStream } from '../../../src/base/index.ts';
import type { Design, Space } from '../../../src/space/index.ts';
import { cma, type Cma } from './cma.ts';
import { defaultPopulation } from './cma-parameters.ts';
import { decoded, keyOf } from './designs.ts';
import type { Evaluation, PromptMethod } from './method.ts';

/** The first step size in encoded coordinates: a fifth of the range. */
const firstSigma = 0.4;

/** A restart doubles the population, up to this many times the first one. */
const mostGrowth = 64;

/** A number mirrored at -1 and 1 until it lies between them. */
export function mirrored(value: number): number {
  const along = (((value + 1) % 4) + 4) % 4;
  return along <= 2 ? along - 1 : 3 - along;
}

/** What was sampled for designs that are not told yet. */
function createPending(space: Space): {
  readonly add: (design: Design, sample: Float64Array) => void;
  readonly take: (design: Design) => Float64Array;
} {
  const samples = new Map<string, Float64Array[]>();
  return {
    add: (design, sample) => {
      const key = keyOf(space, design);
      samples.set(key, [...(samples.get(key) ?? []), sample]);
    },
    take: (design) => {
      const key = keyOf(space, design);
      const [first, ...others] = samples.get(key) ?? [];
      if (others.length > 0) samples.set(key, others);
      else samples.delete(key);
      return first ?? space.encode(design);
    },
  };
}

/**
 * CMA-ES over encoded designs, as many in a generation as in a batch but at least the default number. It starts from the best of what
 * was told before the first question, or else from the middle. Samples outside the box are mirrored into it, choices are taken from the
 * largest of their coordinates. A run that has ended is followed by one from a random point with twice the population (Auger and Hansen
 * 2005).
 */
export const cmaEs: PromptMethod = (space, { seed, batch }) => {
  const stream = randomStream(seed).split('cma-es');
  const least = Math.max(defaultPopulation(space.dimension), batch);
  const pending = createPending(space);
  let best: Evaluation | undefined;
  let running: Cma | undefined;
  let starts = 0;
  let waiting: { readonly sample: Float64Array; readonly cost: number }[] = [];

  const start = (mean: Float64Array): Cma => {
    const population = least * Math.min(mostGrowth, 2 ** starts);
    running = cma({ mean, sigma: firstSigma, population, stream: stream.split('run', starts) });
    starts++;
    return running;
  };
  const randomMean = (): Float64Array => new Float64Array(space.dimension).map(() => 2 * stream.uniform() - 1);
  const firstMean = (): Float64Array =>
    best === undefined ? new Float64Array(space.dimension) : space.encode(best.design);

  const propose = (run: Cma): Design => {
    const sample = run.ask();
    const design = decoded(space, sample.map(mirrored));
    pending.add(design, sample);
    return design;
  };

  const learn = (run: Cma): void => {
    const generation = waiting.slice(0, run.population);
    waiting = waiting.slice(run.population);
    run.tell(
      generation.map(({ sample }) => sample),
      generation.map(({ cost }) => cost),
    );
    if (run.ended() !== undefined) start(randomMean());
  };

  return {
    ask: (count) => {
      const run = running ?? start(firstMean());
      return Array.from({ length: count }, () => propose(run));
    },
    tell: (told) => {
      for (const evaluation of told) {
        const { design, cost = NaN } = evaluation;
        if (cost < (best?.cost ?? Infinity)) best = evaluation;
        if (running !== undefined) waiting.push({ sample: pending.take(design), cost });
      }
      while (running !== undefined && waiting.length >= running.population) learn(running);
    },
    // Under noise the middle of what is sampled; of a run that has just begun it says nothing.
    recommend: () =>
      starts === 1 && running !== undefined ? decoded(space, running.mean().map(mirrored)) : best?.design,
  };
};
