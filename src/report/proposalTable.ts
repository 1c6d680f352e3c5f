import type { Proposal, ProposeResult } from '../optimizer/index.ts';
import type { Parameter } from '../space/index.ts';
import type { Facts } from './facts.ts';
import { formatCount, formatDecimals, formatUncertain, plural } from './format.ts';
import { paragraph, scrolling, section } from './page.ts';
import { element, shortened, truncate, type Attributes, type Markup } from './svg.ts';

const maxRows = 20;
const maxColumns = 150;
const maxText = 28;

const cellClass: { readonly [K in Parameter['type']]: string | undefined } = {
  real: 'number',
  integer: 'number',
  ordinal: undefined,
  categorical: undefined,
  sequence: 'letters',
};

interface Column {
  readonly name: string;
  readonly attributes: Attributes;
  readonly cell: (proposal: Proposal) => string;
}

function columnsOf({ space, table }: ProposeResult): readonly Column[] {
  return Object.entries(space.definition.parameters).map(([name, parameter]) => ({
    name,
    attributes: { class: cellClass[parameter.type] },
    cell: ({ design }) => {
      const value = design[name];
      if (typeof value !== 'number' || cellClass[parameter.type] !== 'number') return String(value ?? '');
      return formatDecimals(value, space.decimals(name) ?? table.decimals[name]);
    },
  }));
}

function introduction(facts: Facts, shown: number, all: number, columns: number, allColumns: number): string {
  const rows =
    shown < all
      ? `The first ${formatCount(shown)} of ${plural(all, 'proposal')}`
      : all === 1
        ? 'The only proposal'
        : `All ${plural(all, 'proposal')}`;
  const some = columns < allColumns ? ` The first ${formatCount(columns)} of ${formatCount(allColumns)} columns.` : '';
  return `${rows}${all === 1 ? '' : ', best first'}. The prediction of ${truncate(facts.reward, 60)} is the surrogate's mean \u00b1 its standard deviation.${some}`;
}

/** The best proposals: rank, prediction, what the sampler was asked for, and the design. */
export function proposalTable(facts: Facts, result: ProposeResult): Markup {
  const title = 'The best proposals';
  if (result.proposals.length === 0) {
    return section(title, paragraph('There is no proposal: no sample was new and feasible.', 'lead'));
  }
  const all = columnsOf(result);
  const columns = all.slice(0, maxColumns);
  const proposals = result.proposals.slice(0, maxRows);
  const asked = proposals.some((proposal) => proposal.target !== undefined);
  const heading = (name: string, attributes: Attributes): Markup =>
    shortened('th', name, maxText, { scope: 'col', ...attributes });
  const row = (proposal: Proposal, i: number): Markup =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', class: 'rank number' }, String(i + 1)),
      element('td', { class: 'number key' }, formatUncertain(proposal.predicted.mean, proposal.predicted.std)),
      asked
        ? element('td', { class: 'number' }, proposal.target === undefined ? '\u2013' : facts.print(proposal.target))
        : undefined,
      columns.map(({ cell, attributes }) => shortened('td', cell(proposal), maxText, attributes)),
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
            heading('predicted', { class: 'number' }),
            asked ? heading('asked for', { class: 'number' }) : undefined,
            columns.map(({ name, attributes }) => heading(name, attributes)),
          ),
        ),
        element('tbody', {}, proposals.map(row)),
      ),
    ),
  );
}
