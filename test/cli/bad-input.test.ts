import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { diffopt, experiments, folderWith } from '../support/cli.ts';

const commands = 'propose, repair, backtest, optimize, ask, tell, report, train, sample, benchmark';

interface Case {
  readonly name: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** After `diffopt`. */
  readonly args: readonly string[];
  readonly code: 1 | 2;
  /** What stderr holds, to the letter, after `diffopt: ` and without the line end. */
  readonly sentence: string;
}

const onYield = ['propose', 'data.csv', '--reward', 'yield'] as const;
const good = experiments();

/** The table with its lines changed; the first line is the header. */
function changed(change: (lines: string[]) => readonly string[]): string {
  return `${change(good.trimEnd().split('\n')).join('\n')}\n`;
}

/** The table with the first cells of line 5 replaced. */
function withCells(start: string): string {
  const cells = start.split(',').length;
  return changed((lines) =>
    lines.map((line, at) => (at === 4 ? [start, ...line.split(',').slice(cells)].join(',') : line)),
  );
}

function spaceWith(parameters: object, constraints: readonly object[] = []): string {
  const base = {
    x: { type: 'real', min: 0, max: 1 },
    y: { type: 'real', min: 0, max: 1 },
    catalyst: { type: 'categorical', values: ['A', 'B', 'C'] },
  };
  return JSON.stringify({ parameters: { ...base, ...parameters }, constraints });
}

const withSpace = [...onYield, '--space', 'space.json'] as const;

