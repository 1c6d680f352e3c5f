/** Prints, as a Markdown table, what random proposals score on the offline tasks: greatest and median true score of 128 different
 *  designs, mean and standard deviation over 200 draws. Usage: node dist/benchmarks/offline-baselines.js */
import { randomStream } from '../src/base/index.ts';
import { randomUniform, randomUnseen, scoreSummary, type RandomBaseline } from './random-baselines.ts';
import { deviation, mean } from './statistics.ts';
import { loadOfflineTask, offlineTaskNames, tfLandscapeNames, type OfflineTask } from './tasks/offline.ts';

const repeats = 200;
const count = 128;
const baselines: Readonly<Record<string, RandomBaseline>> = { uniform: randomUniform, unseen: randomUnseen };

interface Row {
  readonly task: string;
  readonly baseline: string;
  readonly maxima: readonly number[];
  readonly medians: readonly number[];
}

function measure(task: OfflineTask, baseline: string, draw: RandomBaseline): Row {
  const stream = randomStream(0).split(task.name, baseline);
  const summaries = Array.from({ length: repeats }, (_, i) => scoreSummary(task, draw(task, count, stream.split(i))));
  return {
    task: task.name,
    baseline,
    maxima: summaries.map(({ max }) => max),
    medians: summaries.map((s) => s.median),
  };
}

/** The mean over the six landscapes, repeat by repeat. */
function landscapeMean(rows: readonly Row[], baseline: string): Row {
  const chosen = rows.filter((row) => row.baseline === baseline && tfLandscapeNames.some((name) => name === row.task));
  const average = (pick: (row: Row) => readonly number[]): number[] =>
    Array.from({ length: repeats }, (_, i) => mean(chosen.map((row) => pick(row)[i]!)));
  return {
    task: 'mean of the six others',
    baseline,
    maxima: average((row) => row.maxima),
    medians: average((row) => row.medians),
  };
}

function markdown({ task, baseline, maxima, medians }: Row): string {
  const cell = (values: readonly number[]): string => `${mean(values).toFixed(3)} ± ${deviation(values).toFixed(3)}`;
  return `| ${task} | ${baseline} | ${cell(maxima)} | ${cell(medians)} |`;
}

const names = Object.keys(baselines);
const rows = offlineTaskNames
  .map(loadOfflineTask)
  .flatMap((task) => Object.entries(baselines).map(([name, draw]) => measure(task, name, draw)));
console.log(`| task | random | max of ${count} | median of ${count} |\n|---|---|---|---|`);
for (const row of [...rows, ...names.map((name) => landscapeMean(rows, name))]) console.log(markdown(row));
