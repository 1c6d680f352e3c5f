import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, UserError } from '../../src/base/index.ts';
import { parseSheet } from '../../src/table/parse.ts';
import { cellText } from '../../src/table/sheet.ts';
import { writeDesigns, writeDesignsTo, type WriteOptions } from '../../src/table/write.ts';
import type { Design } from '../../src/space/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'diffopt-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function written(designs: readonly Design[], options: WriteOptions): Promise<string> {
  const stream = new PassThrough();
  const all = text(stream);
  await writeDesignsTo(stream, designs, options);
  stream.end();
  return all;
}

describe('the text', () => {
  it('has the columns in the order given, then the extra ones, with their decimals', async () => {
    const designs = [
      { t: 71.5, solvent: 'DMF, dry', n: 3 },
      { t: 60, solvent: 'say "x"', n: 4 },
    ];
    const options = {
      columns: ['n', 't', 'solvent'],
      decimals: { n: 0, t: 2 },
      extra: [{ name: 'predicted', cells: [0.123456, 2], decimals: 3 }],
    };
    expect(await written(designs, options)).toBe(
      'n,t,solvent,predicted\n3,71.50,"DMF, dry",0.123\n4,60.00,"say ""x""",2.000\n',
    );
  });

  it('has the delimiter and the decimal sign of a dialect, and is read back as it was', async () => {
    const designs = [
      { 'load,1,2,4,6': 71.5, solvent: 'DMF, dry', n: 3 },
      { 'load,1,2,4,6': 6e-8, solvent: 'a;b', n: 4 },
    ];
    const columns = ['load,1,2,4,6', 'solvent', 'n'];
    for (const delimiter of [';', '\t']) {
      const dialect = { delimiter, decimalComma: true };
      const extra = [{ name: 'predicted', cells: [0.5, -1.25], decimals: 2 }];
      const text = await written(designs, { columns, extra, dialect });
      expect(text.split('\n')[1]).toBe(['71,5', '"DMF, dry"', '3', '0,50'].join(delimiter));
      const sheet = await parseSheet(text, 'data.csv');
      expect(sheet.dialect).toEqual(dialect);
      expect(sheet.columns.map((column) => [column.name, cellText(column, 0), cellText(column, 1)])).toEqual([
        ['load,1,2,4,6', '71.5', '6e-8'],
        ['solvent', 'DMF, dry', 'a;b'],
        ['n', '3', '4'],
        ['predicted', '0.50', '-1.25'],
      ]);
    }
  });

  it('quotes what a reader would trim or take for a delimiter', async () => {
    expect(await written([{ ' a': 'x;y', 'b\t': 'line\nbreak', c: '=1' }], { columns: [' a', 'b\t', 'c'] })).toBe(
      '" a","b\t",c\n"x;y","line\nbreak",=1\n',
    );
  });

  it('leaves the stream open', async () => {
    const stream = new PassThrough();
    await writeDesignsTo(stream, [{ a: 1 }], { columns: ['a'] });
    stream.end('more');
    expect(await text(stream)).toBe('a\n1\nmore');
  });

  it('of many rows goes through a slow stream whole', async () => {
    const chunks: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 64,
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    const designs = Array.from({ length: 2000 }, (_, row) => ({ a: row }));
    await writeDesignsTo(slow, designs, { columns: ['a'] });
    const expected = `a\n${designs.map(({ a }) => `${a}\n`).join('')}`;
    expect(Buffer.concat(chunks).toString()).toBe(expected);
  });

  it('refuses two columns of one name, and extra columns of another length', async () => {
    const twice = { columns: ['a'], extra: [{ name: 'a', cells: [1] }] };
    await expect(written([{ a: 1 }], twice)).rejects.toThrow(
      'the output would have two columns named "a"; rename that column of the input',
    );
    const short = { columns: ['a'], extra: [{ name: 'b', cells: [] }] };
    await expect(written([{ a: 1 }], short)).rejects.toThrow('column "b" has 0 cells for 1 designs');
  });
});

