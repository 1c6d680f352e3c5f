import type { ProposeResult, TargetOutcome } from '../optimizer/index.ts';
import { formatCell } from '../table/index.ts';
import { predictionDecimals } from './columns.ts';
import type { Reporter } from './progress.ts';
import { countOf } from './text.ts';

/** Rank correlations below this say that the order of proposals is hardly more than chance. */
const weakCorrelation = 0.3;

function steering({ guidance, pulled }: TargetOutcome): string {
  return `guidance ${guidance}${pulled ? " and the surrogate's slope" : ''}`;
}

function requestNotes({ table, outcomes, counts }: ProposeResult): readonly string[] {
  if (outcomes.length === 0) return [];
  const reward = (value: number): string => formatCell(value, predictionDecimals(table));
  const chosen = outcomes.filter((outcome) => outcome.chosen);
  const targets = [...new Set(outcomes.map(({ target }) => reward(target)))];
  return [
    `asked for ${table.reward} = ${targets.join(', ')}; most was drawn for ${chosen
      .map((outcome) => `${reward(outcome.target)} with ${steering(outcome)}`)
      .join(', ')}`,
    `${countOf(counts.sampled, 'design')} sampled: ${counts.repeated} repeated, ${counts.measured} measured already, ${counts.infeasible} infeasible`,
  ];
}

function surrogateNote({ surrogate, settings }: ProposeResult): string {
  const { rankCorrelation, r2, rows, coverage } = surrogate;
  const middle = coverage.find(({ level }) => level === 0.8);
  const intervals =
    middle === undefined ? '' : `, and its intervals of 80 % hold ${(100 * middle.share).toFixed(0)} % of them`;
  const caution = rankCorrelation < weakCorrelation ? '; the predictions, and with them the order, say little' : '';
  return (
    `surrogate ${settings['surrogate']}: orders ${countOf(rows, 'row')} that it was not fitted to with a rank correlation of ` +
    `${rankCorrelation.toFixed(2)} (R² ${r2.toFixed(2)})${intervals}${caution}`
  );
}

/** What a user should know of how proposals came about, a line each. */
export function noteOutcome(result: ProposeResult, reporter: Reporter): void {
  const { proposals, feasibility } = result;
  const beyond = proposals.filter(({ beyondSupport }) => beyondSupport).length;
  const notes = [
    ...requestNotes(result),
    surrogateNote(result),
    ...(feasibility === undefined
      ? []
      : [
          `experiments that fail are told from those that work with an AUC of ${feasibility.auc.toFixed(2)} (${feasibility.failed} of ${countOf(feasibility.rows, 'row')} failed)`,
        ]),
    ...(beyond === 0 ? [] : [`${countOf(beyond, 'proposal')} beyond the data: trust below 0.05`]),
  ];
  for (const note of notes) reporter.note(note);
}
