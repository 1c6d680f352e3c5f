import { join } from 'node:path';
import { dataError, writeWhole } from '../base/index.ts';
import type { Space } from '../space/index.ts';
import { writeDesigns } from '../table/index.ts';
import type { Result, RunSettings } from './events.ts';
import { toJson } from './json.ts';
import { orderedEvaluations, type Evaluation, type RunRecord } from './record.ts';

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

function writeEvaluations(directory: string, record: RunRecord, space: Space): Promise<void> {
  const evaluations = orderedEvaluations(record);
  const cells = [
    evaluations.map((one) => (one.status === 'measured' ? one.reward : '')),
    evaluations.map(({ round }) => round),
    evaluations.map(({ status }) => statusWords[status]),
    evaluations.map(({ id }) => id ?? ''),
  ];
  const names = [record.settings.reward, ...resultColumns];
  return writeDesigns(
    join(directory, 'evaluations.csv'),
    evaluations.map(({ design }) => design),
    { columns: space.names, extra: names.map((name, at) => ({ name, cells: cells[at]! })) },
  );
}

/**
 * Writes `evaluations.csv` (a row per told evaluation: design, reward, round, status, id) and `best.json` (round, id, reward and design
 * of `best`, where there is one). Both appear whole, are the same for any order of telling within a round, and hold no time. Throws a
 * `stopped` error.
 */
export async function writeResults(
  directory: string,
  record: RunRecord,
  space: Space,
  best: Evaluation | undefined = bestOf(record, space),
): Promise<void> {
  await writeEvaluations(directory, record, space);
  if (best === undefined) return;
  const { round, id, design } = best;
  const reward = best.status === 'measured' ? best.reward : undefined;
  const text = JSON.stringify(JSON.parse(toJson({ round, id, reward, design })), null, 2);
  await writeWhole(join(directory, 'best.json'), `${text}\n`);
}
