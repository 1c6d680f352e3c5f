import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { dataError, writeThrough, writeWhole } from '../base/index.ts';
import type { Space } from '../space/index.ts';
import { formatDesigns } from '../table/index.ts';
import type { Result, RunSettings } from './events.ts';
import { toJson } from './json.ts';
import { orderedEvaluations, type Evaluation } from './history.ts';
import type { RunRecord } from './record.ts';

/** Columns of `evaluations.csv` after the design's and the reward. */
const resultColumns = ['round', 'status', 'id'];

/** The words of the column `status`; a reader of tables takes them for its column of failures. */
const statusWords: Readonly<Record<Result['status'], string>> = { measured: 'ok', failed: 'failed', unlabelled: '' };

/** Throws a data error for a parameter or reward that has the name of another column of `evaluations.csv`. */
export function checkColumns({ space, reward }: RunSettings): void {
  const taken = [...resultColumns, reward].find((name) => Object.hasOwn(space.parameters, name));
  const clash = taken ?? resultColumns.find((name) => name === reward);
  if (clash === undefined) return;
  throw dataError(
    `${taken === undefined ? 'the reward' : 'a parameter'} is named ${JSON.stringify(clash)}, ` +
      `which is another column of evaluations.csv; rename it`,
  );
}

/** The measured evaluation with the best reward whose design the space allows, the earliest of equals; undefined when there is none. */
export function bestOf(record: RunRecord, space: Space): (Evaluation & { readonly status: 'measured' }) | undefined {
  const sign = record.settings.direction === 'maximize' ? 1 : -1;
  let best: (Evaluation & { readonly status: 'measured' }) | undefined;
  for (const evaluation of orderedEvaluations(record)) {
    if (evaluation.status !== 'measured') continue;
    if (best !== undefined && sign * evaluation.reward <= sign * best.reward) continue;
    if (space.problemWith(evaluation.design) === undefined) best = evaluation;
  }
  return best;
}

/** The lines of `evaluations.csv`, header first. */
function linesOf(evaluations: readonly Evaluation[], reward: string, space: Space): readonly string[] {
  const cells = [
    evaluations.map((one) => (one.status === 'measured' ? one.reward : '')),
    evaluations.map(({ round }) => round),
    evaluations.map(({ status }) => statusWords[status]),
    evaluations.map(({ id }) => id ?? ''),
  ];
  const extra = [reward, ...resultColumns].map((name, at) => ({ name, cells: cells[at]! }));
  const designs = evaluations.map(({ design }) => design);
  return formatDesigns(designs, { columns: space.names, extra });
}

function bestText(best: Evaluation, more: object): string {
  const { round, id, design } = best;
  const reward = best.status === 'measured' ? best.reward : undefined;
  return `${JSON.stringify(JSON.parse(toJson({ round, id, reward, design, ...more })), null, 2)}\n`;
}

/**
 * Writes `evaluations.csv` (a row per told evaluation: design, reward, round, status, id) and `best.json` (round, id, reward and design
 * of `best`, where there is one, and the fields of `more`). Both appear whole, are the same for any order of telling within a round, and hold no time. Rejects
 * with a `stopped` error.
 */
export type WriteResults = (best?: Evaluation, more?: object) => Promise<void>;

/** Writes the results of a run as often as is asked; lines are made once. */
export function createResultsWriter(directory: string, record: RunRecord, space: Space): WriteResults {
  const { reward } = record.settings;
  const lines = new WeakMap<Evaluation, string>();
  return async (best = bestOf(record, space), more = {}) => {
    const evaluations = orderedEvaluations(record);
    const fresh = evaluations.filter((one) => !lines.has(one));
    const [header = '', ...texts] = linesOf(fresh, reward, space);
    fresh.forEach((one, at) => lines.set(one, texts[at]!));
    const csv = [header, ...evaluations.map((one) => lines.get(one)!)];
    await writeThrough(join(directory, 'evaluations.csv'), (sink) => pipeline(csv, sink));
    if (best !== undefined) await writeWhole(join(directory, 'best.json'), bestText(best, more));
  };
}
