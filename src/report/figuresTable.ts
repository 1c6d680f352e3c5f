import { scrolling } from './page.ts';
import { element, type Markup } from './svg.ts';

/** A table of figures: each row has its name first, and then a figure for each of the other headings. */
export function figuresTable(name: string, headings: readonly string[], rows: readonly (readonly string[])[]): Markup {
  const [first = '', ...rest] = headings;
  const row = ([head = '', ...cells]: readonly string[]): Markup =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, head),
      cells.map((cell) => element('td', { class: 'number' }, cell)),
    );
  return scrolling(
    name,
    element(
      'table',
      { class: 'figures' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, first),
          rest.map((heading) => element('th', { scope: 'col', class: 'number' }, heading)),
        ),
      ),
      element('tbody', {}, rows.map(row)),
    ),
  );
}
