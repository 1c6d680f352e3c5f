import { randomStream } from '../../src/base/index.ts';
import type { DenoiserTraining } from '../../src/diffusion/index.ts';
import type { Judge, Judgement } from '../../src/optimizer/judge.ts';
import type { LearnOptions } from '../../src/optimizer/learn.ts';
import { fitSurrogate } from '../../src/reward/index.ts';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { tableFromRows, type Table, type TableOptions } from '../../src/table/index.ts';

/** Two numbers. */
export const plane: SpaceDefinition = {
  parameters: { x: { type: 'real', min: 0, max: 1 }, y: { type: 'real', min: 0, max: 1 } },
};

/** Best at (0.4, 0.5), where it is 7. */
export const planeReward = (x: number, y: number): number => 7 - 30 * (x - 0.4) ** 2 - 20 * (y - 0.5) ** 2;

type Row = { readonly x: number; readonly y: number; readonly reward: number | null };

/** Rows in the lower left quarter and a little beyond, in [0, 0.6] x [0, 0.6]. */
export function planeRows(count: number): readonly Row[] {
  const stream = randomStream(11);
  return Array.from({ length: count }, () => {
    const [x, y] = [stream.integer(601) / 1000, stream.integer(601) / 1000];
    return { x, y, reward: Number((planeReward(x, y) + 0.1 * stream.normal()).toFixed(3)) };
  });
}

export function planeTable(rows: readonly Row[] | number, options: Partial<TableOptions> = {}): Table {
  return tableFromRows(typeof rows === 'number' ? planeRows(rows) : rows, {
    reward: 'reward',
    direction: 'maximize',
    space: plane,
    ...options,
  });
}

/** Far too little to be good, and enough to be finite. */
export const tinyTraining: Partial<DenoiserTraining> = { steps: 100, width: 32 };

export function tinyLearning(): LearnOptions {
  return {
    runtime: 'onnx',
    threads: 1,
    caution: 0.5,
    stream: randomStream(3),
    weighting: 'exponential',
    training: tinyTraining,
    surrogate: fitSurrogate('gaussian-process'),
  };
}

/** A judge that knows what every design is worth, and how many it was asked about. */
export function knownJudge(dimension: number, worth: (vector: Float32Array) => number): Judge & { asked: number } {
  return {
    asked: 0,
    evidenceWeight: 0,
    doubtOffData: 0,
    judge(designs): Promise<Judgement> {
      const n = designs.length / dimension;
      this.asked += n;
      const bound = Float64Array.from({ length: n }, (_, i) =>
        worth(designs.subarray(i * dimension, (i + 1) * dimension)),
      );
      const ones = new Float64Array(n).fill(1);
      return Promise.resolve({
        mean: bound.slice(),
        std: ones,
        surrogateStd: ones,
        trust: ones,
        feasible: ones,
        bound,
        informed: bound,
      });
    },
    dispose: () => Promise.resolve(),
  };
}

/** The rows of a matrix. */
export function rowsOf(matrix: Float32Array, dimension: number): readonly Float32Array[] {
  return Array.from({ length: matrix.length / dimension }, (_, i) =>
    matrix.subarray(i * dimension, (i + 1) * dimension),
  );
}
