import { markdownTable } from '../../offline/markdown.ts';

export interface TextColumn {
  readonly name: string;
  /** Numbers stand at the right, words at the left. */
  readonly align: 'left' | 'right';
}

/** A part of a page of results. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly columns: readonly TextColumn[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'picture'; readonly file: string; readonly title: string };

export function heading(level: 1 | 2 | 3, text: string): Block {
  return { kind: 'heading', level, text };
}

export function paragraph(text: string): Block {
  return { kind: 'text', text };
}

/** A table from its columns' headings, alignments and cells. */
export function table<Row>(
  columns: readonly (TextColumn & { readonly cell: (row: Row) => string })[],
  rows: readonly Row[],
): Block {
  return {
    kind: 'table',
    columns: columns.map(({ name, align }) => ({ name, align })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text, safe between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** A cell that cannot break its table. */
function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}

function blockAsMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'text':
      return block.text;
    case 'table':
      return markdownTable<readonly string[]>(
        block.columns.map(({ name, align }, at) => ({ name, align, cell: (row) => markdownCell(row[at] ?? '') })),
        block.rows,
      );
    case 'picture':
      return `![${block.title}](${block.file})`;
  }
}

export function asMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(blockAsMarkdown).join('\n\n')}\n`;
}

/** Markdown's bold cells. */
function bold(text: string): string {
  return text.replace(/^\*\*(.+)\*\*$/, '<b>$1</b>');
}

function blockAsHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escaped(block.text)}</h${block.level}>`;
    case 'text':
      return `<p>${escaped(block.text)}</p>`;
    case 'table': {
      const { columns, rows } = block;
      const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
        `<tr>${cells.map((cell, at) => `<${tag} class="${columns[at]?.align ?? 'left'}">${bold(escaped(cell))}</${tag}>`).join('')}</tr>`;
      const head = line(
        'th',
        columns.map(({ name }) => name),
      );
      return `<table>\n<thead>${head}</thead>\n<tbody>\n${rows.map((row) => line('td', row)).join('\n')}\n</tbody>\n</table>`;
    }
    case 'picture':
      return `<p><img src="${escaped(block.file)}" alt="${escaped(block.title)}"></p>`;
  }
}

const style =
  'body{font:14px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}' +
  'table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}th,td{padding:.2rem .7rem;border-bottom:1px solid #ddd}' +
  'th{text-align:left}.right{text-align:right}img{max-width:100%}';

/** A page of its own, without scripts; pictures lie beside it. */
export function asHtml(title: string, blocks: readonly Block[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head>`,
    '<body>',
    ...blocks.map(blockAsHtml),
    '</body></html>',
    '',
  ].join('\n');
}
