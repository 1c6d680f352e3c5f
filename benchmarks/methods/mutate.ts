import type { RandomStream } from '../../src/base/index.ts';
import { stepsOf, type EncodedColumn } from '../../src/space/index.ts';

/** Standard deviation of a changed number, as a share of its range. */
const reach = 0.1;

/** A place that is changed on its own: a number, a choice, or a letter. */
interface Site {
  readonly change: (vector: Float64Array, stream: RandomStream) => void;
}

function sitesOf(column: EncodedColumn): readonly Site[] {
  if (column.kind === 'onehot') {
    return Array.from({ length: column.positions }, (_, group) => ({
      change: (vector: Float64Array, stream: RandomStream) =>
        changeChoice(vector, column.offset + group * column.choices, column.choices, stream),
    }));
  }
  const steps = stepsOf(column);
  // At least a step, so that rounding does not undo it.
  const least = steps === undefined || steps === 0 ? 0 : 2 / steps;
  return [
    {
      change: (vector, stream) => {
        const move = 2 * reach * stream.normal();
        const far = Math.sign(move) * Math.max(Math.abs(move), least);
        vector[column.offset] = Math.min(1, Math.max(-1, vector[column.offset]! + far));
      },
    },
  ];
}

/** Another choice than the present one, each as likely as any other. */
function changeChoice(vector: Float64Array, offset: number, choices: number, stream: RandomStream): void {
  if (choices < 2) return;
  const present = vector.subarray(offset, offset + choices).indexOf(1);
  const other = stream.integer(choices - 1);
  vector.fill(-1, offset, offset + choices);
  vector[offset + (other >= present ? other + 1 : other)] = 1;
}

/** Changes encoded designs in place. */
export interface Mutation {
  /** Changes one place. */
  readonly one: (vector: Float64Array, stream: RandomStream) => void;
  /** Changes each place with probability 1 / places: one on average. */
  readonly each: (vector: Float64Array, stream: RandomStream) => void;
}

/** Mutations of encoded designs: numbers move by a tenth of their range, choices and letters become others. */
export function mutationOf(columns: readonly EncodedColumn[]): Mutation {
  const sites = columns.flatMap(sitesOf);
  return {
    one: (vector, stream) => sites[stream.integer(sites.length)]?.change(vector, stream),
    each: (vector, stream) => {
      for (const { change } of sites) if (stream.uniform() < 1 / sites.length) change(vector, stream);
    },
  };
}
