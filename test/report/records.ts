import { randomStream } from '../../src/base/index.ts';
import type { JournalEvent, RunRecord, RunSettings } from '../../src/run/index.ts';
import { createFold } from '../../src/run/record.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';

export const plane: SpaceDefinition = {
  parameters: {
    x: { type: 'real', min: 0, max: 1 },
    layers: { type: 'integer', min: 1, max: 8 },
    catalyst: { type: 'categorical', values: ['A', 'B'] },
  },
};

/** The record that these events make. */
export function recordOf(events: readonly JournalEvent[], changes: Partial<RunSettings> = {}): RunRecord {
  const settings: RunSettings = {
    space: plane,
    direction: 'maximize',
    reward: 'yield',
    seed: 1,
    batch: 8,
    threads: 1,
    evaluations: 100,
    package: '0.1.0',
    ...changes,
  };
  const fold = createFold(settings);
  events.forEach((event) => fold.apply(event));
  return fold.record;
}

export interface Simulated {
  readonly rounds: number;
  readonly batch: number;
  readonly reward: (design: Design, number: number) => number;
  readonly design?: (number: number) => Design;
  /** Every so manieth evaluation fails. */
  readonly failing?: number;
  readonly error?: string;
  readonly predicting?: boolean;
}

function randomDesign(number: number): Design {
  const random = randomStream(3).split('design', number);
  return { x: random.uniform(), layers: 1 + random.integer(8), catalyst: random.integer(2) === 0 ? 'A' : 'B' };
}

/** What the journal of a run holds in which every evaluation of each round has a result. */
export function simulated({
  rounds,
  batch,
  reward,
  design = randomDesign,
  failing = Infinity,
  error = 'pump blocked',
  predicting = true,
}: Simulated): readonly JournalEvent[] {
  return Array.from({ length: rounds }, (_, i) => i + 1).flatMap((round): readonly JournalEvent[] => {
    const requests = Array.from({ length: batch }, (_, i) => {
      const number = (round - 1) * batch + i + 1;
      const own = design(number);
      const predicted = { mean: reward(own, number) + 0.1, std: 0.2 };
      return { id: `r${round}-${i + 1}`, design: own, ...(predicting && round > 1 ? { predicted } : {}) };
    });
    const told = requests.map((request, i): JournalEvent => {
      const number = (round - 1) * batch + i + 1;
      const about = { event: 'told', id: request.id, source: 'oracle' } as const;
      return number % failing === 0
        ? { ...about, status: 'failed', error }
        : { ...about, status: 'measured', reward: reward(request.design, number) };
    });
    return [{ event: 'asked', round, requests }, ...told];
  });
}
