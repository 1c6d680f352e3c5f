import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateAll, programOracle, type CommandWords, type ProgramOptions } from '../../src/oracle/index.ts';
import { folderWith } from '../support/cli.ts';
import { isAlive, programOf, requests, rewardsOf } from './programs.ts';

async function outcomeOf(command: CommandWords, design = {}, options: ProgramOptions = {}) {
  const oracle = await programOracle(command, { graceMs: 100, ...options });
  const [outcome] = await evaluateAll(oracle, [{ id: 'r0', design }]);
  return outcome;
}

describe('a program per design', () => {
  test('gets values as arguments, and gives its last line', async () => {
    const program = programOf(`console.log('starting'); console.log(process.argv[2].slice(4)); console.log('');`);
    const oracle = await programOracle([...program, '--x={x}'], { names: ['x'] });
    expect(await evaluateAll(oracle, requests(6), { concurrency: 3 })).toEqual(rewardsOf(6));
  });

  test('receives the id and the design on its input and as variables too', async () => {
    const program = programOf(`
      const { id, design } = JSON.parse(await new Response(process.stdin).text());
      console.log(JSON.stringify({ id, reward: id === process.env.DIFFOPT_ID && design.s === 'a b' ? 1 : 0 }));`);
    expect(await outcomeOf(program, { s: 'a b' })).toEqual({ id: 'r0', reward: 1 });
  });

  test('no value becomes another argument, whatever it holds', async () => {
    const echo = programOf(`console.error(JSON.stringify(process.argv.slice(2))); console.log(1);`);
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('$(touch x)', '" --y="', "';ls;'", '{x}', 'a\nb', '*', ''),
      )
      .filter((value) => !value.startsWith('-') && !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, fc.double({ noNaN: true, noDefaultInfinity: true }), async (s, x) => {
        let seen = '';
        const oracle = await programOracle([...echo, '{s}', '--both={s}/{x}', '{}'], {
          onStderr: (line) => (seen += line),
        });
        expect(await evaluateAll(oracle, [{ id: 'r0', design: { s, x } }])).toEqual([{ id: 'r0', reward: 1 }]);
        expect(JSON.parse(seen)).toEqual([s, `--both=${s}/${x}`, JSON.stringify({ s, x })]);
      }),
      { numRuns: 15 },
    );
  });

  test.each([
    ['console.log(" -1.5e3 ")', { reward: -1500 }],
    [`console.log('{"reward": 2}')`, { reward: 2 }],
    ['process.stdout.write("3")', { reward: 3 }],
    [`console.log('{"error": "no flow"}')`, { error: 'no flow' }],
    ['console.log("nan")', { error: 'returned NaN, a finite number was expected' }],
    ['console.log("-inf")', { error: 'returned NaN, a finite number was expected' }],
    ['', { error: 'printed nothing, and the reward as a number, or as JSON, was expected' }],
    [
      'console.log("1,5")',
      { error: 'printed "1,5" as its last line, and the reward as a number, or as JSON, was expected' },
    ],
    [
      'console.error("a\\nlicence expired"); console.log(1); process.exitCode = 2',
      { error: 'ended with code 2: licence expired' },
    ],
    ['process.kill(process.pid, "SIGSEGV")', { error: 'was ended by SIGSEGV' }],
  ])('%s', async (source, outcome) => expect(await outcomeOf(programOf(source))).toEqual({ id: 'r0', ...outcome }));

  test('that does not exist, and a bad command line, are refused before anything runs', async () => {
    for (const missing of ['no-such-program-anywhere', './no-such-program', folderWith()]) {
      await expect(programOracle([missing])).rejects.toMatchObject({ kind: 'stopped' });
    }
    for (const command of ['', 'a {x} |', '{x}', "sh -c 'echo {x}'", 'a {y}']) {
      await expect(programOracle(command, { names: ['x'] })).rejects.toMatchObject({ kind: 'usage' });
    }
  });

  test('is ended with its children when its time is over, and when the run is interrupted', async () => {
    const file = join(folderWith(), 'pids');
    const keep = `import { appendFileSync } from 'node:fs'; process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
      appendFileSync(${JSON.stringify(file)}, process.pid + '\\n');`;
    const program = programOf(`${keep}
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(keep)}], { stdio: 'inherit' });`);
    const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);
    const oracle = await programOracle(program, { graceMs: 50 });
    const outcomes = await evaluateAll(oracle, requests(1), { timeoutMs: 1500 });
    expect(outcomes).toEqual([{ id: 'r0', error: 'no answer within 1.5 s' }]);
    const before = pids().length;
    expect(before).toBeGreaterThan(0);
    await expect.poll(() => pids().filter(isAlive), { timeout: 2000 }).toEqual([]);
    const abort = new AbortController();
    const work = evaluateAll(oracle, requests(5), { concurrency: 2, signal: abort.signal });
    await expect.poll(() => pids().length, { timeout: 10_000 }).toBe(before + 4);
    abort.abort(new Error('interrupted'));
    await expect(work).rejects.toThrow('interrupted');
    await expect.poll(() => pids().filter(isAlive), { timeout: 2000 }).toEqual([]);
  });

  test('a child that it leaves behind is ended, and does not hold the result back', async () => {
    const program = programOf(`
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref();
      console.log(child.pid);`);
    const outcome = await outcomeOf(program);
    const pid = outcome !== undefined && 'reward' in outcome ? outcome.reward : NaN;
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isAlive(pid), { timeout: 2000 }).toBe(false);
  });

  test('is ended with the process that started it', async () => {
    const file = join(folderWith(), 'pids');
    const program = programOf(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(file)}, String(process.pid));
      setInterval(() => {}, 1000);`);
    const index = new URL('../../src/oracle/index.js', import.meta.url).href;
    const [node, parent] = programOf(`
      import { readFileSync } from 'node:fs';
      import { evaluateAll, programOracle } from ${JSON.stringify(index)};
      const oracle = await programOracle(${JSON.stringify(program)});
      setInterval(() => {
        try {
          if (readFileSync(${JSON.stringify(file)}, 'utf8') !== '') process.exit(7);
        } catch {}
      }, 20);
      await evaluateAll(oracle, [{ id: 'a', design: {} }]);`);
    expect(spawnSync(node, [parent]).status).toBe(7);
    await expect.poll(() => isAlive(Number(readFileSync(file, 'utf8'))), { timeout: 2000 }).toBe(false);
  });
});
