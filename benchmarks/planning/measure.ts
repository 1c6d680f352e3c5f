import { performance } from 'node:perf_hooks';
import type { Design } from '../../src/space/index.ts';
import { median } from '../statistics.ts';
import type { CellFile, CellKey } from '../offline/cells.ts';
import { note } from '../offline/program.ts';
import { byReward } from '../tasks/task.ts';
import { budget, loopNames, playLoop } from './loop.ts';
import { costOf, missOf } from './paths.ts';
import { pathCount, settingOf, wayNames, ways, type Setting } from './ways.ts';

/** What a way's paths cost. */
export interface PlanCell extends CellKey {
  readonly best: number;
  readonly median: number;
  /** The median L1 distance of a path's ends from start and goal. */
  readonly missed: number;
  readonly seconds: number;
  /** The cheapest path, and the first few as they came. */
  readonly cheapest: Design;
  readonly first: readonly Design[];
}

/** How a loop went. */
export interface LoopCell extends CellKey {
  /** The least cost so far, at first and after each round. */
  readonly costs: readonly number[];
  /** Median costs of the paths of each round. */
  readonly medians: readonly number[];
  readonly seconds: number;
  readonly cheapest: Design;
}

const firstPaths = 12;

const planKey = { part: 'planning', task: 'table', count: pathCount } as const;
const loopKey = { part: 'planning', task: 'loop', count: budget.evaluations } as const;

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

function planCell(key: CellKey, designs: readonly Design[], seconds: number): PlanCell {
  const costs = designs.map(costOf);
  const cheapest = byReward(costs, 'minimize')[0]!;
  return {
    ...key,
    best: costs[cheapest]!,
    median: median(costs),
    missed: median(designs.map(missOf)),
    seconds,
    cheapest: designs[cheapest]!,
    first: designs.slice(0, firstPaths),
  };
}

/** Measures what is not in the file yet. */
export async function measurePlans(code: string, seed: number, file: CellFile): Promise<void> {
  let setting: Setting | undefined;
  for (const method of wayNames) {
    const key = { code, ...planKey, method, seed };
    if (file.find(key) !== undefined) continue;
    const known = (setting ??= await settingOf(seed));
    const { result, seconds } = await timed(() => ways[method](known));
    const cell = planCell(key, result, seconds);
    file.add(cell);
    note(`${method}, seed ${seed}: ${cell.best.toFixed(2)} / ${cell.median.toFixed(2)}, ${seconds.toFixed(0)} s`);
  }
  for (const method of loopNames) {
    const key = { code, ...loopKey, method, seed };
    if (file.find(key) !== undefined) continue;
    const { result, seconds } = await timed(() => playLoop(method, seed));
    const costs = result.map(({ cost }) => cost);
    const medians = result.map((round) => round.median);
    const cell: LoopCell = { ...key, costs, medians, seconds, cheapest: result.at(-1)!.cheapest };
    file.add(cell);
    note(`${method}, seed ${seed}: ${costs.map((cost) => cost.toFixed(2)).join(' ')}, ${seconds.toFixed(0)} s`);
  }
}

export function planCells(code: string, method: string, file: CellFile): readonly PlanCell[] {
  return file.of({ code, ...planKey, method }) as readonly PlanCell[];
}

export function loopCells(code: string, method: string, file: CellFile): readonly LoopCell[] {
  return file.of({ code, ...loopKey, method }) as readonly LoopCell[];
}
