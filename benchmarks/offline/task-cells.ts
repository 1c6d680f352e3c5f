import { join } from 'node:path';
import { z } from 'zod';
import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';
import { randomMethodNames, randomMethods, type AnyMethodName, type RandomMethodName } from '../methods/catalogue.ts';
import { isSeeded, loadTask, type TaskName } from '../tasks/catalogue.ts';
import type { Task } from '../tasks/task.ts';
import type { CellKey } from './cells.ts';
import { proposalProblems } from './checks.ts';
import { inTemporaryFolder, measureProgram, type Usage } from './command-line.ts';
import { scoresOf, type Scores } from './scores.ts';

/** What one method proposed for one task, and what it is worth. */
export interface TaskCell extends CellKey, Usage {
  /** One entry for a method; for a random one, one for each of its draws. */
  readonly scores: readonly Scores[];
  readonly unit: string;
  readonly bestVisible: number;
  /** What a reader must know of the truth. */
  readonly note?: string;
  readonly problems: readonly string[];
  /** The proposals, in the method's order; none for random ones. */
  readonly designs: readonly Design[];
}

/** Draws that a random row is a mean of. */
export const randomDraws = 200;

let kept: { readonly key: string; readonly task: Task } | undefined;

/** The task, kept until another is asked for: the truth of some takes a minute to fit. */
function taskOf(name: TaskName, seed: number): Task {
  const key = JSON.stringify([name, isSeeded(name) ? seed : 0]);
  if (kept?.key !== key) kept = { key, task: loadTask(name, seed) };
  return kept.task;
}

const designList = z.array(z.record(z.string(), z.union([z.number(), z.string()])));

async function proposed(
  name: TaskName,
  { method, seed, count }: CellKey,
): Promise<{ designs: Design[]; usage: Usage }> {
  const program = join(import.meta.dirname, 'propose-cell.js');
  const { output, usage } = await inTemporaryFolder((folder) =>
    measureProgram(program, [name, method, `${seed}`, `${count}`], folder),
  );
  return { designs: designList.parse(JSON.parse(output)), usage };
}

/** What all cells of a task say of it. */
function facts({ unit, bestVisible, note }: Task): Pick<TaskCell, 'unit' | 'bestVisible' | 'note'> {
  return { unit, bestVisible, ...(note === undefined ? {} : { note: note() }) };
}

/** What is wrong with proposals for a task. */
export function problemsOf(
  { space, visible }: Pick<Task, 'space' | 'visible'>,
  designs: readonly Design[],
  count: number,
): readonly string[] {
  const rows = designs.map((design) =>
    Object.fromEntries(Object.entries(design).map(([name, value]) => [name, String(value)])),
  );
  const missing = designs.length === count ? [] : [`${designs.length} proposals instead of ${count}`];
  return [...missing, ...proposalProblems(space, rows, visible.designs)];
}

async function learnedCell(name: TaskName, key: CellKey): Promise<TaskCell> {
  const { designs, usage } = await proposed(name, key);
  const task = taskOf(name, key.seed);
  const problems = problemsOf(task, designs, key.count);
  return { ...key, scores: [scoresOf(task, designs)], ...facts(task), problems, ...usage, designs };
}

/** What each draw of a random method is worth. */
export function randomScores(
  task: Task,
  method: RandomMethodName,
  { seed, count }: Pick<CellKey, 'seed' | 'count'>,
): readonly Scores[] {
  const stream = randomStream(seed).split('benchmark', task.name, method);
  return Array.from({ length: randomDraws }, (_, draw) =>
    scoresOf(task, randomMethods[method](task, count, stream.split(draw))),
  );
}

function randomCell(name: TaskName, method: RandomMethodName, key: CellKey): TaskCell {
  const task = taskOf(name, key.seed);
  const scores = randomScores(task, method, key);
  return { ...key, scores, ...facts(task), problems: [], seconds: 0, cpuSeconds: 0, megabytes: 0, designs: [] };
}

export function isRandom(method: string): method is RandomMethodName {
  return randomMethodNames.some((known) => known === method);
}

/** Measures one method on one task, and says in a line what came of it. */
export async function taskCell(
  name: TaskName,
  method: AnyMethodName,
  key: CellKey,
): Promise<{ readonly cell: TaskCell; readonly line: string }> {
  const cell = isRandom(method) ? randomCell(name, method, key) : await learnedCell(name, key);
  const [first] = cell.scores;
  return { cell, line: `best ${first?.best.toPrecision(4)}, median ${first?.median.toPrecision(4)}` };
}
