import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { dataPath, numberColumn, readColumns, textColumn, type DataFile } from '../../benchmarks/index.ts';
import { UserError } from '../../src/base/index.ts';

const file: DataFile = 'gb1/made-for-this-test.csv.gz';

/** A data folder with one file of these bytes. */
function folderWith(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), bytes);
  vi.stubEnv('DIFFOPT_DATA', folder);
  return folder;
}

describe('benchmark data', () => {
  it('is read by columns, empty numbers as NaN', () => {
    folderWith(gzipSync('name,x\n"a, b",1.5\nc,\n'));
    const columns = readColumns(file);
    expect(columns.names).toEqual(['name', 'x']);
    expect(columns.rows).toBe(2);
    expect(textColumn(columns, 'name')).toEqual(['a, b', 'c']);
    expect(numberColumn(columns, 'x')).toEqual(Float64Array.of(1.5, NaN));
  });

  it('that is missing is a sentence with the place looked in and the public original', () => {
    const folder = folderWith(gzipSync('x\n'));
    const missing = (): string => dataPath('tfbind8/absent.csv.gz');
    expect(missing).toThrow(UserError);
    expect(missing).toThrow(`tfbind8/absent.csv.gz is not in ${folder}`);
    expect(missing).toThrow('https://github.com/kaist-silab/bootgen');
  });

  it.each([
    ['not compressed', Buffer.from('x\n1\n'), 'is not a readable gzipped CSV'],
    ['cut short', gzipSync('x\n1\n').subarray(0, 12), 'is not a readable gzipped CSV'],
    ['ragged', gzipSync('x,y\n1\n'), 'is not a readable gzipped CSV'],
    ['empty', gzipSync(''), `Benchmark file ${file} is empty; expected a header line.`],
  ])('that is %s is refused', (_, bytes, sentence) => {
    folderWith(bytes);
    expect(() => readColumns(file)).toThrow(sentence);
  });

  it('names the columns there are, and the line of a text among numbers', () => {
    folderWith(gzipSync('x,y\n1,2\n3,many\n'));
    const columns = readColumns(file);
    expect(() => textColumn(columns, 'z')).toThrow(`${file} has no column z; its columns are x, y.`);
    expect(() => numberColumn(columns, 'y')).toThrow(`${file}, line 3, column y: found "many", expected a number.`);
  });
});
