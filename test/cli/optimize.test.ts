import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { cellsOf, diffopt, folderWith, mainFile } from '../support/cli.ts';
import {
  factsIn,
  fileOf,
  optimizing,
  optimizingArgs,
  optimizingFiles,
  planeSpace,
  startOptimizing,
  untilEvent,
  type Fact,
} from '../support/optimizing.ts';
import { isAlive } from '../oracle/programs.ts';

/** The root of the repository, seen from the compiled tests. */
const root = resolve(import.meta.dirname, '..', '..', '..');
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

const module = `export default ({ x, y }) => {
  if (x < 0.1) throw new Error('too thin');
  return -((x - 0.3) ** 2) - (y - 0.6) ** 2;
};`;
const program = `const [x, y] = process.argv.slice(2).map(Number);
console.log('simulating');
console.log(-((x - 0.3) ** 2) - (y - 0.6) ** 2);`;

const bowl = (x: number, y: number): number => -((x - 0.3) ** 2) - (y - 0.6) ** 2;

/** A finished grid of experiments; the one at (0, 0) failed. */
const grid = Array.from({ length: 36 }, (_, i) => [(i % 6) / 5, Math.floor(i / 6) / 5] as const);
const table = [
  'x,y,score,broke,batch',
  ...grid.map(([x, y], i) => `${x},${y},${bowl(x, y).toFixed(6)},${i === 0 ? 'yes' : 'no'},${i}`),
  '',
].join('\n');

const small = ['--evaluations', '8', '--batch', '5', '--initial', '8'];
const withSpace = ['--space', 'space.json', ...small];
const node = `"${process.execPath}"`;

describe('optimize with an oracle that is', () => {
  it.each<[string, readonly string[], boolean]>([
    ['a command', ['--command', `${node} "${join(root, 'examples', 'oracle.mjs')}"`, ...withSpace], true],
    ['a command in Python', ['--command', `python3 "${join(root, 'examples', 'oracle.py')}"`, ...withSpace], hasPython],
    ['a program', ['--program', `${node} program.mjs {x} {y}`, '--concurrency', '2', ...withSpace], true],
    ['a module', ['--module', 'module.mjs', ...withSpace], true],
    ['a module in threads', ['--module', 'module.mjs', '--workers', '--concurrency', '2', ...withSpace], true],
    [
      'a table',
      ['--table', 'table.csv', '--reward', 'score', '--failed', 'broke', '--ignore', 'batch', ...small],
      true,
    ],
  ])('%s', async (kind, args, possible) => {
    if (!possible) return expect(kind).toContain('Python');
    const files = { 'space.json': planeSpace, 'module.mjs': module, 'program.mjs': program, 'table.csv': table };
    const folder = folderWith(files);
    const { code, stdout, stderr } = await diffopt(['optimize', ...args], folder);
    expect(stderr).toContain('the run is kept in diffopt-run (--run names another directory)\n');
    expect(stderr).toMatch(
      /\nround 1: 5 evaluated(, \d failed \(r1-\d: .+\))?; best \w+ -0\.\d+; 5 of 8 evaluations, [\d.]+k?\/s, 0:/,
    );
    expect(stderr).toMatch(/\nround 2: 3 evaluated.*; 8 of 8 evaluations, [\d.]+k?\/s\n$/);
    expect(code).toBe(0);
    const { header, rows } = cellsOf(fileOf(folder, 'diffopt-run', 'evaluations.csv'));
    expect(header).toEqual(['x', 'y', kind === 'a table' ? 'score' : 'reward', 'round', 'status', 'id']);
    expect(rows).toHaveLength(8);
    for (const [x, y, reward, , status] of rows) {
      const failed = (kind === 'a table' && x === '0' && y === '0') || (kind.includes('module') && Number(x) < 0.1);
      expect(status).toBe(failed ? 'failed' : 'ok');
      if (failed) expect(reward).toBe('');
      else expect(Number(reward)).toBeCloseTo(bowl(Number(x), Number(y)), 5);
    }
    const best = rows.filter(([, , , , status]) => status === 'ok').sort((a, b) => Number(b[2]) - Number(a[2]))[0]!;
    expect(stdout).toMatch(/^stopped: all evaluations are done\n/);
    expect(stdout).toMatch(new RegExp(`^best \\w+ +${best[2]}\nx +${best[0]}\ny +${best[1]}$`, 'm'));
    expect(stdout).toContain(join('diffopt-run', 'evaluations.csv'));
    const file = JSON.parse(fileOf(folder, 'diffopt-run', 'best.json')) as Fact;
    expect(file).toMatchObject({ id: best[5], reward: Number(best[2]) });
    expect(readdirSync(join(folder, 'diffopt-run')).sort()).toEqual([
      'best.json',
      'evaluations.csv',
      'journal.jsonl',
      'report.html',
    ]);
  });
});

