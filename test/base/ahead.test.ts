import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startedAhead } from '../../src/base/index.ts';

/** Tells what happens, in order. */
function recorded(fails?: number) {
  const events: string[] = [];
  const start = async (item: number): Promise<number> => {
    events.push(`start ${item}`);
    await setImmediate();
    if (item === fails) throw new Error(`no ${item}`);
    events.push(`end ${item}`);
    return 10 * item;
  };
  return { events, start };
}

async function seen(start: (item: number) => Promise<number>, until = Infinity): Promise<number[]> {
  const results: number[] = [];
  for await (const [item, result] of startedAhead([1, 2, 3], start)) {
    expect(result).toBe(10 * item);
    results.push(result);
    if (item >= until) break;
  }
  return results;
}

test('gives results in order, the next one under way', async () => {
  const { events, start } = recorded();
  expect(await seen(start)).toEqual([10, 20, 30]);
  expect(events.indexOf('start 2')).toBeLessThan(events.indexOf('end 1'));
  expect(events.indexOf('end 1')).toBeLessThan(events.indexOf('start 3'));
  for await (const _ of startedAhead([], start)) expect.unreachable();
});

test('waits for what is under way when the loop ends early', async () => {
  const { events, start } = recorded();
  expect(await seen(start, 1)).toEqual([10]);
  expect(events).toEqual(['start 1', 'start 2', 'end 1', 'end 2']);
});

test('throws a failure in its turn, also one that came while another was looked at', async () => {
  for (const fails of [1, 2, 3]) {
    const { start } = recorded(fails);
    const results: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const [item] of startedAhead([1, 2, 3], start)) {
        results.push(item);
        for (let i = 0; i < 3; i++) await setImmediate();
      }
    };
    await expect(loop()).rejects.toThrow(`no ${fails}`);
    expect(results).toEqual([1, 2, 3].slice(0, fails - 1));
  }
});
