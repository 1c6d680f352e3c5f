import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';
import { numberColumn, readColumns, textColumn, type DataFile } from '../data.ts';
import { median } from '../statistics.ts';
import { lookupOracle } from './lookup.ts';

/** An offline task: part of a complete table is visible to a method, all of it scores the method's proposals. */
export interface OfflineTask {
  readonly name: OfflineTaskName;
  readonly definition: SpaceDefinition;
  /** The reward's column, and its direction in the reward's own units. */
  readonly reward: string;
  readonly direction: Direction;
  /** What a method may see: n designs and their n rewards in own units, in the file's order, repeated rows kept. */
  readonly visible: { readonly designs: readonly Design[]; readonly rewards: Float64Array };
  /** Every design of the table, once. */
  readonly designs: readonly Design[];
  /** The designs that no visible row holds: what a method can find. */
  readonly unseen: readonly Design[];
  /** Least and greatest reward of the full table, own units. */
  readonly limits: { readonly min: number; readonly max: number };
  /** The true score of a design, (reward - min) / (max - min); undefined for a design that the table does not hold. */
  readonly score: (design: Design) => number | undefined;
}

const factors = ['EGR2', 'FOXC1', 'HOXD13', 'KLF1', 'PAX6', 'POU3F4'] as const;
type Factor = (typeof factors)[number];

/** `tf-bind-8` is TFBind8-Exact-v0 of Design-Bench (factor SIX6); the others are six more factors of the same laboratory. */
export type OfflineTaskName = 'tf-bind-8' | `tf-${Lowercase<Factor>}`;

export const tfLandscapeNames: readonly OfflineTaskName[] = factors.map(landscapeName);
export const offlineTaskNames: readonly OfflineTaskName[] = ['tf-bind-8', ...tfLandscapeNames];

function landscapeName(factor: Factor): OfflineTaskName {
  return `tf-${factor.toLowerCase() as Lowercase<Factor>}`;
}

interface Source {
  readonly file: DataFile;
  readonly reward: string;
}

const sources: { readonly [Name in OfflineTaskName]: Source } = {
  'tf-bind-8': { file: 'tfbind8/tfbind8.csv.gz', reward: 'score' },
  'tf-egr2': landscape('EGR2'),
  'tf-foxc1': landscape('FOXC1'),
  'tf-hoxd13': landscape('HOXD13'),
  'tf-klf1': landscape('KLF1'),
  'tf-pax6': landscape('PAX6'),
  'tf-pou3f4': landscape('POU3F4'),
};

function landscape(factor: Factor): Source {
  return { file: `tf_landscapes/${factor}_REF_R1.csv.gz`, reward: 'escore' };
}

const sequences: SpaceDefinition = { parameters: { sequence: { type: 'sequence', alphabet: 'ACGT', length: 8 } } };

/**
 * Reads the table of an offline task: DNA 8-mers and how strongly a transcription factor binds them (Barrera et al. 2016). Visible
 * are the rows whose reward is at most the median. Throws a data error where the data is missing.
 */
export function loadOfflineTask(name: OfflineTaskName): OfflineTask {
  const { file, reward } = sources[name];
  const columns = readColumns(file);
  const rewards = numberColumn(columns, reward);
  const designs = textColumn(columns, 'sequence').map((sequence): Design => ({ sequence }));
  const oracle = lookupOracle(file, Object.keys(sequences.parameters), designs, rewards);
  const visible = rowsAtMost(median(rewards), designs, rewards);
  const seen = new Set(visible.designs.map(({ sequence }) => sequence));
  const limits = limitsOf(rewards);
  return {
    name,
    definition: sequences,
    reward,
    direction: 'maximize',
    visible,
    designs: oracle.designs,
    unseen: oracle.designs.filter(({ sequence }) => !seen.has(sequence)),
    limits,
    score: (design) => {
      const value = oracle.find(design);
      return value === undefined ? undefined : (value - limits.min) / (limits.max - limits.min);
    },
  };
}

function rowsAtMost(limit: number, designs: readonly Design[], rewards: Float64Array): OfflineTask['visible'] {
  return {
    designs: designs.filter((_, row) => rewards[row]! <= limit),
    rewards: rewards.filter((reward) => reward <= limit),
  };
}

function limitsOf(rewards: Float64Array): OfflineTask['limits'] {
  let min = Infinity;
  let max = -Infinity;
  for (const reward of rewards) {
    min = Math.min(min, reward);
    max = Math.max(max, reward);
  }
  return { min, max };
}