const tables: readonly Case[] = [
  {
    name: 'a missing file',
    args: onYield,
    code: 1,
    sentence: 'cannot read data.csv: there is no such file',
  },
  {
    name: 'an empty file',
    files: { 'data.csv': '' },
    args: onYield,
    code: 1,
    sentence: "data.csv is empty; a header line with the columns' names and at least one row were expected",
  },
  {
    name: 'a header and nothing else',
    files: { 'data.csv': 'x,y,catalyst,yield\n' },
    args: onYield,
    code: 1,
    sentence: 'data.csv holds a header line and nothing else; at least one row was expected',
  },
  {
    name: 'a reward column that is not there',
    files: { 'data.csv': good },
    args: ['propose', 'data.csv', '--reward', 'yeild'],
    code: 1,
    sentence:
      'data.csv has no column "yeild" for the reward; did you mean "yield" (its columns are "x", "y", "catalyst", "yield")',
  },
  {
    name: 'no labelled row',
    files: { 'data.csv': changed((lines) => lines.map((line, at) => (at === 0 ? line : line.replace(/[^,]*$/, '')))) },
    args: onYield,
    code: 1,
    sentence: 'data.csv has no row with a reward: column "yield" is empty in all rows (50); fill in the results',
  },
  {
    name: 'fewer than ten labelled rows',
    files: { 'data.csv': changed((lines) => lines.map((line, at) => (at < 10 ? line : line.replace(/[^,]*$/, '')))) },
    args: onYield,
    code: 1,
    sentence: 'data.csv has only 9 rows with a reward in column "yield"; at least 10 are needed',
  },
  {
    name: 'a constant reward',
    files: {
      'data.csv': changed((lines) => lines.map((line, at) => (at === 0 ? line : line.replace(/[^,]*$/, '7.5')))),
    },
    args: onYield,
    code: 1,
    sentence:
      'data.csv, column "yield" holds 7.5 in every row with a reward, so no design is better than another; is it the right column?',
  },
  {
    name: 'text in a column of numbers',
    files: { 'data.csv': withCells('warm') },
    args: onYield,
    code: 1,
    sentence:
      'data.csv line 5, column "x" holds "warm", and the column\'s other cells are numbers; correct the cell, or leave the column out with --ignore x',
  },
  {
    name: 'a reward that is a text',
    files: { 'data.csv': withCells('0.5,0.5,A,good') },
    args: onYield,
    code: 1,
    sentence:
      'data.csv line 5, column "yield" holds "good", and a reward that is a finite number was expected; correct it, or leave the cell empty when the experiment has no result',
  },
  {
    name: 'NaN',
    files: { 'data.csv': withCells('0.5,NaN') },
    args: onYield,
    code: 1,
    sentence:
      'data.csv line 5, column "y" holds "NaN", and a finite number was expected; fill it in, or remove the row',
  },
  {
    name: 'inf as a reward',
    files: { 'data.csv': withCells('0.5,0.5,A,inf') },
    args: onYield,
    code: 1,
    sentence:
      'data.csv line 5, column "yield" holds "inf", and a reward that is a finite number was expected; correct it, or leave the cell empty when the experiment has no result',
  },
  {
    name: 'a row that is too short',
    files: { 'data.csv': changed((lines) => lines.map((line, at) => (at === 7 ? '0.1,0.2' : line))) },
    args: onYield,
    code: 1,
    sentence: 'data.csv line 8 has 2 cells and the header names 4 columns; add what is missing, from "catalyst" on',
  },
  {
    name: 'a row that is too long',
    files: { 'data.csv': changed((lines) => lines.map((line, at) => (at === 7 ? `${line},9` : line))) },
    args: onYield,
    code: 1,
    sentence:
      'data.csv line 8 has 5 cells and the header names 4 columns; remove what is too much, or quote the cell that holds a delimiter',
  },
  {
    name: 'an open quote',
    files: { 'data.csv': withCells('0.5,0.5,"A') },
    args: onYield,
    code: 1,
    sentence: 'data.csv line 5, cell 3 opens a quote that nothing closes; close it, or remove it',
  },
  {
    name: 'binary data',
    files: { 'data.csv': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]) },
    args: onYield,
    code: 1,
    sentence: 'data.csv line 1 holds binary data, and a CSV file in UTF-8 was expected',
  },
  {
    name: 'a gzip file that is cut short',
    files: { 'data.csv': gzipSync(good).subarray(0, 200) },
    args: onYield,
    code: 1,
    sentence: 'data.csv is a gzip file that is cut short; make or copy it again',
  },
  {
    name: 'two columns of one name',
    files: { 'data.csv': changed((lines) => lines.map((line, at) => (at === 0 ? 'x,x,catalyst,yield' : line))) },
    args: onYield,
    code: 1,
    sentence: 'data.csv line 1: columns 1 and 2 are both named "x"; rename one of them',
  },
  {
    name: 'a column to ignore that is not there',
    files: { 'data.csv': good },
    args: [...onYield, '--ignore', 'batch'],
    code: 1,
    sentence: 'data.csv has no column "batch" to ignore (its columns are "x", "y", "catalyst", "yield")',
  },
  {
    name: 'a design column with a name of the output',
    files: {
      'data.csv': changed((lines) => lines.map((line, at) => (at === 0 ? 'x,predicted_yield,catalyst,yield' : line))),
    },
    args: onYield,
    code: 1,
    sentence:
      'data.csv has a design column "predicted_yield", a name that the output needs for itself; rename it, or leave it out with --ignore predicted_yield',
  },
];

