import type { RoundSummary } from '../run/index.ts';
import { quantile } from './binning.ts';
import { figuresTable } from './figuresTable.ts';
import { formatCount, formatNumber, formatShare, plural } from './format.ts';
import { paragraph, section } from './page.ts';
import { roundsOf, type RoundFacts, type RunFacts } from './runFacts.ts';
import { predictedOf, sharesWithin } from './runCalibration.ts';
import { truncate, type Markup } from './svg.ts';

const maxRows = 500;
const maxExtra = 6;
const maxText = 40;

interface RoundColumn {
  readonly name: string;
  readonly cell: (round: RoundFacts) => string;
}

/** A number, or nothing where there is none. */
function printed(print: (reward: number) => string): (reward: number) => string {
  return (reward) => (Number.isNaN(reward) ? '' : print(reward));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How predictions of the round's designs fared; none where nothing was predicted. */
function predictionColumns(facts: RunFacts): readonly RoundColumn[] {
  if (predictedOf(facts.trials).length === 0) return [];
  const print = printed((reward) => formatNumber(reward));
  return [
    { name: 'mean predicted', cell: ({ trials }) => print(average(predictedOf(trials).map(({ mean }) => mean))) },
    {
      name: 'of these, measured',
      cell: ({ trials }) => print(average(predictedOf(trials).map(({ reward }) => reward))),
    },
    {
      name: 'within 2 std',
      cell: ({ trials }) => {
        const predicted = predictedOf(trials);
        return predicted.length === 0 ? '' : formatShare(sharesWithin(predicted, 2));
      },
    },
  ];
}

/** What the columns say already. */
const known = new Set(['evaluations', 'measured', 'failed', 'best']);

/** What else the journal says of rounds. */
function summaryColumns(summaries: readonly RoundSummary[]): readonly RoundColumn[] {
  const byRound = new Map(summaries.map((summary) => [summary.round, summary]));
  const namesIn = (pick: (summary: RoundSummary) => object): readonly string[] =>
    [...new Set(summaries.flatMap((summary) => Object.keys(pick(summary))))].filter((name) => !known.has(name));
  return [
    ...namesIn(({ figures }) => figures).map((name): RoundColumn => ({
      name,
      cell: ({ round }) => printed(formatNumber)(byRound.get(round)?.figures[name] ?? NaN),
    })),
    ...namesIn(({ notes }) => notes).map((name): RoundColumn => ({
      name,
      cell: ({ round }) => truncate(byRound.get(round)?.notes[name] ?? '', maxText),
    })),
  ].slice(0, maxExtra);
}

function columnsOf(facts: RunFacts): readonly RoundColumn[] {
  const print = printed(facts.print);
  const best = facts.sign > 0 ? 1 : 0;
  return [
    { name: 'asked', cell: ({ requested }) => formatCount(requested) },
    { name: 'with a result', cell: ({ trials }) => formatCount(trials.length) },
    { name: 'failed', cell: ({ failed }) => (failed === 0 ? '' : formatCount(failed)) },
    { name: 'best of round', cell: ({ rewards }) => print(quantile(rewards, best)) },
    { name: 'median of round', cell: ({ rewards }) => print(quantile(rewards, 0.5)) },
    { name: 'best so far', cell: ({ bestSoFar }) => print(bestSoFar) },
    ...predictionColumns(facts),
    ...summaryColumns(facts.record.rounds),
  ];
}

/** What each round did, as a table. */
export function roundsSection(facts: RunFacts): Markup | undefined {
  const all = roundsOf(facts);
  if (all.length === 0) return undefined;
  const rounds = all.slice(-maxRows);
  const columns = columnsOf(facts);
  const scope =
    rounds.length < all.length
      ? `The last ${formatCount(rounds.length)} of ${plural(all.length, 'round')}`
      : plural(all.length, 'round');
  return section(
    'What each round did',
    paragraph(`${scope}. Rewards are ${truncate(facts.reward, 60)}; ${facts.better} is better.`, 'lead'),
    figuresTable(
      'Rounds',
      ['round', ...columns.map(({ name }) => truncate(name, maxText))],
      rounds.map((round) => [formatCount(round.round), ...columns.map(({ cell }) => cell(round))]),
    ),
  );
}