const cellLetters = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom(',', ';', '\t', '"', '\n', '\r', ' ', 'a', 'µ', '\uFEFF', '#', '='),
    minLength: 1,
    maxLength: 8,
  }),
  fc.constantFrom('__proto__', 'constructor', 'toString', ' lead', 'trail '),
);
// Text cannot hold half a surrogate pair, nor is a NUL text.
const cell = cellLetters.filter((letters) => Buffer.from(letters).toString() === letters && !letters.includes('\0'));

describe('writing then reading', () => {
  it('gives the same names and cells for any text', async () => {
    const tables = fc.uniqueArray(cell, { minLength: 1, maxLength: 5 }).chain((names) =>
      fc.record({
        names: fc.constant(names),
        rows: fc.array(fc.tuple(...names.map(() => cell)), { minLength: 1, maxLength: 5 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(tables, async ({ names, rows }) => {
        const designs = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])));
        const sheet = await parseSheet(await written(designs, { columns: names }), 'data.csv');
        expect(sheet.columns.map(({ name }) => name)).toEqual(names);
        expect(rows.map((_, row) => sheet.columns.map((column) => cellText(column, row)))).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a file', () => {
  it('replaces what was there, follows links, and leaves nothing else', async () => {
    const file = join(folder, 'out.csv');
    const link = join(folder, 'link.csv');
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    await writeDesigns(link, [{ a: 1 }], { columns: ['a'] });
    expect(readFileSync(file, 'utf8')).toBe('a\n1\n');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.csv', 'out.csv']);
  });

  it('whose name ends in .gz is gzipped, with the same bytes every time', async () => {
    const [one, two] = [join(folder, 'a.csv.gz'), join(folder, 'b.csv.gz')];
    await writeDesigns(one, [{ a: 1 }], { columns: ['a'] });
    await writeDesigns(two, [{ a: 1 }], { columns: ['a'] });
    expect(gunzipSync(readFileSync(one)).toString()).toBe('a\n1\n');
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  });

  it('that was there stays whole when writing fails midway', async () => {
    const file = join(folder, 'out.csv');
    writeFileSync(file, 'old');
    const broken: Design = {
      get a(): number {
        throw new Error('midway');
      },
    };
    await expect(writeDesigns(file, [{ a: 1 }, broken], { columns: ['a'] })).rejects.toThrow(
      `cannot write ${file}: midway`,
    );
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it.runIf(existsSync('/dev/full'))('on a full disk is one sentence, and stops the run', async () => {
    const designs = Array.from({ length: 10_000 }, (_, row) => ({ a: row }));
    const error: unknown = await writeDesigns('/dev/full', designs, { columns: ['a'] }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ kind: 'stopped', message: 'cannot write /dev/full: no space is left on its disk' });
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('may be a pipe', async () => {
    const pipe = join(folder, 'pipe');
    if (spawnSync('mkfifo', [pipe]).status !== 0) return;
    checkWritable(pipe);
    const [, read] = await Promise.all([
      writeDesigns(pipe, [{ a: 1 }], { columns: ['a'] }),
      import('node:fs/promises').then(({ readFile }) => readFile(pipe, 'utf8')),
    ]);
    expect(read).toBe('a\n1\n');
  });
});

describe('checkWritable', () => {
  it('leaves nothing behind and an existing file as it is', () => {
    const file = join(folder, 'out.csv');
    checkWritable(file);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(file, 'old');
    checkWritable(file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('names what is in the way', () => {
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'plain'), '');
    const cases: [string, string][] = [
      [join(folder, 'nowhere', 'out.csv'), 'its directory does not exist'],
      [join(folder, 'there'), 'it is a directory'],
      [join(folder, 'plain', 'out.csv'), 'a part of its path is a file, not a directory'],
      [join(folder, `${'x'.repeat(300)}.csv`), 'its name is too long'],
    ];
    for (const [file, reason] of cases) {
      const error = catching(() => checkWritable(file));
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ kind: 'data', message: `cannot write ${file}: ${reason}` });
    }
    expect(readdirSync(folder).sort()).toEqual(['plain', 'there']);
  });
});

function catching(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