const spaces: readonly Case[] = [
  {
    name: 'a space that is not there',
    files: { 'data.csv': good },
    args: withSpace,
    code: 1,
    sentence: 'cannot read space.json: there is no such file',
  },
  {
    name: 'a space that is a directory',
    files: { 'data.csv': good },
    args: [...onYield, '--space', '.'],
    code: 1,
    sentence: 'cannot read .: it is a directory, and a space.json was expected',
  },
  {
    name: 'a space that is not JSON',
    files: { 'data.csv': good, 'space.json': '{ "parameters": {}\n  "constraints": [] }' },
    args: withSpace,
    code: 1,
    sentence: "space.json: not valid JSON at line 2, column 3: Expected ',' or '}' after property value",
  },
  {
    name: 'unknown keys in the space',
    files: { 'data.csv': good, 'space.json': spaceWith({ x: { type: 'real', min: 0, max: 1, stpe: 0.1 } }) },
    args: withSpace,
    code: 1,
    sentence: 'space.json: parameters.x has the unknown key "stpe"; the accepted keys are type, min, max, scale, step',
  },
  {
    name: 'a value outside the space',
    files: { 'data.csv': withCells('0.95'), 'space.json': spaceWith({ x: { type: 'real', min: 0, max: 0.9 } }) },
    args: withSpace,
    code: 1,
    sentence: 'data.csv line 5, column "x": x is 0.95, outside 0 to 0.9; widen space.json, or remove the row',
  },
  {
    name: 'contradictory constraints',
    files: {
      'data.csv': good,
      'space.json': spaceWith({}, [
        { sum: ['x', 'y'], atMost: 0.5 },
        { linear: { x: 1, y: 1 }, atLeast: 0.8 },
      ]),
    },
    args: withSpace,
    code: 1,
    sentence:
      'space.json: constraints[0] (x + y <= 0.5) and constraints[1] (x + y >= 0.8) contradict each other within the bounds of x, y',
  },
  {
    name: 'a parameter that is no column',
    files: { 'data.csv': good, 'space.json': spaceWith({ pressure: { type: 'real', min: 0, max: 1 } }) },
    args: withSpace,
    code: 1,
    sentence:
      'data.csv has no column "pressure", a parameter of space.json (its columns are "x", "y", "catalyst", "yield")',
  },
];

