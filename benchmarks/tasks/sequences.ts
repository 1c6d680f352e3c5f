import { quantile, randomStream } from '../../src/base/index.ts';
import { createSpace, enumerate, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import { numberColumn, readColumns, textColumn, type DataFile } from '../data.ts';
import { lookupOracle } from './lookup.ts';
import { best, normalized, rangeOf, rowsAt, rowsAtMost, type Rows, type Task } from './task.ts';

const factors = ['EGR2', 'FOXC1', 'HOXD13', 'KLF1', 'PAX6', 'POU3F4'] as const;
type Landscape = `tf-${Lowercase<(typeof factors)[number]>}`;

/** Six more factors of the laboratory that TF-Bind-8 comes from. */
export const landscapeNames: readonly Landscape[] = factors.map(landscapeName);
export type SequenceTaskName = 'tf-bind-8' | 'tf-bind-8-500' | Landscape | 'gb1';
export const sequenceTaskNames: readonly SequenceTaskName[] = ['tf-bind-8', 'tf-bind-8-500', ...landscapeNames, 'gb1'];

function landscapeName(factor: (typeof factors)[number]): Landscape {
  return `tf-${factor.toLowerCase() as Lowercase<typeof factor>}`;
}

interface Source {
  readonly file: DataFile;
  readonly reward: string;
  readonly alphabet: string;
  readonly length: number;
  /** Rows up to this quantile of the reward are visible. */
  readonly visible: number;
  /** So many of the visible rows, drawn by the task's seed. */
  readonly drawn?: number;
  readonly unit: 'normalised' | 'fitness';
}

const dna = { alphabet: 'ACGT', length: 8, visible: 0.5, unit: 'normalised' } as const;
const tfBind8: Source = { file: 'tfbind8/tfbind8.csv.gz', reward: 'score', ...dna };

/** DNA and how strongly transcription factors bind it (Barrera et al. 2016), `tf-bind-8` being TFBind8-Exact-v0 of Design-Bench; four
 *  sites of protein GB1 and its fitness relative to the wild type (Wu et al. 2016). */
const sources: { readonly [Name in SequenceTaskName]: Source } = {
  'tf-bind-8': tfBind8,
  'tf-bind-8-500': { ...tfBind8, drawn: 500 },
  'tf-egr2': landscape('EGR2'),
  'tf-foxc1': landscape('FOXC1'),
  'tf-hoxd13': landscape('HOXD13'),
  'tf-klf1': landscape('KLF1'),
  'tf-pax6': landscape('PAX6'),
  'tf-pou3f4': landscape('POU3F4'),
  gb1: {
    file: 'gb1/gb1.csv.gz',
    reward: 'fitness',
    alphabet: 'ACDEFGHIKLMNPQRSTVWY',
    length: 4,
    visible: 0.8,
    unit: 'fitness',
  },
};

function landscape(factor: (typeof factors)[number]): Source {
  return { file: `tf_landscapes/${factor}_REF_R1.csv.gz`, reward: 'escore', ...dna };
}

function drawnRows(rows: Rows, count: number | undefined, name: string, seed: number): Rows {
  if (count === undefined) return rows;
  const order = randomStream(seed).split('visible rows', name).permutation(rows.rewards.length);
  return rowsAt(rows, order.subarray(0, count));
}

/** Reads a table of sequences as a task. Throws a data error where the data is missing. */
export function loadSequenceTask(name: SequenceTaskName, seed: number): Task {
  const { file, reward, alphabet, length, visible: share, drawn, unit } = sources[name];
  const columns = readColumns(file);
  const rewards = numberColumn(columns, reward);
  const designs = textColumn(columns, 'sequence').map((sequence): Design => ({ sequence }));
  const visible = drawnRows(rowsAtMost(quantile(rewards, share), { designs, rewards }), drawn, name, seed);
  const space: SpaceDefinition = { parameters: { sequence: { type: 'sequence', alphabet, length } } };
  const seen = new Set(visible.designs.map(({ sequence }) => sequence));
  const all = [...enumerate(createSpace(space))];
  const range = unit === 'normalised' ? rangeOf(rewards) : { min: 0, max: 1 };
  const { find } = lookupOracle(file, ['sequence'], designs, rewards);
  const score: Task['score'] = (design) => {
    const value = find(design);
    return value === undefined ? undefined : normalized(value, range);
  };
  return {
    name,
    space,
    reward,
    direction: 'maximize',
    visible,
    unit,
    ...(unit === 'normalised' ? {} : { range: rangeOf(rewards) }),
    bestVisible: normalized(best(visible.rewards, 'maximize'), range),
    score,
    listing: { all, unseen: all.filter(({ sequence }) => !seen.has(sequence)) },
  };
}
