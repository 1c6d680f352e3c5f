import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { codeMark, openCells, type CellKey } from '../../benchmarks/offline/cells.ts';
import { designInRow, proposalProblems, rowProblem } from '../../benchmarks/offline/checks.ts';
import { measureProgram } from '../../benchmarks/offline/command-line.ts';
import { readCount, readNames, readSeeds } from '../../benchmarks/offline/flags.ts';
import { markdownTable, meanAndDeviation, replaceBlock } from '../../benchmarks/offline/markdown.ts';
import { sequencesText } from '../../benchmarks/offline/sequences.ts';
import { createSpace, type SpaceDefinition } from '../../src/space/index.ts';
import { itWithData } from '../support/data.ts';

const folder = mkdtempSync(join(tmpdir(), 'diffopt-offline-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const formulation: SpaceDefinition = {
  parameters: {
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: 0, max: 1 },
    heat: { type: 'real', min: 20, max: 90, step: 0.5 },
    time: { type: 'real', min: 1, max: 1000, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 9, step: 2 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    base: { type: 'categorical', values: ['K', 'Na'] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 3 },
  },
  constraints: [
    { sum: ['a', 'b'], equals: 1 },
    { linear: { heat: 1, layers: 2 }, atMost: 100, atLeast: 30 },
  ],
};

const good = { a: '0.3', b: '0.7', heat: '55.5', time: '10', layers: '5', grade: '16', base: 'Na', guide: 'GAT' };

describe('checks of proposals', () => {
  it('find nothing in designs that the space made', () => {
    const space = createSpace(formulation);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), {
          minLength: space.dimension,
          maxLength: space.dimension,
        }),
        (vector) => {
          const design = space.decode(vector);
          fc.pre(design !== undefined);
          const row = Object.fromEntries(Object.entries(design).map(([name, value]) => [name, String(value)]));
          expect(rowProblem(formulation, row)).toBeUndefined();
          expect(designInRow(formulation, row)).toEqual(design);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  it.each([
    ['above its bound', { heat: '90.5' }, 'heat is "90.5"'],
    ['off its steps', { heat: '55.25' }, 'heat is "55.25"'],
    ['not a number', { time: 'long' }, 'time is "long"'],
    ['empty', { time: '' }, 'time is ""'],
    ['not whole', { layers: '5.5' }, 'layers is "5.5"'],
    ['off its whole steps', { layers: '4' }, 'layers is "4"'],
    ['not listed', { grade: '24' }, 'grade is "24"'],
    ['another choice', { base: 'Li' }, 'base is "Li"'],
    ['too long', { guide: 'GATC' }, 'guide is "GATC"'],
    ['of other letters', { guide: 'GAU' }, 'guide is "GAU"'],
    ['a sum that misses by 2e-9', { a: '0.300000002' }, '{"sum":["a","b"],"equals":1} does not hold'],
    ['too much', { heat: '90', layers: '9' }, '"atMost":100,"atLeast":30} does not hold'],
    ['too little', { heat: '20', layers: '1' }, '"atMost":100,"atLeast":30} does not hold'],
  ])('find a value that is %s', (_, change, sentence) => {
    expect(rowProblem(formulation, good)).toBeUndefined();
    expect(rowProblem(formulation, { ...good, ...change })).toContain(sentence);
  });

  it('find repeats and what was measured, within 1e-3 of the range of a real without steps', () => {
    const near = { ...good, a: '0.3009', b: '0.6991' };
    const apart = { ...good, a: '0.3011', b: '0.6989' };
    const later = { ...good, time: '10.08' };
    const measured = [designInRow(formulation, apart)];
    expect(proposalProblems(formulation, [good, near, apart, { ...good, heat: '56' }, later], measured)).toEqual([
      'proposal 2: a repeat',
      'proposal 2: measured',
      'proposal 3: a repeat',
      'proposal 3: measured',
    ]);
  });
});

describe('measurements in a file', () => {
  const key = (seed: number): CellKey => ({ code: 'c', part: 'p', task: 't', seed, count: 8 });

  it('are found again, in the order of seeds, also after a line that was cut short', () => {
    const file = join(folder, 'deep', 'cells.jsonl');
    const cells = openCells(file);
    cells.add(key(3));
    cells.add(key(1));
    appendFileSync(file, '{"code":"c","part":"p","ta');
    const again = openCells(file);
    again.add(key(2));
    again.add({ ...key(4), code: 'other' });
    const last = openCells(file);
    expect(last.of({ code: 'c', part: 'p', task: 't', count: 8 })).toEqual([key(1), key(2), key(3)]);
    expect(last.find(key(2))).toEqual(key(2));
    expect(last.find({ ...key(2), count: 9 })).toBeUndefined();
    expect(last.find(key(4))).toBeUndefined();
  });

  it('belong to the code that made them: a mark that any change of it changes', () => {
    const root = join(folder, 'code');
    mkdirSync(join(root, 'room'), { recursive: true });
    writeFileSync(join(root, 'room', 'a.js'), '1');
    const first = codeMark(root);
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    writeFileSync(join(root, 'room', 'a.d.ts'), 'types do not count');
    expect(codeMark(root)).toBe(first);
    writeFileSync(join(root, 'room', 'a.js'), '2');
    const second = codeMark(root);
    writeFileSync(join(root, 'b.js'), '');
    expect(new Set([first, second, codeMark(root)]).size).toBe(3);
  });
});

describe('tables in Markdown', () => {
  it('stand as the formatter would leave them', async () => {
    const text = markdownTable(
      [
        { name: 'x', align: 'left', cell: (row: readonly string[]) => row[0] ?? '' },
        { name: 'a number', align: 'right', cell: (row) => row[1] ?? '' },
      ],
      [
        ['', '0.5 ± 0.1'],
        ['**longer words**', ''],
      ],
    );
    expect(text.split('\n')).toHaveLength(4);
    expect(await format(text, { parser: 'markdown' })).toBe(`${text}\n`);
  });

  it('replace what stood at their place, and nothing else', () => {
    const text = 'before\n<!-- one -->\nold\n<!-- /one -->\nafter <!-- two --><!-- /two -->';
    const once = replaceBlock(text, 'one', 'new');
    expect(once).toBe('before\n<!-- one -->\n\nnew\n\n<!-- /one -->\nafter <!-- two --><!-- /two -->');
    expect(replaceBlock(once, 'one', 'new')).toBe(once);
    expect(() => replaceBlock(text, 'three', '')).toThrow('<!-- three --> and, after it, <!-- /three -->');
  });

  it('show a mean, and the sample standard deviation of two or more', () => {
    expect(meanAndDeviation([1, 3], 2)).toBe('2.00 ± 1.41');
    expect(meanAndDeviation([1.25], 1)).toBe('1.3');
  });
});

describe('results on sequences', () => {
  itWithData('stand beside chance and what was published, best median first', 'tfbind8/tfbind8.csv.gz', () => {
    const cells = [0.6, 0.7].map((median, seed) => ({
      ...{ code: 'c', part: 'sequences', task: 'tf-bind-8', seed, count: 128, max: 0.98, median, rankCorrelation: 0.5 },
      ...{ problems: [], designs: [], seconds: 10 + 20 * seed, cpuSeconds: 8, megabytes: 400 },
    }));
    const text = sequencesText(128, new Map([['tf-bind-8', cells]]));
    const rows = text.split('\n').map((line) => line.split('|').map((part) => part.trim()));
    const ours = rows.find(([, name]) => name === 'tf-bind-8')!;
    expect(ours.slice(2, 4)).toEqual(['2', '0.439']);
    // Four standard errors of 1,000 draws.
    expect(Math.abs(Number(ours[4]) - 0.961)).toBeLessThan(0.0035);
    expect(Math.abs(Number(ours[5]) - 0.567)).toBeLessThan(0.0025);
    expect(ours.slice(6, 12)).toEqual(['0.980 ± 0.000', '0.650 ± 0.071', '0.50', '20', '30', '8']);
    const methods = rows.filter((row) => row.length === 8 && row[4] !== 'proposals').map(([, name]) => name);
    expect(methods.slice(1, 3)).toEqual(['**this package**', 'gradient ascent, mean of models']);
    expect(methods.indexOf('random designs')).toBeLessThan(methods.indexOf('DDOM (diffusion)'));
  });
});

describe('flags of the benchmark', () => {
  it('are read', () => {
    expect(readSeeds('2..5')).toEqual([2, 3, 4, 5]);
    expect(readSeeds('7,1,7')).toEqual([7, 1]);
    expect(readNames('tasks', 'c,a', ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(readCount('count', '12', 1)).toBe(12);
  });

  it('or refused', () => {
    for (const text of ['', '1,', '-1', '1.5', '3..1', '1..', '1..2..3']) {
      expect(() => readSeeds(text)).toThrow(/^--seeds holds .*expected a whole number of at least/);
    }
    expect(() => readNames('tasks', 'a,x', ['a', 'b'])).toThrow('--tasks holds "x"; expected some of a, b.');
    expect(() => readCount('count', '0', 1)).toThrow('--count holds "0"; expected a whole number of at least 1.');
  });
});

describe('a measured program', () => {
  const program = (name: string, source: string): string => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return path;
  };

  it('reports memory and time as they were, those of its threads too', async () => {
    const spending = `
      import { Worker } from 'node:worker_threads';
      const big = Buffer.alloc(300e6, 1);
      const spin = 'const end = process.hrtime.bigint() + 400000000n; while (process.hrtime.bigint() < end);';
      await new Promise((done) => new Worker(spin, { eval: true }).once('exit', done));
      await new Promise((done) => setTimeout(done, 700));
      console.log(process.argv[2], big.length);`;
    const { output, usage } = await measureProgram(program('spend.mjs', spending), ['said'], folder);
    expect(output).toBe('said 300000000\n');
    expect(usage.megabytes).toBeGreaterThan(300);
    expect(usage.megabytes).toBeLessThan(600);
    expect(usage.seconds).toBeGreaterThan(1.1);
    // The thread spins for 0.4 s of wall time, of which a busy machine may grant it a part.
    expect(usage.cpuSeconds).toBeGreaterThan(0.1);
    expect(usage.cpuSeconds).toBeLessThan(usage.seconds);
  });

  it('that fails is an error with its words', async () => {
    const failing = program('fail.mjs', "process.stderr.write('no such luck'); process.exitCode = 3;");
    await expect(measureProgram(failing, [], folder)).rejects.toThrow('no such luck');
  });
});

describe('the benchmark itself', () => {
  const runner = resolve(import.meta.dirname, '../../benchmarks/offline/run.js');
  const data = join(folder, 'data');
  const out = join(folder, 'benchmark.jsonl');
  const into = join(folder, 'results.md');
  const start = (...flags: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [runner, '--out', out, ...flags], {
      encoding: 'utf8',
      env: { ...process.env, DIFFOPT_DATA: data },
    });

  /** A complete table of 6 x 6 x 6 reactions under the name of a public one; the yield is a known function. */
  function writeTable(): ReadonlyMap<string, number> {
    const letters = ['p', 'q', 'r', 's', 't', 'u'];
    const yields = letters.flatMap((x, i) =>
      letters.flatMap((y, j) => letters.map((z, k) => [`${x},${y},${z}`, 10 * i + 5 * j - (k - 3) ** 2] as const)),
    );
    mkdirSync(join(data, 'lab'), { recursive: true });
    const csv = ['x,y,z,yield', ...yields.map(([design, value]) => `${design},${value}`)].join('\n');
    writeFileSync(join(data, 'lab', 'buchwald_a.csv.gz'), gzipSync(csv));
    const choice = { type: 'categorical', values: letters };
    const space = { parameters: { x: choice, y: choice, z: choice } };
    writeFileSync(join(data, 'lab', 'buchwald_a.task.json'), JSON.stringify({ space }));
    return new Map(yields);
  }

  it('runs the command line on a table, knows the truth, writes its results, and does not measure twice', () => {
    const yields = writeTable();
    const values = [...yields.values()].sort((a, b) => a - b);
    writeFileSync(into, '<!-- tables -->\n<!-- /tables -->\n');
    const flags = ['--part', 'tables', '--tasks', 'buchwald_a', '--seeds', '0', '--count', '12', '--into', into];
    const first = start(...flags);
    expect(first.stderr).toMatch(/^buchwald_a seed 0: best predicted .*, true median .* s\n$/);
    expect(first.status).toBe(0);
    const cell = JSON.parse(readFileSync(out, 'utf8')) as {
      designs: readonly { x: string; y: string; z: string }[];
      truth: { proposed: { best: number; median: number }; surrogateAlone: { best: number; median: number } };
    };
    expect(cell).toMatchObject({ parameters: 3, problems: [], part: 'tables', seed: 0, count: 12 });
    const found = cell.designs.map(({ x, y, z }) => yields.get(`${x},${y},${z}`)!).sort((a, b) => a - b);
    expect(new Set(cell.designs.map((design) => JSON.stringify(design))).size).toBe(12);
    expect(cell.truth.proposed).toEqual({ best: found[11], median: (found[5]! + found[6]!) / 2 });
    // What is left to choose is the better half of the table.
    const middle = values[values.length / 2 - 1]!;
    expect(found[0]).toBeGreaterThan(middle);
    expect(cell.truth.surrogateAlone.median).toBeGreaterThan(middle);
    expect(cell.truth.surrogateAlone.best).toBeLessThanOrEqual(values.at(-1)!);
    expect(first.stdout).toContain('|           12 of 12 |');
    const knowing = values.slice(-12);
    expect(first.stdout).toContain(
      `| ${knowing.at(-1)!.toFixed(2)} |  ${((knowing[5]! + knowing[6]!) / 2).toFixed(2)} |`,
    );
    expect(readFileSync(into, 'utf8')).toBe(`<!-- tables -->\n\n${first.stdout.trimEnd()}\n\n<!-- /tables -->\n`);
    const second = start(...flags);
    expect(second.stderr).toBe('');
    expect(second.stdout).toBe(first.stdout);
  });

  it.each([
    [['--tasks', 'buchwald_a'], 2, '--tasks needs --part'],
    [['--part', 'tables', '--tasks', 'moon'], 2, '--tasks holds "moon"'],
  ])('ends with one sentence: %j', (flags, status, sentence) => {
    const result = start(...flags);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(sentence);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
