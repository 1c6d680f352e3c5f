import type { Proposal, ProposeResult } from '../optimizer/index.ts';
import { designColumns, type TableColumn } from './designColumns.ts';
import type { Facts } from './facts.ts';
import { formatCount, formatNumber, formatShare, formatUncertain, plural } from './format.ts';
import { meter, paragraph, scrolling, section } from './page.ts';
import { element, join, shortened, truncate, type Attributes, type Markup } from './svg.ts';

const maxRows = 20;
const maxColumns = 150;
const maxText = 28;

type Column = TableColumn<Proposal>;

const number: Attributes = { class: 'number' };
const dash = '\u2013';

function trustCell({ trust, beyondSupport }: Proposal): Markup {
  const badge = beyondSupport ? element('span', { class: 'badge' }, 'beyond the data') : undefined;
  return join(meter(trust, trust.toFixed(2)), badge);
}

/** What is known of a proposal besides its design; columns without anything to say are left out. */
function remarksOn(facts: Facts, proposals: readonly Proposal[]): readonly Column[] {
  const rewarded = proposals.some(({ nearest }) => nearest.reward !== undefined);
  const print = (reward: number | undefined): string => (reward === undefined ? dash : facts.print(reward));
  return [
    {
      name: 'predicted',
      attributes: { class: 'number key' },
      cell: ({ predicted: { mean, std } }) => formatUncertain(mean, std),
    },
    { name: 'trust', attributes: {}, cell: trustCell },
    ...(proposals.some(({ feasible }) => feasible < 1)
      ? [{ name: 'works', attributes: number, cell: ({ feasible }: Proposal) => formatShare(feasible) }]
      : []),
    ...(proposals.some(({ target }) => target !== undefined)
      ? [{ name: 'asked for', attributes: number, cell: ({ target }: Proposal) => print(target) }]
      : []),
    { name: 'nearest row', attributes: number, cell: ({ nearest }) => formatCount(nearest.row + 1) },
    ...(rewarded
      ? [{ name: 'its reward', attributes: number, cell: ({ nearest }: Proposal) => print(nearest.reward) }]
      : []),
    { name: 'distance', attributes: number, cell: ({ nearest }) => formatNumber(nearest.distance, 2) },
  ];
}

function introduction(facts: Facts, shown: number, all: number, columns: number, allColumns: number): string {
  const rows =
    shown < all
      ? `The first ${formatCount(shown)} of ${plural(all, 'proposal')}`
      : all === 1
        ? 'The only proposal'
        : `All ${plural(all, 'proposal')}`;
  const some = columns < allColumns ? ` The first ${formatCount(columns)} of ${formatCount(allColumns)} columns.` : '';
  return `${rows}${all === 1 ? '' : ', best first'}. The prediction of ${truncate(facts.reward, 60)} is the surrogate's mean \u00b1 its standard deviation.${some} Trust is the share of the table's own rows that look less like the data than the proposal does. Rows of the table are counted from 1; the distance to the nearest one is the root mean square over encoded coordinates, each of which spans 2.`;
}

/** The best proposals: rank, prediction, how far to trust it, what the sampler was asked for, the nearest row, and the design. */
export function proposalTable(facts: Facts, result: ProposeResult): Markup {
  const title = 'The best proposals';
  if (result.proposals.length === 0) {
    return section(title, paragraph('There is no proposal: no sample was new and feasible.', 'lead'));
  }
  const all = designColumns(result.space, result.table.decimals);
  const columns = all.slice(0, maxColumns);
  const proposals = result.proposals.slice(0, maxRows);
  const remarks = remarksOn(facts, proposals);
  const heading = (name: string, attributes: Attributes): Markup =>
    shortened('th', name, maxText, { scope: 'col', ...attributes });
  const row = (proposal: Proposal, i: number): Markup =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', class: 'rank number' }, String(i + 1)),
      [...remarks, ...columns].map(({ cell, attributes }) => {
        const content = cell(proposal);
        return typeof content === 'string'
          ? shortened('td', content, maxText, attributes)
          : element('td', attributes, content);
      }),
    );
  return section(
    title,
    paragraph(introduction(facts, proposals.length, result.proposals.length, columns.length, all.length), 'lead'),
    scrolling(
      title,
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            heading('#', { class: 'rank number' }),
            remarks.map(({ name, attributes }) =>
              heading(name, attributes === number ? number : { class: name === 'predicted' ? 'number' : undefined }),
            ),
            columns.map(({ name, attributes }) => heading(name, attributes)),
          ),
        ),
        element('tbody', {}, proposals.map(row)),
      ),
    ),
  );
}
