import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandOracle, evaluateAll, programOracle, type Oracle } from '../../src/oracle/index.ts';

/** The root of the repository, seen from the compiled tests. */
const root = resolve(import.meta.dirname, '..', '..', '..');
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

async function checkExample(making: Promise<Oracle>): Promise<void> {
  const oracle = await making;
  try {
    const requests = Array.from({ length: 20 }, (_, at) => ({ id: `r${at}`, design: { x: at / 20, y: 0.5 } }));
    const broken = { id: 'broken', design: { z: 1 } };
    const outcomes = [...(await evaluateAll(oracle, [...requests, broken], { concurrency: 4 }))];
    expect(outcomes.pop()).toMatchObject({ id: 'broken', error: expect.any(String) as string });
    expect(outcomes.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    outcomes.forEach((outcome, at) => {
      const reward = 'reward' in outcome ? outcome.reward : NaN;
      expect(reward).toBeCloseTo(-((at / 20 - 0.3) ** 2) - 0.01, 12);
    });
  } finally {
    await oracle.close();
  }
}

describe.each([
  ['examples/oracle.mjs', process.execPath, true],
  ['examples/oracle.py', 'python3', hasPython],
])('%s', (file, interpreter, installed) => {
  const command = [interpreter, join(root, file)];

  test.skipIf(!installed)(`${file} is an oracle command`, () => checkExample(commandOracle(command)));

  test.skipIf(!installed)(`${file} is a program per design as well`, async () => {
    const oracle = await programOracle(command);
    const [outcome] = await evaluateAll(oracle, [{ id: 'a', design: { x: 0.3, y: 0.5 } }]);
    expect(outcome).toEqual({ id: 'a', reward: expect.closeTo(-0.01, 12) as number });
  });
});
