import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { initialDesigns, loadRegistry, type BenchmarkCell, type OnlineCell } from '../../benchmarks/index.ts';
import { planCells, shardOf } from '../../benchmarks/runner/plan.ts';
import { diffopt, folderWith, mainFile } from '../support/cli.ts';
import { onlineTasks } from './runner-extension.ts';

const extension = join(import.meta.dirname, 'runner-extension.js');
const registry = await loadRegistry([extension]);

function cellsIn(folder: string): readonly BenchmarkCell[] {
  const file = join(folder, 'benchmark', 'results.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as BenchmarkCell);
}

function onlineCell(cells: readonly BenchmarkCell[], task: string, method: string, seed = 0): OnlineCell {
  const cell = cells.find((one) => one.task === task && one.method === method && one.seed === seed);
  if (cell?.part !== 'online') throw new Error(`no online cell ${task} ${method} ${seed}`);
  return cell;
}

function benchmark(folder: string, ...flags: readonly string[]): ReturnType<typeof diffopt> {
  return diffopt(['benchmark', '--load', extension, ...flags], folder);
}

describe('a run', () => {
  it('says what methods recommend where measurements are noisy, by its true cost, and nowhere else', async () => {
    const folder = folderWith();
    const methods = 'ours,cma-es,random';
    const tasks = 'bowl,noisy-bowl';
    const flags = ['--tasks', tasks, '--methods', methods, '--seeds', '0', '--evaluations', '30', '--json'];
    const { code, stdout } = await benchmark(folder, ...flags);
    expect(code).toBe(0);
    const { cells } = JSON.parse(stdout) as { cells: BenchmarkCell[] };
    for (const method of ['ours', 'cma-es']) {
      expect(onlineCell(cells, 'bowl', method).recommended).toBeUndefined();
      expect(onlineCell(cells, 'noisy-bowl', method).recommended).toBeGreaterThanOrEqual(0);
    }
    expect(onlineCell(cells, 'noisy-bowl', 'random').recommended).toBeUndefined();
    const tables = readFileSync(join(folder, 'benchmark', 'tables.md'), 'utf8').split('### ');
    expect(tables.find((text) => text.startsWith('noisy-bowl'))).toContain('| recommended |');
    expect(tables.find((text) => text.startsWith('bowl'))).not.toContain('recommended');
  });

  it('measures every method from the same designs, and says of each cell how it ended', async () => {
    const folder = folderWith();
    const methods = 'random,sobol,absent,broken,dying,stray,lazy';
    const { code, stdout, stderr } = await benchmark(
      folder,
      ...['--tasks', 'bowl', '--methods', methods, '--seeds', '0', '--jobs', '2', '--json'],
    );
    expect(code).toBe(3);
    expect(stderr).toContain('diffopt: 4 of 7 cells failed; benchmark/tables.md says why');
    const { counts, cells } = JSON.parse(stdout) as { counts: unknown; cells: BenchmarkCell[] };
    expect(counts).toEqual({ done: 2, capped: 0, failed: 4, missing: 1 });
    expect(cellsIn(folder)).toHaveLength(7);
    const task = onlineTasks[0]!;
    const start = Math.min(...initialDesigns(task, 0).map(task.problem.truth));
    const [random, sobol] = ['random', 'sobol'].map((method) => onlineCell(cells, 'bowl', method)) as [
      OnlineCell,
      OnlineCell,
    ];
    for (const { curve, facts, incumbent, threads, node } of [random, sobol]) {
      expect(curve.map(({ evaluations }) => evaluations)).toEqual([10, 20, 30, 40]);
      expect(curve[0]!.cost).toBe(start);
      const costs = curve.map(({ cost }) => cost!);
      expect(costs).toEqual(costs.toSorted((a, b) => b - a));
      expect(task.problem.truth(incumbent!)).toBe(costs[3]);
      expect(facts).toMatchObject({ least: 0, sign: 1 });
      expect([threads > 0, node]).toEqual([true, process.version]);
    }
    expect(random.curve).not.toEqual(sobol.curve);
    const messages = ['absent', 'broken', 'dying', 'stray', 'lazy'].map(
      (method) => onlineCell(cells, 'bowl', method).message,
    );
    expect(messages).toEqual([
      'absent is missing: install it',
      'no designs | today',
      'its process ended with exit code 7',
      expect.stringContaining('the method asked for a design outside the space: x1'),
      'the method gave 9 designs instead of 10',
    ]);
    const markdown = readFileSync(join(folder, 'benchmark', 'tables.md'), 'utf8');
    const remarkOf = (method: string): string | undefined =>
      markdown
        .split('\n')
        .findLast((line) => line.startsWith(`| ${method} `) && line.includes(' 0 of 1 '))
        ?.split('|')
        .at(-2)
        ?.trim();
    expect(remarkOf('broken')).toBe('failed');
    expect(markdown).toMatch(/\| absent +\| missing +\| +1 \| bowl +\| absent is missing: install it +\|/);
    expect(markdown).toContain('no designs \\| today');
    const html = readFileSync(join(folder, 'benchmark', 'tables.html'), 'utf8');
    expect(html).toContain('absent is missing: install it');
    expect(readdirSync(join(folder, 'benchmark')).sort()).toEqual([
      'bowl-40.svg',
      'results.jsonl',
      'tables.html',
      'tables.md',
    ]);
  });

  it('measures candidates alone, and gives the same on any number of processes', async () => {
    const [one, two] = [folderWith(), folderWith()];
    const flags = ['--tasks', 'rows', '--methods', 'random,cma-es,nearest,blind'];
    const first = await benchmark(one, ...flags, '--seeds', '3', '--jobs', '1', '--threads', '1', '--quiet');
    await benchmark(two, ...flags, '--seeds', '3', '--jobs', '3', '--threads', '1', '--quiet');
    expect(first.code).toBe(3);
    const cells = cellsIn(one);
    expect(onlineCell(cells, 'rows', 'blind', 3).message).toContain('a design that is no candidate');
    for (const method of ['random', 'cma-es', 'nearest']) {
      const { curve, status } = onlineCell(cells, 'rows', method, 3);
      expect([status, curve.at(-1)!.evaluations]).toEqual(['done', 25]);
      expect(curve.at(-1)!.top).toBeLessThanOrEqual(3);
    }
    for (const cell of cells) {
      if (cell.part !== 'online') continue;
      const again = onlineCell(cellsIn(two), cell.task, cell.method, cell.seed);
      expect([again.curve, again.incumbent, again.message]).toEqual([cell.curve, cell.incumbent, cell.message]);
    }
  });

  it('stops a method that takes too long, says what it had reached, and gives it another chance with more time', async () => {
    const folder = folderWith();
    const flags = ['--tasks', 'bowl', '--methods', 'stuck', '--seeds', '0'];
    const { code, stdout } = await benchmark(folder, ...flags, '--cap', '3');
    expect(code).toBe(0);
    expect(stdout).toContain('0 done, 1 capped');
    const cell = onlineCell(cellsIn(folder), 'bowl', 'stuck');
    expect(cell).toMatchObject({ status: 'capped', cap: 3 });
    expect(cell.curve.at(-1)!.evaluations).toBe(30);
    expect(onlineTasks[0]!.problem.truth(cell.incumbent!)).toBe(cell.curve.at(-1)!.cost);
    const markdown = readFileSync(join(folder, 'benchmark', 'tables.md'), 'utf8');
    expect(markdown).toContain('capped at 30 evaluations');
    const same = await benchmark(folder, ...flags, '--cap', '2');
    expect([same.code, same.stderr, cellsIn(folder).length]).toEqual([0, '', 1]);
    await benchmark(folder, ...flags, '--cap', '4');
    expect(cellsIn(folder)).toHaveLength(2);
  });

  it('ends with a method that takes too long what it had started', async () => {
    const folder = folderWith();
    const { stdout } = await benchmark(
      folder,
      ...['--tasks', 'bowl', '--methods', 'waiting', '--seeds', '0', '--cap', '3'],
    );
    expect(stdout).toContain('0 done, 1 capped');
    const pid = Number(readFileSync(join(folder, 'pids.txt'), 'utf8'));
    expect(pid).toBeGreaterThan(0);
    await until(() => !alive(pid));
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 60_000) throw new Error('waited for a minute');
    await wait(20);
  }
}

describe('a run that is killed', () => {
  const flags = [
    'benchmark',
    '--load',
    extension,
    '--tasks',
    'failing-bowl',
    '--methods',
    'slow,random',
    '--seeds',
    '0,1',
  ];

  it('leaves no process, and goes on with what is missing: each cell once, as in a run that was not', async () => {
    const folder = folderWith();
    const pids = join(folder, 'pids');
    const child = spawn(process.execPath, [mainFile, ...flags, '--jobs', '1'], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, DIFFOPT_TEST_PIDS: pids },
    });
    const gone = once(child, 'close');
    await until(() => cellsIn(folder).length >= 2 && readFileSync(pids, 'utf8').split('\n').length >= 3);
    child.kill('SIGKILL');
    await gone;
    const last = Number(readFileSync(pids, 'utf8').trimEnd().split('\n').at(-1));
    await until(() => !alive(last));
    const before = cellsIn(folder);
    expect(before.length).toBeLessThan(4);
    // What a kill in the middle of writing leaves.
    appendFileSync(join(folder, 'benchmark', 'results.jsonl'), '{"part":"online","task":"bo');
    const { code, stdout, stderr } = await diffopt(flags, folder);
    expect([code, stdout.split('\n')[0]]).toEqual([0, '4 done']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(4 - before.length);
    const lines = readFileSync(join(folder, 'benchmark', 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const whole = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as OnlineCell);
    expect(whole.slice(0, before.length)).toEqual(before);
    expect(new Set(whole.map(({ method, seed }) => `${method} ${seed}`)).size).toBe(4);
    expect([whole.length, lines.length]).toEqual([4, 5]);
    const other = folderWith();
    await diffopt([...flags, '--quiet', '--jobs', '2'], other);
    for (const { method, seed, curve } of whole) {
      expect(onlineCell(cellsIn(other), 'failing-bowl', method, seed).curve).toEqual(curve);
    }
  });

  it('by an interrupt ends its processes and says so', async () => {
    const folder = folderWith();
    const child = spawn(process.execPath, [mainFile, ...flags, '--jobs', '1'], { cwd: folder, stdio: 'ignore' });
    const gone = once(child, 'close') as Promise<[number | null]>;
    await until(() => cellsIn(folder).length >= 1);
    child.kill('SIGINT');
    expect((await gone)[0]).toBe(130);
    expect(cellsIn(folder).every(({ status }) => status === 'done')).toBe(true);
  });
});

describe('a plan', () => {
  it.each(['quick', 'standard', 'full'] as const)(
    'of the %s suite is the union of its shards, each cell in one',
    (suite) => {
      const whole = planCells({ suite }, registry);
      const keys = new Set(whole.map((cell) => JSON.stringify(cell)));
      expect(keys.size).toBe(whole.length);
      for (const of of [1, 2, 7]) {
        const shards = Array.from({ length: of }, (_, i) => shardOf(whole, { index: i + 1, of }));
        expect(shards.flat()).toHaveLength(whole.length);
        expect(new Set(shards.flat().map((cell) => JSON.stringify(cell)))).toEqual(keys);
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
      for (const { part, task, method } of whole) {
        expect(registry[part].taskNames).toContain(task);
        expect(registry[part].methodNames).toContain(method);
      }
    },
  );

  it('has both random rows beside any method offline, and no list where designs cannot be listed', () => {
    const cells = planCells({ tasks: ['gb1', 'branin'], methods: ['ours'], seeds: [0, 1, 2] }, registry);
    const named = (task: string): string[] =>
      cells.filter((cell) => cell.task === task).map(({ method, seed }) => `${method} ${seed}`);
    expect(named('gb1')).toEqual(['ours 0', 'random 0', 'random-unseen 0', 'ours 1', 'ours 2']);
    expect(named('branin')).toEqual(['ours 0', 'random 0', 'ours 1', 'ours 2']);
  });

  it('keeps to seeds, groups and budgets', () => {
    const cells = planCells({ tasks: ['lab'], methods: ['random'], seeds: [1, 4], evaluations: 50 }, registry);
    expect(cells).toHaveLength(10);
    expect(new Set(cells.map(({ seed }) => seed))).toEqual(new Set([1, 4]));
    expect(cells.every(({ count }) => count === 50)).toBe(true);
    const small = planCells({ suite: 'quick', tasks: ['buchwald_a'], methods: ['sobol'] }, registry);
    expect(small.map(({ task, seed, count }) => [task, seed, count])).toEqual([
      ['buchwald_a', 0, 90],
      ['buchwald_a', 1, 90],
    ]);
    expect(planCells({ tasks: ['bbob-f1-i5-d40'], methods: ['random'] }, registry)[0]!.count).toBe(1000);
  });
});

describe('diffopt benchmark', () => {
  it('lists what there is', async () => {
    const { code, stdout } = await benchmark(folderWith(), '--list', '--json');
    const listing = JSON.parse(stdout) as { online: { tasks: string[]; methods: string[] }; suites: string[] };
    expect(code).toBe(0);
    expect(listing.suites).toEqual(['quick', 'standard', 'full', 'theory', 'theory-small']);
    expect(listing.online.methods).toEqual(expect.arrayContaining(['ours', 'cma-es', 'stuck']));
    expect(listing.online.tasks).toEqual(expect.arrayContaining(['ackley-200', 'bbob-f24-i2-d10', 'bowl']));
    expect((await benchmark(folderWith(), '--list')).stdout).toContain('online tasks (BBOB functions by bbob-fF-iI-dD');
  });

  it.each([
    [['--tasks', 'bwl'], 2, 'there is no task or group of tasks "bwl"'],
    [['--tasks', 'bowl', '--methods', 'magic'], 2, 'there is no method "magic"'],
    [['--shard', '3/2'], 2, '--shard is "3/2"; expected i/n with i from 1 to n'],
    [['--seeds', '5..2'], 2, '--seeds is "5..2"; expected whole numbers'],
    [['--suite', 'huge'], 2, '--suite is "huge"; expected one of quick, standard, full, theory, theory-small'],
    [['--cap', '0'], 2, '--cap is "0"; expected a number above 0'],
    [['--suite', 'quick', '--tasks', 'bowl'], 2, 'no cell is left of these tasks, methods and seeds'],
    [['--suite', 'theory'], 2, '--load does not go with --suite theory'],
    [['--load', 'nowhere.js'], 1, 'cannot load nowhere.js'],
    [['file.csv'], 2, 'benchmark takes no file, but "file.csv" follows it'],
  ])('refuses %j', async (flags, status, sentence) => {
    const { code, stderr } = await benchmark(folderWith(), ...flags);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(status);
  });
});
