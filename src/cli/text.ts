/** Letters as a terminal counts them, wide ones and combining ones aside. */
function lettersOf(text: string): readonly string[] {
  return Array.from(text);
}

export function lengthOf(text: string): number {
  return lettersOf(text).length;
}

/** At most `width` letters: what is too much is cut off at the end. */
export function shortenEnd(text: string, width: number): string {
  const letters = lettersOf(text);
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}\u2026`;
}

/** At most `width` letters: what is too much is cut out of the middle, since names and structures tell by both ends. */
export function shortenMiddle(text: string, width: number): string {
  const letters = lettersOf(text);
  if (letters.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  const tail = Math.max(0, width - 1 - head);
  return `${letters.slice(0, head).join('')}\u2026${letters.slice(letters.length - tail).join('')}`;
}

/** "1 row", "2 rows", "3,072 designs". */
export function countOf(count: number, noun: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${count === 1 ? '' : 's'}`;
}

export interface TextColumn {
  readonly name: string;
  readonly cells: readonly string[];
  readonly align: 'left' | 'right';
}

const widestCell = 24;
const gap = '  ';

function laidOut({ name, cells, align }: TextColumn): readonly string[] {
  const texts = [name, ...cells].map((text) => shortenMiddle(text.replace(/[\r\n\t]+/g, ' '), widestCell));
  const width = Math.max(...texts.map(lengthOf));
  return texts.map((text) => {
    const blanks = ' '.repeat(width - lengthOf(text));
    return align === 'right' ? blanks + text : text + blanks;
  });
}

export interface TextTable {
  readonly lines: readonly string[];
  /** Columns that did not fit. */
  readonly omitted: number;
}

/** An aligned table of at most `width` letters a line: as many columns from the left as fit, one at least. */
export function textTable(columns: readonly TextColumn[], width: number): TextTable {
  const shown: (readonly string[])[] = [];
  let used = 0;
  for (const column of columns) {
    const texts = laidOut(column);
    used += lengthOf(texts[0] ?? '') + (shown.length > 0 ? gap.length : 0);
    if (used > width && shown.length > 0) break;
    shown.push(texts);
  }
  const rows = shown[0]?.length ?? 0;
  const lines = Array.from({ length: rows }, (_, row) =>
    shown
      .map((texts) => texts[row] ?? '')
      .join(gap)
      .trimEnd(),
  );
  return { lines: lines.map((line) => shortenEnd(line, width)), omitted: columns.length - shown.length };
}