const flags: readonly Case[] = [
  {
    name: 'no command',
    args: [],
    code: 2,
    sentence: `a command is missing (the commands are ${commands}; see diffopt --help)`,
  },
  {
    name: 'an unknown command',
    args: ['porpose', 'data.csv'],
    code: 2,
    sentence: `there is no command "porpose"; did you mean propose (the commands are ${commands})`,
  },
  {
    name: 'a flag and no command',
    args: ['--json'],
    code: 2,
    sentence: `a command must come first, before --json (the commands are ${commands})`,
  },
  {
    name: 'no file',
    args: ['propose', '--reward', 'yield'],
    code: 2,
    sentence: 'propose needs a file: diffopt propose DATA.csv',
  },
  {
    name: 'two files',
    args: ['propose', 'data.csv', 'more.csv', '--reward', 'yield'],
    code: 2,
    sentence: 'propose takes one file, DATA.csv, but "more.csv" follows "data.csv"',
  },
  {
    name: 'no reward',
    args: ['propose', 'data.csv'],
    code: 2,
    sentence: '--reward is missing: the column that holds the reward, in its own units',
  },
  {
    name: 'an unknown flag',
    args: [...onYield, '--minimise'],
    code: 2,
    sentence: 'propose has no flag --minimise; did you mean --minimize (see diffopt propose --help)',
  },
  {
    name: 'an unknown flag with a value',
    args: [...onYield, '--steps=3'],
    code: 2,
    sentence: 'propose has no flag --steps (see diffopt propose --help)',
  },
  {
    name: 'an unknown short flag',
    args: [...onYield, '-v'],
    code: 2,
    sentence: 'propose has no flag -v (see diffopt propose --help)',
  },
  { name: 'a flag without its value', args: [...onYield, '--count'], code: 2, sentence: '--count needs a value' },
  {
    name: 'a flag where a value was expected',
    args: [...onYield, '--count', '--json'],
    code: 2,
    sentence: '--count needs a value',
  },
  { name: 'a value for a switch', args: [...onYield, '--json=no'], code: 2, sentence: '--json takes no value' },
  {
    name: 'a flag given twice',
    args: [...onYield, '--count', '3', '--count', '4'],
    code: 2,
    sentence: '--count is given 2 times; give it once',
  },
  {
    name: '--count 0',
    args: [...onYield, '--count', '0'],
    code: 2,
    sentence: '--count is "0"; expected a whole number of at least 1',
  },
  {
    name: 'a count that is no whole number',
    args: [...onYield, '--count', '2.5'],
    code: 2,
    sentence: '--count is "2.5"; expected a whole number of at least 1',
  },
  {
    name: 'a target that is no number',
    args: [...onYield, '--target', 'high'],
    code: 2,
    sentence: '--target is "high"; expected a number',
  },
  {
    name: 'a quantile above 1',
    args: [...onYield, '--quantile', '95'],
    code: 2,
    sentence: '--quantile is "95"; expected a number from 0 to 1',
  },
  {
    name: 'a guidance weight below 0',
    args: [...onYield, '--guidance', '1,-2'],
    code: 2,
    sentence: '--guidance is "-2"; expected a number from 0 to 20',
  },
  {
    name: 'a runtime that does not exist',
    args: [...onYield, '--runtime', 'torch'],
    code: 2,
    sentence: '--runtime is "torch"; expected one of onnx, tensorflow',
  },
  {
    name: 'a seed that is no whole number',
    args: [...onYield, '--seed', '1e400'],
    code: 2,
    sentence: '--seed is "1e400"; expected a whole number',
  },
  {
    name: 'no threads',
    args: [...onYield, '--threads', '0'],
    code: 2,
    sentence: '--threads is "0"; expected a whole number of at least 1',
  },
  {
    name: 'a file without a name',
    args: [...onYield, '--out='],
    code: 2,
    sentence: '--out is ""; expected a text that is not empty',
  },
  {
    name: 'target and quantile together',
    files: { 'data.csv': good },
    args: [...onYield, '--target', '3', '--quantile', '0.9'],
    code: 2,
    sentence: 'target and quantile both say what to ask for; give one of them',
  },
  {
    name: 'a target for a list of candidates',
    files: { 'data.csv': good, 'list.csv': 'x,y,catalyst\n0.1,0.2,A\n' },
    args: [...onYield, '--candidates', 'list.csv', '--target', '3'],
    code: 2,
    sentence: '--target steers the sampling of new designs and cannot be used with --candidates, which samples none',
  },
  {
    name: '--fix without a value',
    files: { 'data.csv': good },
    args: [...onYield, '--fix', 'catalyst'],
    code: 2,
    sentence: '--fix is "catalyst"; expected name=value',
  },
  {
    name: '--fix of an unknown parameter',
    files: { 'data.csv': good },
    args: [...onYield, '--fix', 'solvent=water'],
    code: 2,
    sentence: 'there is no parameter "solvent"; the parameters are x, y, catalyst',
  },
  {
    name: '--fix of a value that does not exist',
    files: { 'data.csv': good },
    args: [...onYield, '--fix', 'catalyst=Z'],
    code: 2,
    sentence: 'catalyst is given as "Z"; expected one of A, B, C',
  },
  {
    name: '--fix twice',
    files: { 'data.csv': good },
    args: [...onYield, '--fix', 'catalyst=A', '--fix', 'catalyst=B'],
    code: 2,
    sentence: '--fix gives catalyst twice; give it once',
  },
  {
    name: 'a count above what the space holds',
    files: {
      'data.csv': [
        'a,b,yield',
        ...Array.from({ length: 12 }, (_, at) => `${at % 4},${Math.floor(at / 4)},${at}`),
        '',
      ].join('\n'),
    },
    args: [...onYield, '--count', '1'],
    code: 2,
    sentence:
      'count is 1, but the space holds only 0 designs that were not measured; ask for fewer, fix fewer values, or give a wider space',
  },
  {
    name: 'a count above what the candidates hold',
    files: { 'data.csv': good, 'list.csv': 'x,y,catalyst\n0.11,0.2,A\n0.12,0.2,A\n0.11,0.2,A\n' },
    args: [...onYield, '--candidates', 'list.csv', '--count', '3'],
    code: 2,
    sentence:
      'count is 3, but the candidates hold only 2 designs that were not measured; ask for fewer, or give more candidates',
  },
  {
    name: 'an output that is the table',
    files: { 'data.csv': good },
    args: [...onYield, '--out', './data.csv'],
    code: 2,
    sentence: '--out and the table are both ./data.csv; name another file for --out',
  },
  {
    name: 'two outputs in one file',
    files: { 'data.csv': good },
    args: [...onYield, '--out', 'o.csv', '--report', 'o.csv'],
    code: 2,
    sentence: '--report and --out are both o.csv; name another file for --report',
  },
];

