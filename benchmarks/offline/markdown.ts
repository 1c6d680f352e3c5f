import { usageError } from '../../src/base/index.ts';
import { deviation, mean } from '../statistics.ts';

/** A column of a table: its heading, and the cell of a row. */
export interface MarkdownColumn<Row> {
  readonly name: string;
  readonly cell: (row: Row) => string;
  /** Numbers stand at the right, words at the left. */
  readonly align: 'left' | 'right';
}

/** A Markdown table with its columns lined up, as a formatter would leave it. */
export function markdownTable<Row>(columns: readonly MarkdownColumn<Row>[], rows: readonly Row[]): string {
  const texts = columns.map(({ name, cell }) => [name, ...rows.map(cell)]);
  const widths = texts.map((cells) => Math.max(3, ...cells.map((text) => text.length)));
  const pad = (text: string, at: number): string =>
    columns[at]?.align === 'right' ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }, at) => {
    const dashes = '-'.repeat((widths[at] ?? 0) - 1);
    return align === 'right' ? `${dashes}:` : `${dashes}-`;
  });
  const all = Array.from({ length: rows.length + 1 }, (_, row) =>
    line(texts.map((cells, at) => pad(cells[row] ?? '', at))),
  );
  return [all[0], line(rule), ...all.slice(1)].join('\n');
}

/** Mean and, of two or more values, standard deviation. */
export function meanAndDeviation(values: readonly number[], decimals: number): string {
  const centre = mean(values).toFixed(decimals);
  return values.length < 2 ? centre : `${centre} ± ${deviation(values).toFixed(decimals)}`;
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a Markdown text. Throws a usage error without them. */
export function replaceBlock(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw usageError(`The text holds no place for results: ${open} and, after it, ${close}.`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}
