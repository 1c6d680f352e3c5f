import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { findDelimiter, parseSheet, readSheet } from '../../src/table/parse.ts';
import { cellText, checkSigns, type Sheet } from '../../src/table/sheet.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'diffopt-parse-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function cellsOf(sheet: Sheet): string[][] {
  const rows = Array.from({ length: sheet.rows }, (_, row) => sheet.columns.map((column) => cellText(column, row)));
  return [sheet.columns.map(({ name }) => name), ...rows];
}

async function read(content: string | Uint8Array): Promise<string[][]> {
  return cellsOf(await parseSheet(content, 'data.csv'));
}

async function failure(content: string | Uint8Array): Promise<string> {
  const error: unknown = await parseSheet(content, 'data.csv').then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).kind).toBe('data');
  return (error as UserError).message;
}

const small = [
  ['a', 'b'],
  ['1', 'x'],
  ['2', 'y'],
];

describe('what is read', () => {
  it.each([
    ['line feeds', 'a,b\n1,x\n2,y\n'],
    ['no last line end', 'a,b\n1,x\n2,y'],
    ['carriage returns with line feeds', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['carriage returns', 'a,b\r1,x\r2,y\r'],
    ['mixed line ends', 'a,b\r\n1,x\n2,y\r\n'],
    ['a byte order mark', '\uFEFFa,b\n1,x\n2,y\n'],
    ['semicolons', 'a;b\n1;x\n2;y\n'],
    ['tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['blanks around cells', ' a , b\n1, x\n 2 ,y \n'],
    ['empty lines', '\n\na,b\n\n1,x\n\n\n2,y\n\n'],
    ['rows of empty cells', 'a,b\n,\n1,x\n2,y\n,,,\n'],
    ['quotes', '"a","b"\n"1","x"\n"2","y"\n'],
  ])('%s', async (_, text) => {
    expect(await read(text)).toEqual(small);
  });

  it('keeps what is quoted', async () => {
    expect(await read('" a ","b,c;\td"\n" 1","say ""x""\r\nthen"\n')).toEqual([
      [' a ', 'b,c;\td'],
      [' 1', 'say "x"\r\nthen'],
    ]);
  });

  it('takes gzip by its first bytes, whatever the name', async () => {
    const file = join(folder, 'zipped.csv');
    writeFileSync(file, gzipSync('a,b\n1,x\n2,y\n'));
    expect(cellsOf(await readSheet(file, {}))).toEqual(small);
    const plain = join(folder, 'plain.csv.gz');
    writeFileSync(plain, 'a,b\n1,x\n2,y\n');
    expect(cellsOf(await readSheet(plain, {}))).toEqual(small);
  });

  it('reads letters that lie across the chunks of a long file, and reports its progress', async () => {
    const file = join(folder, 'long.csv');
    const names = Array.from({ length: 60_000 }, (_, row) => `${'µ€😀'.repeat(3)}${row}`);
    const text = `n\n${names.join('\n')}\n`;
    writeFileSync(file, text);
    const seen: number[] = [];
    const sheet = await readSheet(file, { onProgress: ({ done }) => seen.push(done) });
    expect(sheet.columns[0]?.texts).toEqual(names);
    expect(seen.at(-1)).toBe(Buffer.byteLength(text));
    expect(seen.length).toBeGreaterThan(2);
  });

  it('stops when it is told to, with the reason given', async () => {
    const file = join(folder, 'long.csv');
    const controller = new AbortController();
    const reading = readSheet(file, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow(/^enough$/);
  });

  it('knows the line of a cell after cells with line breaks', async () => {
    const sheet = await parseSheet('a,b\r\n"1\r\n2","x\ny"\r\n\r\n3,z\r\n', 'data.csv');
    const [a, b] = sheet.columns;
    if (a === undefined || b === undefined) throw new Error('two columns were expected');
    expect(sheet.cellAt(0, a)).toBe('data.csv line 2, column "a"');
    expect(sheet.cellAt(0, b)).toBe('data.csv line 3, column "b"');
    expect(sheet.cellAt(1, b)).toBe('data.csv line 6, column "b"');
  });
});

describe('findDelimiter', () => {
  it.each([
    ['a,b;c,d', ','],
    ['"x,y,z";b', ';'],
    ['a\tb,c\td', '\t'],
    ['a', ','],
    ['\n\na;b\n1,2,3', ';'],
  ])('of %j is %j', (text, delimiter) => expect(findDelimiter(text)).toBe(delimiter));
});

describe('what is refused', () => {
  it.each([
    ['', "data.csv is empty; a header line with the columns' names and at least one row were expected"],
    ['\n\n', "data.csv is empty; a header line with the columns' names and at least one row were expected"],
    ['a,b\n', 'data.csv holds a header line and nothing else; at least one row was expected'],
    [
      'a,b,c\n1,2,3\n1,2\n',
      'data.csv line 3 has 2 cells and the header names 3 columns; add what is missing, from "c" on',
    ],
    ['a,b\n1\n', 'data.csv line 2 has 1 cell and the header names 2 columns; add what is missing, from "b" on'],
    [
      'a,b\n"1\n",2\n1,2,3\n',
      'data.csv line 4 has 3 cells and the header names 2 columns; remove what is too much, or quote the cell that holds a delimiter',
    ],
    ['a,b\n1,2\n3,"4\n5,6\n', 'data.csv line 3, cell 2 opens a quote that nothing closes; close it, or remove it'],
    [
      'a,b\r\n"1\r\n2",2\r\n"3" x,4\r\n',
      'data.csv line 4, cell 1 goes on after its closing quote; write a quote inside a quoted cell twice',
    ],
    [
      'a,b\n1,5" pipe\n',
      'data.csv line 2, cell 2 holds a quote after other letters; quote the whole cell, and write its inner quotes twice',
    ],
    ['a,b,a\n1,2,3\n', 'data.csv line 1: columns 1 and 3 are both named "a"; rename one of them'],
    ['\na,,c\n1,2,3\n', 'data.csv line 2: column 2 of 3 has no name; give every column a name, or remove this one'],
    ['a,b\n1,2\n3,\u0000\n', 'data.csv line 3 holds binary data, and a CSV file in UTF-8 was expected'],
  ])('%j', async (text, sentence) => {
    expect(await failure(text)).toBe(sentence);
  });

  it('text in another encoding, with its line', async () => {
    const notUtf8 = 'data.csv line 3 holds bytes that are not UTF-8 text; save the file as "CSV UTF-8"';
    expect(await failure(Buffer.from('a,b\r\n1,2\r\n3,4 °C\r\n5,6', 'latin1'))).toBe(notUtf8);
    expect(await failure(Buffer.concat([Buffer.from('a,b\n1,2\n3,€').subarray(0, -1)]))).toBe(notUtf8);
    expect(await failure(Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'))).toMatch(/^data\.csv line 1 holds b/);
  });

  it('a gzip file that is cut short or damaged', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => `${row},${Math.sin(row)}`);
    const packed = gzipSync(`a,b\n${rows.join('\n')}\n`);
    const short = 'data.csv is a gzip file that is cut short; make or copy it again';
    expect(await failure(packed.subarray(0, packed.length / 2))).toBe(short);
    expect(await failure(packed.subarray(0, packed.length - 3))).toBe(short);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 2000, 2100);
    expect(await failure(damaged)).toBe('data.csv is a gzip file that is damaged; make or copy it again');
  });

  it('an Excel workbook', async () => {
    expect(await failure(Buffer.from('PK\x03\x04 and more'))).toBe(
      'data.csv is a zip archive or an Excel workbook, and a CSV file was expected; save the sheet as "CSV UTF-8"',
    );
  });

  it('a file that is not there, and a directory', async () => {
    const missing = join(folder, 'missing.csv');
    await expect(readSheet(missing, {})).rejects.toThrow(`cannot read ${missing}: there is no such file`);
    await expect(readSheet(folder, {})).rejects.toThrow(
      `cannot read ${folder}: it is a directory, and a CSV file was expected`,
    );
  });
});

describe('what spreadsheets add', () => {
  it('at the end of lines, empty cells of columns without a name, is left out', async () => {
    expect(await read('a,b,,\n1,2,,\n3,4,,\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
    await expect(read('a,b,,\n1,2,,\n3,4,5,\n')).rejects.toThrow('data.csv line 1: column 3 of 4 has no name');
    await expect(read('a,b\n1,2,\n')).rejects.toThrow('data.csv line 2 has 3 cells');
  });

  it.each(['sep=;\na;b\n1;2\n', '\uFEFFsep=;\r\na;b\r\n1;2\r\n'])('says what parts cells: %j', async (text) => {
    expect(await read(text)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('above the header is named as what it may be', async () => {
    await expect(read('My runs,,,\na,b,c,d\n')).rejects.toThrow(
      'line 1: column 2 of 4 has no name; give every column a name, or remove this one, or that line, if it is a title',
    );
    await expect(read('My runs,,,of May\na,b,c,d\n')).rejects.toThrow('or that line, if it is a title');
  });
});

describe('decimal commas', () => {
  const dialectOf = async (content: string) => (await parseSheet(content, 'data.csv')).dialect;
  /** As where every column is read for numbers. */
  const readNumbers = async (content: string): Promise<void> => {
    const sheet = await parseSheet(content, 'data.csv');
    for (const column of sheet.columns) checkSigns(sheet, column);
  };

  it.each([';', '\t'])('are read as points between other delimiters: %j', async (delimiter) => {
    const content = [
      ['a, mg', 'b', 'c'],
      ['1,50', 'x,y', '-,5'],
      ['2', '1,2-dichloroethane', '1,5e-3'],
    ];
    const text = content.map((cells) => `${cells.join(delimiter)}\n`).join('');
    expect(await read(text)).toEqual([
      ['a, mg', 'b', 'c'],
      ['1.50', 'x,y', '-.5'],
      ['2', '1,2-dichloroethane', '1.5e-3'],
    ]);
    expect(await dialectOf(text)).toEqual({ delimiter, decimalComma: true });
  });

  it.each([
    ['a;b\n1,250;3\n2,500;4\n', 'semicolons', '1.250'],
    ['a\tb\n1,250\t0,5\n2,500\t4\n', 'another number', '1.250'],
    ['a\tb\n1,25\t3\n2,500\t4\n', 'a number of the same column', '1.25'],
  ])('stand before three digits where the file says so: %j by %s', async (content, _, first) => {
    expect((await read(content))[1]?.[0]).toBe(first);
  });

  it.each([
    ['a\tb\n1\t3\n1,250\t4\n', '"1,250", a comma between thousands, or a decimal one; write 1250'],
    ['a;b\n1;3.5\n1,250;4\n', '"1,250", a comma between thousands, or a decimal one; write 1250'],
    ['a,b\n1,3\n"1,250.5",4\n', '"1,250.5", a comma between thousands, or a decimal one; write 1250.5'],
    ['a\tb\n-\t3\n1,250,000\t4\n', '"1,250,000", a comma between thousands, or a decimal one; write 1250000'],
  ])('are not taken for the ones between thousands: %j', async (content, message) => {
    await expect(readNumbers(content)).rejects.toThrow(`data.csv line 3, column "a" is ${message}`);
  });

  it.each([
    ['a;b\n837;0,5\n1.482;4\n', '"1.482", a point between thousands, or a decimal one; write 1482, or a decimal comma'],
    [
      'a;b\n12;0,5\n1.482,5;4\n',
      '"1.482,5", a point between thousands, or a decimal one; write 1482,5, or a decimal comma',
    ],
    ['a;b\n86,9;1\n86.5;4\n1,5;2\n', '"86.5", and other numbers of the column have decimal commas'],
    ['a\tb\n86.9\t1\n86,5\t4\n1.5\t2\n', '"86,5", and other numbers of the column have decimal points'],
  ])('and points are not mixed up: %j', async (content, message) => {
    await expect(readNumbers(content)).rejects.toThrow(`data.csv line 3, column "a" is ${message}`);
  });

  it('may be anything in a column of texts', async () => {
    expect((await read('a\tb\n1,250\t3\nsalt\t4\n'))[2]?.[0]).toBe('salt');
  });

  it('are read in one column while another has points', async () => {
    expect(await read('a;b\n1,5;12.03\n2;1\n')).toEqual([
      ['a', 'b'],
      ['1.5', '12.03'],
      ['2', '1'],
    ]);
  });

  it('are none where a number of the column has a point, where commas part cells, or without any', async () => {
    for (const text of ['a;b\n1,5;x\n2.5;x\nsalt;x\n', 'a,b\n"1,5",2\n', 'a;b\n1;2\n']) {
      const cells = await read(text);
      expect(cells[1]![0]).toBe(text.includes('1,5') ? '1,5' : '1');
      expect((await dialectOf(text)).decimalComma).toBe(false);
    }
  });
});
