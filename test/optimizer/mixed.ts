import { randomStream } from '../../src/base/index.ts';
import type { DenoiserTraining, SamplingOptions } from '../../src/diffusion/index.ts';
import { onnxRuntime } from '../../src/graph/index.ts';
import { modelFile, trainOnTable, type TrainedDenoiser } from '../../src/optimizer/index.ts';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { tableFromRows, type Table } from '../../src/table/index.ts';

/** Every kind of parameter, with names and values that a CSV file has to quote. */
export const mixedSpace: SpaceDefinition = {
  parameters: {
    temperature: { type: 'real', min: 20, max: 90 },
    pressure: { type: 'real', min: 0, max: 3, step: 0.25 },
    loading: { type: 'real', min: 0.001, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 8 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    'solvent, "wet"': { type: 'categorical', values: ['THF', 'a "b", c', 'é; '] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 4 },
  },
};

/** The same, its fractions adding up to 1. */
export const tiedSpace: SpaceDefinition = {
  parameters: {
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: 0, max: 1 },
    c: { type: 'real', min: 0, max: 1 },
    layers: { type: 'integer', min: 1, max: 8 },
    catalyst: { type: 'categorical', values: ['A', 'B'] },
  },
  constraints: [
    { sum: ['a', 'b', 'c'], equals: 1 },
    { linear: { a: 4, layers: 1 }, atMost: 6 },
  ],
};

const stream = randomStream(41);
const pick = <T>(list: readonly T[]): T => list[stream.integer(list.length)]!;
const between = (low: number, high: number): number => low + (high - low) * stream.uniform();

/** 120 rows, columns in another order than the space's, the reward among them. */
export function mixedTable(): Table {
  const rows = Array.from({ length: 120 }, () => {
    const temperature = between(20, 90);
    const guide = Array.from({ length: 4 }, () => pick([...'ACGT'])).join('');
    return {
      guide,
      temperature: temperature.toFixed(1),
      yield: (temperature / 10 + 3 * guide.split('A').length + stream.normal()).toFixed(2),
      layers: String(1 + stream.integer(8)),
      loading: (10 ** between(-3, 0)).toFixed(4),
      'solvent, "wet"': pick(['THF', 'a "b", c', 'é; ']),
      grade: String(pick([8, 16, 32])),
      pressure: (0.25 * stream.integer(13)).toFixed(2),
    };
  });
  return tableFromRows(rows, { reward: 'yield', direction: 'maximize', space: mixedSpace });
}

export function tiedTable(): Table {
  const rows = Array.from({ length: 60 }, () => {
    const [p, q] = [stream.integer(51), stream.integer(50)];
    const layers = 1 + stream.integer(2);
    return {
      a: (p / 100).toFixed(2),
      b: (q / 100).toFixed(2),
      c: ((100 - p - q) / 100).toFixed(2),
      layers: String(layers),
      catalyst: pick(['A', 'B']),
      cost: String(p - q + 10 * layers),
    };
  });
  return tableFromRows(rows, { reward: 'cost', direction: 'minimize', space: tiedSpace });
}

const quick: Partial<DenoiserTraining> = { width: 32, blocks: 2, batch: 32, steps: 300 };

export async function trainQuickly(
  table: Table,
  training: Partial<DenoiserTraining> = quick,
): Promise<TrainedDenoiser> {
  const runtime = onnxRuntime({ threads: 1 });
  try {
    return await trainOnTable(table, runtime, { stream: randomStream(42), weighting: 'exponential', training });
  } finally {
    await runtime.close();
  }
}

/** The model file of a table, after a short training. */
export async function quickModel(table: Table, sampling?: Omit<SamplingOptions, 'slabs'>): Promise<Uint8Array> {
  return modelFile(await trainQuickly(table), table, sampling);
}
