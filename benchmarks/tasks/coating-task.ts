import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Design } from '../../src/space/index.ts';
import { packageRoot } from '../data.ts';
import { coatingDirection, coatingReward, coatingSpace, meanReflectance } from './coating.ts';
import { best, rangeOf, type Task } from './task.ts';

/** The coating example: its 400 coatings are visible, the transfer-matrix method is the truth. */
export function loadCoatingTask(): Task {
  const file = join(packageRoot(), 'examples', 'coating', 'experiments.csv');
  const rows: readonly Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const rewards = Float64Array.from(rows, (row) => Number(row[coatingReward]));
  const designs = rows.map((row): Design =>
    Object.fromEntries(
      Object.entries(coatingSpace.parameters).map(([name, { type }]) => [
        name,
        type === 'real' ? Number(row[name]) : (row[name] ?? ''),
      ]),
    ),
  );
  return {
    name: 'coating',
    space: coatingSpace,
    reward: coatingReward,
    direction: coatingDirection,
    visible: { designs, rewards },
    unit: 'percent',
    range: rangeOf(rewards),
    bestVisible: best(rewards, coatingDirection),
    score: meanReflectance,
  };
}
