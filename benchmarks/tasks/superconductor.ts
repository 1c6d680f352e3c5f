import { quantile } from '../../src/base/index.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import { numberColumn, readColumns } from '../data.ts';
import type { ForestOptions } from './forest.ts';
import { hiddenForest } from './hidden-forest.ts';
import { best, normalized, rowsAtMost, type Rows, type Task } from './task.ts';

const file = 'superconductor/superconductor.csv.gz';
const reward = 'critical_temp';

/** Least and greatest critical temperature (K) of the full data, as Design-Bench normalises `Superconductor-RandomForest-v0`. */
const range = { min: 0.00021, max: 185 } as const;

/** About a minute of one core. */
const oracleOptions: ForestOptions = { trees: 80, bag: 500, columns: 43, leaf: 3 };

/** The rows that have a label. */
function labelled(elements: readonly string[], columns: ReturnType<typeof readColumns>): Rows {
  const amounts = elements.map((element) => numberColumn(columns, element));
  const rewards = numberColumn(columns, reward);
  const rows = Array.from(rewards.keys()).filter((row) => !Number.isNaN(rewards[row]));
  return {
    designs: rows.map((row): Design => Object.fromEntries(elements.map((name, j) => [name, amounts[j]![row]!]))),
    rewards: Float64Array.from(rows, (row) => rewards[row]!),
  };
}

/**
 * Amounts of 86 elements and the temperature below which the material is a superconductor (Hamidieh 2018). Labelled rows up to the 80 %
 * quantile are visible, as in Design-Bench; amounts reach from 0 to the most in any labelled row.
 */
export function loadSuperconductorTask(): Task {
  const columns = readColumns(file);
  const elements = columns.names.filter((name) => name !== reward && name !== 'material');
  const all = labelled(elements, columns);
  const visible = rowsAtMost(quantile(all.rewards, 0.8), all);
  const most = (element: string): number =>
    best(
      all.designs.map((design) => Number(design[element])),
      'maximize',
    );
  const space: SpaceDefinition = {
    parameters: Object.fromEntries(
      elements.map((element) => [element, { type: 'real', min: 0, max: most(element) } as const]),
    ),
  };
  const truth = hiddenForest({ names: elements, rows: all, options: oracleOptions, stream: 'superconductor oracle' });
  return {
    name: 'superconductor',
    space,
    reward,
    direction: 'maximize',
    visible,
    unit: 'normalised',
    bestVisible: normalized(best(visible.rewards, 'maximize'), range),
    score: (design) => normalized(truth.predict(design), range),
    note: () => `${truth.note()} Published figures are of another forest and not comparable.`,
  };
}