describe('optimize', () => {
  it('fails where every experiment did, and says why and names no file that is not there', async () => {
    const folder = folderWith({ 'space.json': planeSpace, 'module.mjs': 'export default () => "0.5";' });
    const { code, stdout, stderr } = await diffopt(['optimize', '--module', 'module.mjs', ...withSpace], folder);
    expect(code).toBe(3);
    expect(stdout).toContain('stopped: all evaluations are done\n\nnothing was measured yet\n');
    expect(stdout).not.toContain('best.json');
    expect(stderr).toMatch(
      /round 1: 5 evaluated, 5 failed \(r1-1: .*a finite number was expected.*\); nothing measured yet/,
    );
    expect(stderr).toMatch(
      /diffopt: nothing was measured: all 8 experiments failed, r1-1: .*a finite number was expected.*\n$/,
    );
  });

  it('that a module ends by process.exit fails, says so, and goes on with what was told', async () => {
    const ending = `let calls = 0;\nexport default ({ x }) => (++calls === 4 ? process.exit(0) : x);`;
    const folder = folderWith({ 'space.json': planeSpace, 'module.mjs': ending });
    const run = () => diffopt(['optimize', '--module', 'module.mjs', ...withSpace], folder);
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toMatch(/diffopt: the process was ended before its work was done, by code that it loaded\n$/);
    const told = () => factsIn(fileOf(folder, 'diffopt-run', 'journal.jsonl')).filter(({ event }) => event === 'told');
    expect(told()).toHaveLength(3);
    expect((await run()).code).toBe(3);
    expect(told()).toHaveLength(6);
    expect((await run()).code).toBe(0);
    expect(told()).toHaveLength(8);
  });

  it('asks for the same with 1 and with 16 experiments at a time', async () => {
    const results = [];
    for (const [concurrency, ORACLE_MS] of [
      ['1', '0'],
      ['16', '20'],
    ] as const) {
      const folder = folderWith(optimizingFiles);
      const { code } = await optimizing({ folder, args: ['--concurrency', concurrency], env: { ORACLE_MS } });
      expect(code).toBe(0);
      results.push(fileOf(folder, 'run', 'evaluations.csv'));
    }
    expect(results[1]).toBe(results[0]);
  });

  it('knows past experiments, learns from them at once, and goes on when more evaluations are allowed, and nothing else', async () => {
    const data = table.split('\n').slice(0, 16).join('\n');
    const folder = folderWith({ 'data.csv': data, 'module.mjs': module, 'space.json': planeSpace });
    const problem = ['--data', 'data.csv', '--space', 'space.json', '--reward', 'score', '--failed', 'broke'];
    const search = ['--surrogate', 'gaussian-process', '--batch', '4', '--module', 'module.mjs', '--threads', '1'];
    const base = ['optimize', ...problem, ...search];
    const run = (...more: readonly string[]) => diffopt([...base, ...more], folder);

    const first = await run('--evaluations', '4', '--json');
    const events = factsIn(first.stdout);
    expect([first.code, events.map(({ event }) => event)]).toEqual([
      0,
      ['started', ...Array<string>(4).fill('evaluated'), 'round', 'stopped'],
    ]);
    expect(events[0]).toMatchObject({ run: 'diffopt-run', resumed: false, evaluations: 0, limit: 4, threads: 1 });
    expect(events.at(-1)).toMatchObject({
      reason: 'budget',
      evaluations: 4,
      best: { reward: expect.any(Number) as number },
    });

    const resumed = base.filter((word, at) => word !== '--threads' && base[at - 1] !== '--threads');
    const again = await diffopt([...resumed, '--evaluations', '6', '--json'], folder);
    expect(again.stderr).toContain(
      'going on with the run in diffopt-run (--run names another directory): 4 of 6 evaluations done\n',
    );
    expect(factsIn(again.stdout)[0]).toMatchObject({ resumed: true, evaluations: 4, limit: 6, threads: 1 });
    const { rows } = cellsOf(fileOf(folder, 'diffopt-run', 'evaluations.csv'));
    expect(rows.map((row) => row.slice(3))).toEqual([
      ...Array.from({ length: 15 }, (_, i) => ['0', i === 0 ? 'failed' : 'ok', '']),
      ...[1, 2, 3, 4].map((n) => ['1', 'ok', `r1-${n}`]),
      ...[1, 2].map((n) => ['2', 'ok', `r2-${n}`]),
    ]);

    const journal = fileOf(folder, 'diffopt-run', 'journal.jsonl');
    const end = 'only evaluations may be raised; --run names another directory\n';
    writeFileSync(join(folder, 'wider.json'), planeSpace.replace('"max":1', '"max":2'));
    for (const [flags, sentence] of [
      [['--evaluations', '6', '--seed', '1'], `seed is 1, but the run in diffopt-run was begun with 0; ${end}`],
      [
        ['--evaluations', '6', '--minimize'],
        `direction is "minimize", but the run in diffopt-run was begun with "maximize"; ${end}`,
      ],
      [
        ['--evaluations', '5'],
        'evaluations is 5, but the run in diffopt-run was begun with 6; it may only be raised; --run names another directory\n',
      ],
    ] as const) {
      expect(await run(...flags)).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`diffopt: ${sentence}`) as string,
      });
    }
    const wider = base.map((word) => (word === 'space.json' ? 'wider.json' : word));
    expect((await diffopt([...wider, '--evaluations', '6'], folder)).stderr).toContain(
      `diffopt: space.parameters.x.max is 2, but the run in diffopt-run was begun with 1; ${end}`,
    );
    expect(fileOf(folder, 'diffopt-run', 'journal.jsonl')).toBe(journal);
  }, 300_000);

  it('refuses a directory that another process uses, and ends cleanly when it is interrupted', async () => {
    const folder = folderWith(optimizingFiles);
    const child = startOptimizing({ folder, args: ['--json', '--concurrency', '2'], env: { ORACLE_MS: '2000' } });
    const [stderr, exited] = [text(child.stderr), once(child, 'exit')];
    await untilEvent(child, 'evaluated');

    const second = await optimizing({ folder, args: ['--quiet'] });
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toMatch(
      new RegExp(`^diffopt: run is in use by process ${child.pid} on .*; wait until it has ended\n$`),
    );

    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(await stderr).toMatch(/\ndiffopt: interrupted\n$/);
    const journal = factsIn(fileOf(folder, 'run', 'journal.jsonl'));
    expect(journal.at(-1)).toEqual({ event: 'stopped', reason: 'aborted' });
    const told = journal.filter(({ event }) => event === 'told').map(({ id }) => id);
    expect(told.length).toBeGreaterThan(0);
    const { rows } = cellsOf(fileOf(folder, 'run', 'evaluations.csv'));
    expect(rows.map((row) => row.at(-1)).sort()).toEqual([...told].sort());
    expect(existsSync(join(folder, 'run', 'lock'))).toBe(false);
  });

  it('ends at once, its oracle too, when it is interrupted twice', async () => {
    // An oracle that neither answers nor ends by itself.
    const stubborn = `
      import { writeFileSync } from 'node:fs';
      writeFileSync('oracle.pid', String(process.pid));
      process.on('SIGTERM', () => undefined);
      setInterval(() => undefined, 1000);`;
    const folder = folderWith({ ...optimizingFiles, 'oracle.mjs': stubborn });
    const child = startOptimizing({ folder, args: ['--json'] });
    const exited = once(child, 'exit');
    await untilEvent(child, 'started');
    while (!existsSync(join(folder, 'oracle.pid')) || fileOf(folder, 'oracle.pid') === '') {
      await new Promise((wake) => setTimeout(wake, 20));
    }
    const at = performance.now();
    child.kill('SIGINT');
    await new Promise((wake) => setTimeout(wake, 300));
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    // The oracle alone would be waited for much longer: 2 s for each step of ending it.
    expect(performance.now() - at).toBeLessThan(3500);
    const pid = Number(fileOf(folder, 'oracle.pid'));
    while (isAlive(pid)) await new Promise((wake) => setTimeout(wake, 20));
  });

  it.runIf(process.platform !== 'win32')(
    'keeps what was told when the disk takes no more, and goes on later',
    async () => {
      const folder = folderWith(optimizingFiles);
      const words = optimizingArgs.map((word) => `'${word}'`).join(' ');
      // Blocks of 512 bytes: the first line of the journal fits, and some of what is told.
      const limited = `ulimit -f 6; exec "$0" "$1" ${words}`;
      const { status, stderr } = spawnSync('sh', ['-c', limited, process.execPath, mainFile], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([
        3,
        expect.stringMatching(/\ndiffopt: cannot write .*: it would be larger than the system permits\n$/),
      ]);
      const kept = factsIn(fileOf(folder, 'run', 'journal.jsonl')).filter(({ event }) => event === 'told');
      expect(readFileSync(join(folder, 'run', 'journal.jsonl')).at(-1)).toBe(10);
      expect((await optimizing({ folder })).code).toBe(0);
      const told = factsIn(fileOf(folder, 'run', 'journal.jsonl')).filter(({ event }) => event === 'told');
      expect(told).toHaveLength(12);
      expect(told.slice(0, kept.length)).toEqual(kept);
    },
  );

  it.each<[string, readonly string[], number, string]>([
    [
      'no oracle',
      ['--space', 'space.json', '--evaluations', '5'],
      2,
      'an oracle is missing: one of --command, --program,',
    ],
    [
      'two oracles',
      ['--space', 'space.json', '--command', 'a', '--module', 'b'],
      2,
      '--command and --module both say what does experiments; give one of them',
    ],
    ['no space', ['--module', 'module.mjs', '--evaluations', '5'], 2, '--space or --data is missing:'],
    [
      'no end',
      ['--space', 'space.json', '--module', 'module.mjs'],
      2,
      'nothing ends the optimization: give --evaluations',
    ],
    [
      'a table without its reward',
      ['--table', 'table.csv', '--evaluations', '5'],
      2,
      '--reward is missing: the column that holds the reward',
    ],
    [
      'a command that is not there',
      ['--space', 'space.json', '--command', './nothing-here x', '--evaluations', '5'],
      3,
      'cannot start ./nothing-here: there is no such program',
    ],
    ['a file', ['space.json', '--module', 'module.mjs'], 2, 'optimize takes no file, but "space.json" follows it'],
    ['a bad timeout', ['--timeout', '0'], 2, '--timeout is "0"; expected a number of seconds above 0'],
    [
      'a directory of other things',
      [...withSpace, '--module', 'module.mjs', '--run', '.'],
      1,
      '. is no run directory: it holds',
    ],
  ])('refuses %s', async (_, args, code, sentence) => {
    const folder = folderWith({ 'space.json': planeSpace, 'module.mjs': module, 'table.csv': table });
    const result = await diffopt(['optimize', ...args], folder);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(`diffopt: ${sentence}`);
    expect(result.stderr.trimEnd().split('\n').at(-1)).toMatch(/^diffopt: /);
    expect(existsSync(join(folder, 'diffopt-run'))).toBe(false);
  });
});
