import type { BenchmarkCell } from '../cells.ts';
import { numberText, remarks } from './text.ts';

function outcomeText(cell: BenchmarkCell): string {
  if (cell.status === 'failed' || cell.status === 'missing') return `${cell.status}: ${cell.message ?? ''}`;
  const note = remarks([cell]);
  if (cell.part === 'offline') {
    const [first] = cell.scores;
    const score = first === undefined ? '' : `best ${numberText(first.best)}, median ${numberText(first.median)}`;
    return [score, note].filter((text) => text !== '').join(', ');
  }
  const reached = cell.curve.at(-1);
  const cost = reached?.cost ?? undefined;
  const best = cost === undefined ? 'nothing measured' : `best ${numberText((cell.facts?.sign ?? 1) * cost)}`;
  return [`${best} after ${reached?.evaluations ?? 0}`, note].filter((text) => text !== '').join(', ');
}

/** What came of a cell, in a line. */
export function progressText(cell: BenchmarkCell, done: number, total: number): string {
  const { task, method, seed, seconds } = cell;
  return `${done} of ${total}: ${task}, ${method}, seed ${seed}: ${outcomeText(cell)}, ${numberText(seconds, 2)} s`;
}
