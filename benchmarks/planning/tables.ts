import { markdownTable, meanAndDeviation, type MarkdownColumn } from '../offline/markdown.ts';
import { mean } from '../statistics.ts';
import { budget } from './loop.ts';
import type { LoopCell, PlanCell } from './measure.ts';

interface Group<Cell> {
  readonly name: string;
  /** One for each seed. */
  readonly cells: readonly Cell[];
}

function figure<Cell>(name: string, decimals: number, pick: (cell: Cell) => number): MarkdownColumn<Group<Cell>> {
  return { name, align: 'right', cell: ({ cells }) => meanAndDeviation(cells.map(pick), decimals) };
}

function seconds<Cell extends { readonly seconds: number }>(): MarkdownColumn<Group<Cell>> {
  return { name: 'seconds', align: 'right', cell: ({ cells }) => mean(cells.map((cell) => cell.seconds)).toFixed(0) };
}

/** What paths planned from a table cost. */
export function planTable(groups: readonly Group<PlanCell>[]): string {
  return markdownTable(
    [
      { name: 'paths', align: 'left', cell: ({ name }) => name },
      figure<PlanCell>('best', 2, ({ best }) => best),
      figure<PlanCell>('median', 2, ({ median }) => median),
      figure<PlanCell>('ends missed', 3, ({ missed }) => missed),
      seconds(),
    ],
    groups,
  );
}

/** What the cheapest path costs after some rounds. */
export function loopTable(groups: readonly Group<LoopCell>[]): string {
  const rounds = (budget.evaluations - budget.initial) / budget.batch;
  const shown = [0, 1, 2, 4, rounds].map((round) =>
    figure<LoopCell>(`${budget.initial + round * budget.batch} measured`, 2, ({ costs }) => costs[round]!),
  );
  const last = figure<LoopCell>('median of the last round', 2, ({ medians }) => medians.at(-1)!);
  return markdownTable(
    [{ name: 'method', align: 'left', cell: ({ name }) => name }, ...shown, last, seconds()],
    groups,
  );
}
