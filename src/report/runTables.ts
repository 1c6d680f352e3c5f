import { randomStream } from '../base/index.ts';
import { separatingRules } from '../reward/index.ts';
import { designColumns, type TableColumn } from './designColumns.ts';
import { rulesTable, separationInWords } from './explanationSection.ts';
import { figuresTable } from './figuresTable.ts';
import { formatCount, formatUncertain, plural } from './format.ts';
import { paragraph, scrolling, section } from './page.ts';
import type { RunFacts, Tried } from './runFacts.ts';
import { element, shortened, truncate, type Markup } from './svg.ts';

const maxRows = 20;
const maxColumns = 150;
const maxText = 28;
const maxReasons = 12;

/** Rows that the search for rules sees, fewer of many parameters: a report may be written after every round. */
function rowsFor(parameters: number): number {
  return Math.max(120, Math.round(200 * Math.sqrt(Math.min(1, 40 / parameters))));
}

/** What is known of a design besides its values; columns without anything to say are left out. */
function remarksOn(facts: RunFacts, shown: readonly Tried[]): readonly TableColumn<Tried>[] {
  const number = { class: 'number' };
  const predicted: TableColumn<Tried> = {
    name: 'predicted',
    attributes: number,
    cell: ({ first: { predicted: one } }) => (one === undefined ? '\u2013' : formatUncertain(one.mean, one.std)),
  };
  const repeats: TableColumn<Tried> = {
    name: 'measured',
    attributes: number,
    cell: ({ rewards }) => (rewards.length === 1 ? 'once' : `${formatCount(rewards.length)} times`),
  };
  return [
    { name: facts.reward, attributes: { class: 'number key' }, cell: ({ reward }) => facts.print(reward) },
    ...(shown.some(({ rewards }) => rewards.length > 1) ? [repeats] : []),
    ...(shown.some(({ first }) => first.predicted !== undefined) ? [predicted] : []),
    {
      name: 'round',
      attributes: number,
      cell: ({ first }) => (first.number === 0 ? 'before' : formatCount(first.round)),
    },
    { name: 'id', attributes: {}, cell: ({ first: { id } }) => id ?? '' },
  ];
}

/** The best designs: rank, reward, what was predicted, where they come from, and their values. */
export function bestSection(facts: RunFacts): Markup | undefined {
  const shown = facts.ranked.slice(0, maxRows);
  if (shown.length === 0) return undefined;
  const parameters = designColumns(facts.space);
  const columns = [...remarksOn(facts, shown), ...parameters.slice(0, maxColumns)];
  const some =
    parameters.length > maxColumns ? ` The first ${maxColumns} of ${formatCount(parameters.length)} columns.` : '';
  const scope = shown.length < facts.ranked.length ? `The best ${shown.length} of` : 'All';
  const row = (tried: Tried, i: number): Markup =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', class: 'rank number' }, String(i + 1)),
      columns.map(({ cell, attributes }) => {
        const content = cell(tried);
        return typeof content === 'string'
          ? shortened('td', content, maxText, attributes)
          : element('td', attributes, content);
      }),
    );
  return section(
    'The best designs',
    paragraph(
      `${scope} ${plural(facts.ranked.length, 'measured design')} that ${facts.ranked.length === 1 ? 'obeys' : 'obey'} the constraints, best first; the mean where a design was measured repeatedly.${some}`,
      'lead',
    ),
    scrolling(
      'The best designs',
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col', class: 'rank number' }, '#'),
            columns.map(({ name, attributes }) => shortened('th', name, maxText, { scope: 'col', ...attributes })),
          ),
        ),
        element('tbody', {}, shown.map(row)),
      ),
    ),
  );
}

/** What good designs have in common, from measurements alone. */
export function rulesSection(facts: RunFacts): Markup | undefined {
  const { record, space } = facts;
  const measured = [...facts.data, ...facts.trials].filter(({ reward }) => !Number.isNaN(reward));
  if (measured.length === 0) return undefined;
  const separation = separatingRules(
    space,
    measured.map(({ design }) => design),
    Float64Array.from(measured, ({ reward }) => reward),
    {
      direction: record.settings.direction,
      stream: randomStream(record.settings.seed).split('report'),
      maxRows: rowsFor(space.names.length),
    },
  );
  return section(
    'What separates good from bad',
    paragraph(separationInWords(facts, separation), 'lead'),
    separation.rules.length === 0 ? undefined : rulesTable(facts, separation),
  );
}

/** Why evaluations failed, the commonest reason first. */
export function failuresSection({ data, trials }: RunFacts): Markup | undefined {
  const failed = [...data, ...trials].filter(({ error }) => error !== undefined);
  if (failed.length === 0) return undefined;
  const reasons = new Map<string, { count: number; last: string }>();
  for (const { error = '', id, round } of failed) {
    const count = (reasons.get(error)?.count ?? 0) + 1;
    reasons.set(error, { count, last: id ?? `round ${round}` });
  }
  const all = [...reasons].sort(([, a], [, b]) => b.count - a.count);
  const shown = all.slice(0, maxReasons);
  const some = shown.length < all.length ? `, the ${shown.length} commonest of ${formatCount(all.length)} reasons` : '';
  return section(
    'Failures',
    paragraph(`${plural(failed.length, 'evaluation')} failed${some}.`, 'lead'),
    figuresTable(
      'Failures',
      ['reason', 'evaluations', 'last'],
      shown.map(([error, { count, last }]) => [
        truncate(error, 120) || 'not told',
        formatCount(count),
        truncate(last, maxText),
      ]),
    ),
  );
}
