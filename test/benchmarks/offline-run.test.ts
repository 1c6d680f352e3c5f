import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { branin } from '../../benchmarks/index.ts';
import { codeMark, openCells, type CellKey } from '../../benchmarks/offline/cells.ts';
import { designInRow, proposalProblems, rowProblem } from '../../benchmarks/offline/checks.ts';
import { measureProgram } from '../../benchmarks/offline/command-line.ts';
import { readCount, readNames, readSeeds } from '../../benchmarks/offline/flags.ts';
import { markdownTable, meanAndDeviation, replaceBlock } from '../../benchmarks/offline/markdown.ts';
import { groupText } from '../../benchmarks/offline/task-tables.ts';
import type { TaskCell } from '../../benchmarks/offline/task-cells.ts';
import { createSpace, type SpaceDefinition } from '../../src/space/index.ts';

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
  const key = (seed: number): CellKey => ({ code: 'c', part: 'p', task: 't', method: 'm', seed, count: 8 });

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
    expect(last.of({ code: 'c', part: 'p', task: 't', method: 'm', count: 8 })).toEqual([key(1), key(2), key(3)]);
    expect(last.find(key(2))).toEqual(key(2));
    expect(last.find({ ...key(2), count: 9 })).toBeUndefined();
    expect(last.find({ ...key(2), method: 'other' })).toBeUndefined();
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
    expect(new Set([first, second, codeMark(root), codeMark(root, join(root, 'room'))]).size).toBe(4);
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

describe('results on the offline tasks', () => {
  const cell = (task: string, method: string, seed: number, scores: TaskCell['scores']): TaskCell => ({
    ...{ code: 'c', part: 'tasks', task, method, seed, count: 128, scores, unit: 'normalised', bestVisible: 0.439 },
    ...{ problems: [], designs: [], seconds: 10 + 20 * seed, cpuSeconds: 8, megabytes: 400 },
  });
  const cellsOf = (text: string): string[][] =>
    text.split('\n').map((line) => line.split('|').map((part) => part.trim()));

  it('have a row for each method, over seeds or draws, and the published ones in a table of their own', () => {
    const ours = [0.6, 0.7].map((median, seed) =>
      cell('tf-bind-8', 'ours', seed, [{ best: 0.98, median, scored: 128 }]),
    );
    const draws = [0.9, 1].map((best) => ({ best, median: 0.5, scored: 128 }));
    const text = groupText('tf-bind-8', [
      { task: 'tf-bind-8', method: 'ours', cells: ours },
      { task: 'tf-bind-8', method: 'argmax', cells: [] },
      { task: 'tf-bind-8', method: 'random', cells: [cell('tf-bind-8', 'random', 0, draws)] },
    ])!;
    expect(text).toContain('128 proposals; the best visible row has 0.439.');
    const rows = cellsOf(text);
    const row = (name: string): string[] => rows.find(([, method]) => method === name)!.slice(2, -1);
    expect(row('**this package**')).toEqual(['2', '0.980 ± 0.000', '0.650 ± 0.071', '20', '30', '8', '400']);
    expect(row('random designs')).toEqual(['200 draws', '0.950 ± 0.071', '0.500 ± 0.000', '', '', '', '']);
    const published = rows.map(([, name]) => name);
    expect(published.indexOf('gradient ascent, mean of models')).toBeLessThan(published.indexOf('DDOM (diffusion)'));
    expect(text).not.toContain('argmax');
  });

  it('say how many proposals were measured where not all were', () => {
    const some = [{ best: 7.5, median: 2.25, scored: 100 }];
    const cells = [{ ...cell('gb1', 'ours', 0, some), unit: 'fitness', bestVisible: 0.01222 }];
    const text = groupText('gb1', [{ task: 'gb1', method: 'ours', cells }])!;
    expect(
      cellsOf(text)
        .find(([, method]) => method === '**this package**')!
        .slice(2, 6),
    ).toEqual(['1', '7.50', '2.25', '100']);
    expect(groupText('branin', [])).toBeUndefined();
  });

  it('of several factors are their mean, seed by seed', () => {
    const factors = ['tf-egr2', 'tf-foxc1', 'tf-hoxd13', 'tf-klf1', 'tf-pax6', 'tf-pou3f4'] as const;
    const measured = factors.map((task, at) => ({
      task,
      method: 'ours' as const,
      cells: [0, 1].map((seed) =>
        cell(task, 'ours', seed, [{ best: 0.9 + at / 100 + seed / 10, median: 0.5, scored: 128 }]),
      ),
    }));
    const rows = cellsOf(groupText('tf-landscapes', measured)!).filter(([, method]) => method === '**this package**');
    expect(rows[0]!.slice(2, 5)).toEqual(['2', '0.975 ± 0.071', '0.500 ± 0.000']);
    expect(rows[1]!.slice(2, 4)).toEqual(['0.950 / 0.500', '0.960 / 0.500']);
    expect(groupText('tf-landscapes', measured.slice(1))).toBe('Not all tasks of this group were measured.');
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

  it('runs methods on a task, each in a process of its own, checks and scores them, and does not measure twice', () => {
    const points = Array.from({ length: 5000 }, (_, i) => [-5 + (15 * (i % 71)) / 70, (15 * Math.floor(i / 71)) / 70]);
    mkdirSync(join(data, 'branin'), { recursive: true });
    writeFileSync(
      join(data, 'branin', 'branin_unif.csv.gz'),
      gzipSync(['x1,x2,branin', ...points.map(([x1, x2]) => `${x1},${x2},0`)].join('\n')),
    );
    const file = join(folder, 'tasks.jsonl');
    const results = join(folder, 'tasks.md');
    writeFileSync(results, '<!-- branin -->\n<!-- /branin -->\n');
    const flags = [
      '--part',
      'tasks',
      '--tasks',
      'branin',
      '--seeds',
      '0..1',
      '--count',
      '9',
      '--out',
      file,
      '--into',
      results,
    ];
    const first = start(...flags, '--methods', 'best-of-data,random,random-unseen');
    expect(first.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^branin, best-of-data, seed 0: best .*, median .*, \d+ s$/),
      expect.stringMatching(/^branin, best-of-data, seed 1: /),
      expect.stringMatching(/^branin, random, seed 0: /),
    ]);
    expect(first.status).toBe(0);
    const cells = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TaskCell);
    for (const { designs, scores, problems, megabytes } of cells.slice(0, 2)) {
      const values = designs.map(({ x1, x2 }) => branin([Number(x1), Number(x2)])).sort((a, b) => a - b);
      expect(problems).toEqual([]);
      expect(scores).toEqual([{ best: values[0], median: values[4], scored: 9 }]);
      expect(megabytes).toBeGreaterThan(30);
    }
    expect(cells[2]!.scores).toHaveLength(200);
    expect(readFileSync(results, 'utf8')).toBe(`<!-- branin -->\n\n${first.stdout.trimEnd()}\n\n<!-- /branin -->\n`);
    // Nothing is missing, and what another run measured is still shown.
    const second = start(...flags, '--methods', 'best-of-data');
    expect(second.stderr).toBe('');
    expect(second.stdout).toBe(first.stdout);
  });

  it.each([
    [['--tasks', 'buchwald_a'], 2, '--tasks needs --part'],
    [['--part', 'tasks', '--methods', 'magic'], 2, '--methods holds "magic"'],
    [['--part', 'tables', '--tasks', 'moon'], 2, '--tasks holds "moon"'],
  ])('ends with one sentence: %j', (flags, status, sentence) => {
    const result = start(...flags);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(sentence);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