const candidates: readonly Case[] = [
  {
    name: 'a missing list of candidates',
    files: { 'data.csv': good },
    args: [...onYield, '--candidates', 'list.csv'],
    code: 1,
    sentence: 'cannot read list.csv: there is no such file',
  },
  {
    name: 'a candidate outside the space',
    files: { 'data.csv': good, 'list.csv': 'x,y,catalyst\n0.5,0.2,Z\n' },
    args: [...onYield, '--candidates', 'list.csv'],
    code: 1,
    sentence:
      'list.csv line 2, column "catalyst": catalyst is "Z", not one of A, B, C; give a wider space with --space, or remove the row',
  },
  {
    name: 'candidates that lack a column',
    files: { 'data.csv': good, 'list.csv': 'x,catalyst\n0.5,A\n' },
    args: [...onYield, '--candidates', 'list.csv'],
    code: 1,
    sentence: 'list.csv has no column "y", a parameter of the space (its columns are "x", "catalyst")',
  },
];

const models: readonly Case[] = [
  {
    name: 'a model file that is not there',
    args: ['sample', 'model.onnx'],
    code: 1,
    sentence: 'cannot read model.onnx: there is no such file',
  },
  {
    name: 'a file that is no model',
    files: { 'model.onnx': good },
    args: ['sample', 'model.onnx'],
    code: 1,
    sentence: 'model.onnx is not a model file, or it is cut short: it cannot be read as ONNX; train it again',
  },
  {
    name: 'training without an output',
    files: { 'data.csv': good },
    args: ['train', 'data.csv', '--reward', 'yield'],
    code: 2,
    sentence: '--out is missing: the .onnx file to write',
  },
  {
    name: 'a flag of another command',
    args: ['train', 'data.csv', '--reward', 'yield', '--out', 'm.onnx', '--count', '3'],
    code: 2,
    sentence: 'train has no flag --count (see diffopt train --help)',
  },
];

async function check({ files = {}, args, code, sentence }: Case): Promise<void> {
  const folder = folderWith(files);
  const finished = await diffopt(args, folder);
  const lines = finished.stderr.trimEnd().split('\n');
  expect(lines.at(-1)).toBe(`diffopt: ${sentence}`);
  expect(lines.filter((line) => line.startsWith('diffopt: '))).toHaveLength(1);
  expect(finished.code).toBe(code);
  expect(finished.stdout).toBe('');
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
}

describe('bad tables', () => it.each(tables)('$name', check));
describe('bad spaces', () => it.each(spaces)('$name', check));
describe('bad flags', () => it.each(flags)('$name', check));
describe('bad candidates', () => it.each(candidates)('$name', check));
describe('bad model files', () => it.each(models)('$name', check));

describe('an unwritable output is an error before the table is read', () => {
  it.each([
    ['--out', 'none/o.csv', 'cannot write none/o.csv: its directory does not exist'],
    ['--report', '.', 'cannot write .: it is a directory'],
    [
      '--save-space',
      join('data.csv', 'space.json'),
      `cannot write ${join('data.csv', 'space.json')}: a part of its path is a file, not a directory`,
    ],
  ])('%s %s', async (flag, file, sentence) => {
    // The table is bad as well: its error would come first if it were read first.
    const folder = folderWith({ 'data.csv': '' });
    const { code, stdout, stderr } = await diffopt([...onYield, flag, file], folder);
    expect(stderr).toBe(`diffopt: ${sentence}\n`);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['data.csv']);
  });
});
