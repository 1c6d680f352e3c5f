import type { ProposeResult } from '../optimizer/index.ts';
import type { Facts } from './facts.ts';
import { formatCount, plural } from './format.ts';
import { definitions, paragraph, tile } from './page.ts';
import { qualityInFigures, qualityInWords } from './quality.ts';
import { element, join, truncate, type Markup } from './svg.ts';

function comparison(facts: Facts): string {
  const gain = facts.sign * (facts.bestPredicted - facts.bestMeasured);
  if (!Number.isFinite(gain)) return '';
  if (gain > 0) return 'better than anything measured';
  return gain < 0 ? 'not better than the best measured' : 'the same as the best measured';
}

/** A predicted reward, or a dash when nothing was proposed. */
function printed(facts: Facts, reward: number): string {
  return Number.isFinite(reward) ? facts.print(reward) : '\u2013';
}

function tiles(facts: Facts, { proposals, table }: ProposeResult): Markup {
  return element(
    'dl',
    { class: 'tiles' },
    tile('Best measured', facts.print(facts.bestMeasured), `of ${plural(facts.measured.length, 'labelled row')}`),
    tile('Best proposal, predicted', printed(facts, facts.bestPredicted), comparison(facts)),
    tile(
      'Median proposal, predicted',
      printed(facts, facts.medianPredicted),
      `of ${plural(facts.predicted.length, 'proposal')}`,
    ),
    tile('Proposals', formatCount(proposals.length), `from ${plural(table.designs.length, 'row')} of data`),
  );
}

function countRows(
  { table, counts, proposals }: ProposeResult,
  labelled: number,
): readonly (readonly [string, string])[] {
  return [
    ['rows in the table', formatCount(table.designs.length)],
    ['rows with a reward', formatCount(labelled)],
    ['rows that repeat an earlier design', formatCount(table.repeats)],
    ['designs sampled', formatCount(counts.sampled)],
    ['of these, repeated an earlier sample', formatCount(counts.repeated)],
    ['of these, measured already', formatCount(counts.measured)],
    ['of these, infeasible beyond repair', formatCount(counts.infeasible)],
    ['proposals', formatCount(proposals.length)],
  ];
}

/** What was sought, what came of it, and how far to believe it. */
export function headline(facts: Facts, result: ProposeResult): Markup {
  const { table, surrogate } = result;
  return join(
    element('h1', {}, `Proposals to ${facts.verb} `, truncate(facts.reward, 80)),
    paragraph(
      `${plural(result.proposals.length, 'new design')} proposed from ${truncate(table.file, 120)}; ${facts.better} is better.`,
      'lead',
    ),
    tiles(facts, result),
    element(
      'div',
      { class: 'card' },
      element('h3', {}, 'How far to trust the predictions'),
      paragraph(qualityInWords(surrogate)),
      paragraph(
        `Measured on rows that the surrogate was not trained on: ${qualityInFigures(surrogate)}. Those rows come from the same table; proposals reach beyond it, where predictions are usually too hopeful.`,
        'note',
      ),
    ),
    element('h2', {}, 'Counts'),
    definitions(countRows(result, facts.measured.length)),
  );
}
