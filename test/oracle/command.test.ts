import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  commandOracle,
  evaluateAll,
  type CommandOptions,
  type CommandWords,
  type Oracle,
} from '../../src/oracle/index.ts';
import { folderWith } from '../support/cli.ts';
import { commandOf, isAlive, programOf, requests, rewardsOf } from './programs.ts';

/** The oracle of a command, closed when the test ends, and what it was reported for. */
async function started(command: CommandWords, options: CommandOptions = {}): Promise<[Oracle, string[]]> {
  const notices: string[] = [];
  const onNotice = (sentence: string) => void notices.push(sentence);
  const oracle = await commandOracle(command, { onNotice, graceMs: 200, ...options });
  onTestFinished(() => oracle.close());
  return [oracle, notices];
}

const answers = 'write({ id, reward: x });';
/** A file that gets a line for every start of a command: its pid. */
function pidFile(): { readonly file: string; readonly keep: string; readonly pids: () => readonly number[] } {
  const file = join(folderWith(), 'pids');
  const keep = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(file)}, process.pid + '\\n');`;
  const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);
  return { file, keep, pids };
}

describe('an oracle command', () => {
  test('is asked and answers, in one process', async () => {
    const { keep, pids } = pidFile();
    const [oracle] = await started(commandOf(answers, keep));
    expect(await evaluateAll(oracle, requests(50), { concurrency: 4 })).toEqual(rewardsOf(50));
    expect(await evaluateAll(oracle, requests(3))).toEqual(rewardsOf(3));
    expect(pids()).toHaveLength(1);
    await oracle.close();
    expect(isAlive(pids()[0]!)).toBe(false);
    await oracle.close();
    await expect(evaluateAll(oracle, requests(1))).rejects.toMatchObject({ kind: 'stopped' });
  });

  test('may answer in any order, and in pieces', async () => {
    const body = `
      held.push({ id, reward: x });
      if (held.length < 8) continue;
      const text = held.splice(0).reverse().map((answer) => JSON.stringify(answer) + '\\r\\n').join('');
      for (const part of text.match(/.{1,7}/gs)) {
        process.stdout.write(part);
        await new Promise(setImmediate);
      }`;
    const [oracle, notices] = await started(commandOf(body, 'const held = [];'));
    expect(await evaluateAll(oracle, requests(24), { concurrency: 8 })).toEqual(rewardsOf(24));
    expect(notices).toEqual([]);
  });

  test('failures and broken rewards are outcomes', async () => {
    const body = `
      if (x === 0) write({ id, error: 'pump blocked' });
      else if (x === 1) write('{"id": "r1", "reward": NaN}');
      else if (x === 2) write('{"id": "r2", "reward": -Infinity, "note": "Infinity"}');
      else if (x === 3) write({ id, reward: '0.5' });
      else if (x === 4) write({ id, reward: x, error: null });
      else write({ id, error: { code: 7 } });`;
    const [oracle] = await started(commandOf(body));
    const outcomes = await evaluateAll(oracle, requests(6), { concurrency: 6 });
    expect(outcomes.slice(0, 3)).toEqual([
      { id: 'r0', error: 'pump blocked' },
      { id: 'r1', error: 'returned NaN, a finite number was expected' },
      { id: 'r2', error: 'returned NaN, a finite number was expected' },
    ]);
    expect(outcomes[3]).toMatchObject({ error: expect.stringContaining('a number as "reward"') as string });
    expect(outcomes.slice(4)).toEqual([
      { id: 'r4', reward: 4 },
      { id: 'r5', error: '{"code":7}' },
    ]);
  });

  test('lines that are no answers and ids that were not asked are reported, and do no harm', async () => {
    const body = `
      write('loading model...');
      write('{"reward": 3}');
      write('[1]');
      write({ id: 'r99', reward: 1 });
      write({ id, reward: x });
      write({ id, reward: x + 1 });`;
    const [oracle, notices] = await started(commandOf(body));
    expect(await evaluateAll(oracle, requests(1))).toEqual(rewardsOf(1));
    await oracle.close();
    expect(notices).toHaveLength(5);
    expect(notices[0]).toContain('printed "loading model...", and a JSON line');
    expect(notices[1]).toContain('{\\"reward\\": 3}');
    expect(notices[3]).toContain('answered "r99", which it was not asked or has answered before');
    expect(notices[4]).toContain('answered "r0", which');
  });

  test('that prints all the time is not reported without end', async () => {
    const [oracle, notices] = await started(
      commandOf("for (let i = 0; i < 500; i++) write('busy'); write({ id, reward: x });"),
    );
    expect(await evaluateAll(oracle, requests(1))).toEqual(rewardsOf(1));
    await oracle.close();
    expect(notices).toHaveLength(50);
    expect(notices.at(-1)).toMatch(/; what else it does wrong is not told$/);
  });

  test('is started again after a crash: only the design that crashes it has failed', async () => {
    const { keep, pids } = pidFile();
    // It works on 4 designs at a time and gives each its time, so that others are lost with the one that crashes it.
    const body = `
      setTimeout(() => {
        if (x === 5) {
          console.error('Traceback: ...\\nSegmentation fault in step 7');
          process.exitCode = 3;
          process.exit();
        }
        write({ id, reward: x });
      }, x === 5 ? 30 : 10 * (x % 4));`;
    const [oracle, notices] = await started(commandOf(body, keep));
    const outcomes = await evaluateAll(oracle, requests(12), { concurrency: 4 });
    const failed = outcomes[5]!;
    expect(outcomes).toEqual(rewardsOf(12, { r5: 'error' in failed ? failed.error : '' }));
    expect(failed).toMatchObject({
      error: expect.stringMatching(/ended with code 3: Segmentation fault in step 7$/) as string,
    });
    expect(pids()).toHaveLength(3);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('it is started again');
  });

  test('may be told to count all that was lost as failed; retries then start over', async () => {
    const body = `if (x === 1 && !existsSync(mark)) { writeFileSync(mark, ''); process.kill(process.pid, 'SIGKILL'); }
      write({ id, reward: x });`;
    const mark = JSON.stringify(join(folderWith(), 'mark'));
    const before = `import { existsSync, writeFileSync } from 'node:fs'; const mark = ${mark};`;
    const [oracle] = await started(commandOf(body, before), { lost: 'fail' });
    expect(await evaluateAll(oracle, requests(3), { retries: 1, backoffMs: 1 })).toEqual(rewardsOf(3));
    const again = JSON.stringify(join(folderWith(), 'mark'));
    const [other] = await started(commandOf(body, before.replace(mark, again)), { lost: 'fail' });
    const outcomes = await evaluateAll(other, requests(3));
    expect(outcomes[1]).toMatchObject({ error: expect.stringContaining('was ended by SIGKILL') as string });
    expect([outcomes[0], outcomes[2]]).toEqual([rewardsOf(3)[0], rewardsOf(3)[2]]);
  });

  test('that ends with code 0 after every answer loses nothing', async () => {
    const [oracle] = await started(
      commandOf(`process.stdout.write(JSON.stringify({ id, reward: x }) + '\\n', () => process.exit(0));`),
    );
    expect(await evaluateAll(oracle, requests(3))).toEqual(rewardsOf(3));
  });

  test('that never works ends the run, with its last words', async () => {
    const [oracle] = await started(programOf(`console.error('ModuleNotFoundError: torch'); process.exitCode = 1;`));
    await expect(evaluateAll(oracle, requests(2))).rejects.toMatchObject({
      kind: 'stopped',
      message: expect.stringMatching(
        /ended before it answered anything.*code 1: ModuleNotFoundError: torch$/,
      ) as string,
    });
  });

  test('that crashes on end is given up at last', async () => {
    const [oracle] = await started(commandOf(`if (x > 0) process.exit(4); ${answers}`), { restarts: 2 });
    await expect(evaluateAll(oracle, requests(9))).rejects.toThrow(/ended 3 times in a row; it ended with code 4/);
  });

  test('that does not exist is a stopped error at once', async () => {
    await expect(commandOracle('./no-such-program --x')).rejects.toMatchObject({
      kind: 'stopped',
      message: 'cannot start ./no-such-program: there is no such program, or the directory to run it in is missing',
    });
    await expect(commandOracle([folderWith()])).rejects.toMatchObject({ kind: 'stopped' });
    await expect(commandOracle('')).rejects.toMatchObject({ kind: 'usage' });
  });

  test('a full pipe is waited for: nothing is lost when it reads late', async () => {
    const [oracle] = await started(
      commandOf('write({ id, reward: design.text.length });', 'await new Promise((r) => setTimeout(r, 200));'),
    );
    const large = requests(40).map(({ id }, at) => ({ id, design: { x: 1, text: 'é'.repeat(20_000 + at) } }));
    const outcomes = await evaluateAll(oracle, large, { concurrency: 40 });
    expect(outcomes).toEqual(large.map(({ id, design }) => ({ id, reward: design.text.length })));
  });

  test('one that hangs on a design is started anew', async () => {
    const { keep, pids } = pidFile();
    const [oracle] = await started(commandOf(`if (x === 1) for (;;); ${answers}`, keep), { graceMs: 50 });
    const outcomes = await evaluateAll(oracle, requests(4), { timeoutMs: 1500 });
    expect(outcomes).toEqual(rewardsOf(4, { r1: 'no answer within 1.5 s' }));
    expect(pids()).toHaveLength(2);
  });

  test('goes on when one of several is given up; its late answer is none, and it may be asked for again', async () => {
    const { keep, pids } = pidFile();
    const body = `
      held.push(id);
      if (x === 2) setTimeout(() => held.forEach((id) => write({ id, reward: id === 'r1' ? -1 : x })), 100);
      if (x === 3 || held.length > 3) write({ id, reward: x });`;
    const [oracle, notices] = await started(commandOf(body, `${keep} const held = [];`));
    const [late, open] = [new AbortController(), new AbortController()];
    const [, first, second, third] = requests(4);
    const givenUp = oracle.evaluate(first!, { signal: late.signal });
    const slow = oracle.evaluate(second!, { signal: open.signal });
    late.abort(new Error('given up'));
    await expect(givenUp).rejects.toThrow('given up');
    const next = oracle.evaluate(third!, { signal: open.signal });
    const again = oracle.evaluate(first!, { signal: open.signal });
    expect(await Promise.all([slow, next, again])).toEqual([2, 3, 1]);
    expect(pids()).toHaveLength(1);
    expect(notices).toEqual([]);
  });

  test('that closes its output has ended, even where it lives on', async () => {
    const { keep, pids } = pidFile();
    const program = programOf(
      `${keep} import { closeSync } from 'node:fs'; closeSync(1); setInterval(() => {}, 1000);`,
    );
    const [oracle] = await started(program, { graceMs: 50 });
    await expect(evaluateAll(oracle, requests(1))).rejects.toMatchObject({ kind: 'stopped' });
    await expect.poll(() => pids().filter(isAlive)).toEqual([]);
  });

  test('after an abort nothing is left, not even one that ignores SIGTERM, nor its children', async () => {
    const { file, keep, pids } = pidFile();
    const child = `import { appendFileSync } from 'node:fs'; process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
      appendFileSync(${JSON.stringify(file)}, process.pid + '\\n');`;
    const before = `${keep}
      import { spawn } from 'node:child_process';
      process.on('SIGTERM', () => {});
      setInterval(() => {}, 1000);
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}], { stdio: 'inherit' });`;
    const [oracle] = await started(commandOf('', before), { graceMs: 100 });
    const abort = new AbortController();
    const work = evaluateAll(oracle, requests(4), { concurrency: 2, signal: abort.signal });
    await expect.poll(() => pids().length, { timeout: 10_000 }).toBe(2);
    abort.abort(new Error('interrupted'));
    await expect(work).rejects.toThrow('interrupted');
    await oracle.close();
    await expect.poll(() => pids().filter(isAlive), { timeout: 2000 }).toEqual([]);
  });

  test('passes its standard error on where asked', async () => {
    const lines: string[] = [];
    const [oracle] = await started(commandOf(`console.error('step ' + x); ${answers}`), {
      onStderr: (line) => void lines.push(line),
    });
    await evaluateAll(oracle, requests(3));
    await oracle.close();
    expect(lines).toEqual(['step 0', 'step 1', 'step 2']);
  });
});
