import { dataError, standardDeviation } from '../base/index.ts';
import type { Proposal, Repaired } from '../optimizer/index.ts';
import type { Design } from '../space/index.ts';
import {
  asArgument,
  decimalsIn,
  type DesignList,
  type ExtraColumn,
  type Table,
  type WriteOptions,
} from '../table/index.ts';

/** Significant digits of a prediction, counted from the spread of the measured rewards. */
const significantDigits = 4;

/** Decimals for predicted rewards: enough to tell proposals apart, and the reward's own unless those are a program's noise. */
export function predictionDecimals({ reward, rewards, decimals }: Table): number {
  const spread = standardDeviation(rewards.filter((value) => !Number.isNaN(value)));
  const needed = spread > 0 ? Math.max(0, significantDigits - 1 - Math.floor(Math.log10(spread))) : significantDigits;
  return Math.min(100, Math.max(needed, Math.min(decimals[reward] ?? 0, needed + 2)));
}

/** The decimals of the input, and more where a value would not be written exactly: a fixed value, a step finer than the data. */
export function exactDecimals(
  columns: readonly string[],
  decimals: Readonly<Record<string, number>>,
  designs: readonly Design[],
): Readonly<Record<string, number>> {
  const entries = columns.flatMap((name): [string, number][] => {
    if (!Object.hasOwn(decimals, name)) return [];
    const needed = designs.map((design) => decimalsIn(String(design[name] ?? '')));
    return [[name, needed.reduce((most, count) => Math.max(most, count), decimals[name] ?? 0)]];
  });
  return Object.fromEntries(entries);
}

export function predictedName(reward: string): string {
  return `predicted_${reward}`;
}

/** Of a design before it was repaired. */
export function beforeName(reward: string): string {
  return `${predictedName(reward)}_before`;
}

export function deviationName(reward: string): string {
  return `${predictedName(reward)}_std`;
}

/** How well a proposal belongs to the data, and the probability that it works. */
const trustName = 'trust';
const feasibleName = 'feasible';
const shareDecimals = 3;

/** Throws a data error when the output would have two columns of one name, before any work. */
export function checkColumnNames({ file, columns, reward, inferred, failed }: Table): void {
  const own = [
    predictedName(reward),
    deviationName(reward),
    trustName,
    ...(failed.includes(true) ? [feasibleName] : []),
  ];
  const twice = own.find((name) => columns.includes(name));
  if (twice === undefined) return;
  const remedy = inferred ? `rename it, or leave it out with --ignore ${asArgument(twice)}` : 'rename it';
  throw dataError(
    `${file} has a design column ${JSON.stringify(twice)}, a name that the output needs for itself; ${remedy}`,
  );
}

/** How far a design moved in its repair. */
export const movedName = 'moved';

/** Shares of the range are told to so many decimals. */
const movedDecimals = 4;

/**
 * How repaired designs become CSV: the design columns in the order of their file, predictions before and after, how far each moved, then the
 * other columns of the file as they were, without those of an earlier prediction.
 */
export function repairColumns(table: Table, list: DesignList, repaired: readonly Repaired[]): WriteOptions {
  const decimals = predictionDecimals(table);
  const extra: readonly ExtraColumn[] = [
    { name: beforeName(table.reward), cells: repaired.map(({ before }) => before.mean), decimals },
    { name: predictedName(table.reward), cells: repaired.map(({ predicted }) => predicted.mean), decimals },
    { name: deviationName(table.reward), cells: repaired.map(({ predicted }) => predicted.std), decimals },
    { name: movedName, cells: repaired.map(({ moved }) => moved), decimals: movedDecimals },
    ...list.extra.filter(({ name }) => !repairNames(table).includes(name)),
  ];
  const designs = repaired.map(({ design }) => design);
  const most = Object.fromEntries(
    Object.entries(list.decimals).map(([name, count]) => [name, Math.max(count, table.decimals[name] ?? 0)]),
  );
  return { columns: list.columns, extra, decimals: exactDecimals(list.columns, most, designs), dialect: list.dialect };
}

/** Names of the columns that repaired designs have beside their own. */
export function repairNames({ reward }: Table): readonly string[] {
  return [beforeName(reward), predictedName(reward), deviationName(reward), movedName];
}

/** Throws a data error when a parameter has a name that the output needs for itself, before any work. */
export function checkRepairNames(table: Table, { file, columns }: DesignList): void {
  const twice = columns.find((name) => repairNames(table).includes(name));
  if (twice === undefined) return;
  throw dataError(`${file} has a column ${JSON.stringify(twice)}, a name that the output needs for itself; rename it`);
}

/** How proposals become CSV: the design columns in the order of the table, then mean and standard deviation of the prediction, trust and,
 *  where experiments failed, the probability that it works. */
export function proposalColumns(table: Table, proposals: readonly Proposal[]): WriteOptions {
  const decimals = predictionDecimals(table);
  const extra: readonly ExtraColumn[] = [
    { name: predictedName(table.reward), cells: proposals.map(({ predicted }) => predicted.mean), decimals },
    { name: deviationName(table.reward), cells: proposals.map(({ predicted }) => predicted.std), decimals },
    { name: trustName, cells: proposals.map(({ trust }) => trust), decimals: shareDecimals },
    ...(table.failed.includes(true)
      ? [{ name: feasibleName, cells: proposals.map(({ feasible }) => feasible), decimals: shareDecimals }]
      : []),
  ];
  const designs = proposals.map(({ design }) => design);
  const { columns, dialect } = table;
  return { columns, extra, decimals: exactDecimals(columns, table.decimals, designs), dialect };
}
