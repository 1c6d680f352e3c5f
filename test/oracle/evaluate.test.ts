import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError, dataError, randomStream } from '../../src/base/index.ts';
import { evaluateAll, functionOracle, type Oracle, type Outcome, type RewardFunction } from '../../src/oracle/index.ts';
import { requests, rewardsOf } from './programs.ts';

const x: RewardFunction = (design) => Number(design['x']);
const never: RewardFunction = () => new Promise(() => undefined);

function oracleOf(evaluate: Oracle['evaluate']): Oracle {
  return { evaluate, close: () => Promise.resolve() };
}

describe('evaluateAll', () => {
  test('gives outcomes in the order of the requests, whatever ends first, and for every concurrency', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 6 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 16 }),
        async (ticks, concurrency) => {
          const oracle = await functionOracle(async (design) => {
            for (let tick = ticks[Number(design['x'])]!; tick > 0; tick--) await Promise.resolve();
            return Number(design['x']);
          });
          const came: Outcome[] = [];
          const onOutcome = (outcome: Outcome) => void came.push(outcome);
          const outcomes = await evaluateAll(oracle, requests(ticks.length), { concurrency, onOutcome });
          expect(outcomes).toEqual(rewardsOf(ticks.length));
          expect(new Set(came)).toEqual(new Set(outcomes));
        },
      ),
    ));

  test('never has more than the given number under way, and uses them all', async () => {
    let [now, most] = [0, 0];
    const oracle = await functionOracle(async (design) => {
      most = Math.max(most, ++now);
      await sleep(1);
      now--;
      return x(design, { id: '', signal: new AbortController().signal });
    });
    await evaluateAll(oracle, requests(20), { concurrency: 5 });
    expect(most).toBe(5);
  });

  test('a failure is an outcome, and so is a reward that is no finite number', async () => {
    const results: readonly unknown[] = [1, NaN, Infinity, '3', undefined, null];
    const oracle = await functionOracle((design) => {
      if (design['x'] === 0) throw new Error('pump\n  blocked');
      return results[Number(design['x'])] as number;
    });
    const wrong = (found: string) => `returned ${found}, a finite number was expected`;
    const errors = { r0: 'pump blocked', r1: wrong('NaN'), r2: wrong('Infinity'), r3: wrong("'3'") };
    expect(await evaluateAll(oracle, requests(6))).toEqual(
      rewardsOf(6, { ...errors, r4: wrong('undefined'), r5: wrong('null') }),
    );
  });

  test('tries again as often as asked, with waits that double', async () => {
    const starts: number[] = [];
    const oracle = await functionOracle((design) => {
      starts.push(performance.now());
      if (starts.length < 4) throw new Error('busy');
      return Number(design['x']);
    });
    const options = { retries: 3, backoffMs: 40, stream: randomStream(1) };
    expect(await evaluateAll(oracle, requests(1), options)).toEqual(rewardsOf(1));
    const waits = starts.slice(1).map((start, at) => start - starts[at]!);
    // A timer may fire a millisecond early.
    waits.forEach((wait, at) => expect(wait).toBeGreaterThanOrEqual(20 * 2 ** at - 2));
    expect(waits).toHaveLength(3);
  });

  test('says how often it tried, and does not repeat what would end alike', async () => {
    let calls = 0;
    const failing = await functionOracle(() => {
      calls++;
      throw new Error('busy');
    });
    expect(await evaluateAll(failing, requests(1), { retries: 2, backoffMs: 1 })).toEqual([
      { id: 'r0', error: 'busy (after 3 attempts)' },
    ]);
    const refusing = await functionOracle(() => {
      calls++;
      throw dataError('not held');
    });
    expect(await evaluateAll(refusing, requests(1), { retries: 2 })).toEqual([{ id: 'r0', error: 'not held' }]);
    expect(calls).toBe(4);
  });

  test('gives up what takes too long, and tries again only where that is asked for', async () => {
    let calls = 0;
    const oracle = await functionOracle((design, call) => {
      calls++;
      return never(design, call);
    });
    const limits = { timeoutMs: 20, retries: 1, backoffMs: 1 };
    expect(await evaluateAll(oracle, requests(1), limits)).toEqual([{ id: 'r0', error: 'no answer within 0.02 s' }]);
    expect(calls).toBe(1);
    const [outcome] = await evaluateAll(oracle, requests(1), { ...limits, retryTimeouts: true });
    expect(outcome).toEqual({ id: 'r0', error: 'no answer within 0.02 s (after 2 attempts)' });
  });

  test('ends with the reason of its signal; outcomes until then were handed on', async () => {
    const abort = new AbortController();
    const came: Outcome[] = [];
    let seen: AbortSignal | undefined;
    const oracle = await functionOracle((design, call) => {
      if (Number(design['x']) < 3) return x(design, call);
      seen = call.signal;
      setTimeout(() => abort.abort(new Error('interrupted')), 5);
      return never(design, call);
    });
    const onOutcome = (outcome: Outcome) => void came.push(outcome);
    const work = evaluateAll(oracle, requests(9), { concurrency: 2, signal: abort.signal, onOutcome, retries: 5 });
    await expect(work).rejects.toThrow('interrupted');
    expect(seen?.aborted).toBe(true);
    expect(came).toEqual(rewardsOf(3));
    await expect(evaluateAll(oracle, requests(1), { signal: abort.signal })).rejects.toThrow('interrupted');
  });

  test('a wait before another attempt ends with the signal too', async () => {
    const abort = new AbortController();
    const oracle = await functionOracle(() => {
      setTimeout(() => abort.abort(new Error('interrupted')), 5);
      throw new Error('busy');
    });
    const work = evaluateAll(oracle, requests(1), { signal: abort.signal, retries: 1, backoffMs: 100_000 });
    await expect(work).rejects.toThrow('interrupted');
  });

  test('an oracle that is gone ends the whole, after the others have ended', async () => {
    let [started, ended] = [0, 0];
    const oracle = oracleOf(async ({ design }, { signal }) => {
      if (design['x'] === 1) throw new UserError('stopped', 'the instrument is gone');
      if (design['x'] === 0) return 0;
      started++;
      await sleep(10_000, undefined, { signal }).catch(() => ended++);
      return signal.reason as never;
    });
    const came: Outcome[] = [];
    const onOutcome = (outcome: Outcome) => void came.push(outcome);
    const work = evaluateAll(oracle, requests(8), { concurrency: 3, onOutcome, retries: 5 });
    await expect(work).rejects.toThrow(new UserError('stopped', 'the instrument is gone'));
    expect(came[0]).toEqual({ id: 'r0', reward: 0 });
    expect(started).toBeGreaterThan(0);
    expect(ended).toBe(started);
  });

  test('outcomes are handed on one at a time, and a journal that fails ends the whole', async () => {
    let [now, most, seen] = [0, 0, 0];
    const onOutcome = async () => {
      most = Math.max(most, ++now);
      await sleep(1);
      now--;
      if (++seen === 4) throw new UserError('stopped', 'no space is left');
    };
    const oracle = await functionOracle(x);
    const work = evaluateAll(oracle, requests(50), { concurrency: 8, onOutcome });
    await expect(work).rejects.toThrow('no space is left');
    expect([most, seen]).toEqual([1, 4]);
  });

  test('bad options and ids that stand twice are usage errors', async () => {
    const oracle = await functionOracle(x);
    for (const options of [
      { concurrency: 0 },
      { retries: -1 },
      { timeoutMs: 0 },
      { timeoutMs: NaN },
      { backoffMs: 1e12 },
    ]) {
      await expect(evaluateAll(oracle, requests(1), options)).rejects.toMatchObject({ kind: 'usage' });
    }
    await expect(evaluateAll(oracle, [...requests(1), ...requests(1)])).rejects.toThrow('"r0" stands twice');
  });
});
