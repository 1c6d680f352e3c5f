import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { evaluateAll, moduleOracle, tableOracle, workersOracle, type Oracle } from '../../src/oracle/index.ts';
import { tableFromText } from '../../src/table/index.ts';
import { folderWith } from '../support/cli.ts';
import { requests, rewardsOf } from './programs.ts';

const modules = {
  'esm.mjs': 'export default (design) => design.x;',
  'promise.mjs': 'export default async ({ x }, { id }) => (id === `r${x}` ? x : -1);',
  'common.cjs': 'module.exports = (design) => design.x;',
  'compiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = (design) => design.x;`,
  'throws.mjs': `export default ({ x }) => { if (x === 1) throw new Error('did not converge'); return x; };`,
  'broken.mjs': 'export default (',
  'failing.mjs': `throw new Error('no licence');`,
  'number.mjs': 'export default 3;',
  'nothing.mjs': 'export const reward = 3;',
  'spins.mjs': 'export default ({ x }) => { if (x === 1) for (;;); return x; };',
  'exits.mjs': 'export default ({ x }) => { if (x === 1) process.exit(5); return x; };',
};

async function closedAtEnd(made: Promise<Oracle>): Promise<Oracle> {
  const oracle = await made;
  onTestFinished(() => oracle.close());
  return oracle;
}

describe.each([
  ['in this thread', moduleOracle],
  ['in worker threads', (path: string) => workersOracle(path, { threads: 2 })],
])('a module %s', (_, make) => {
  const oracleOf = (file: string): Promise<Oracle> => closedAtEnd(make(join(folderWith(modules), file)));

  test.each(['esm.mjs', 'promise.mjs', 'common.cjs', 'compiled.cjs'])('%s', async (file) => {
    expect(await evaluateAll(await oracleOf(file), requests(5), { concurrency: 3 })).toEqual(rewardsOf(5));
  });

  test('what it throws is an outcome', async () => {
    expect(await evaluateAll(await oracleOf('throws.mjs'), requests(3))).toEqual(
      rewardsOf(3, { r1: 'did not converge' }),
    );
  });

  test.each([
    ['missing.mjs', 'cannot load the module'],
    ['broken.mjs', 'cannot load the module'],
    ['failing.mjs', 'no licence'],
    ['number.mjs', 'exports something of type number as its default, and a function (design) => reward was expected'],
    ['nothing.mjs', 'exports nothing as its default'],
  ])('%s is a stopped error: %s', async (file, words) => {
    await expect(make(join(folderWith(modules), file))).rejects.toMatchObject({
      kind: 'stopped',
      message: expect.stringContaining(words) as string,
    });
  });
});

describe('worker threads', () => {
  test('one that computes for ever is ended when its time is over, and one that exits has failed', async () => {
    const folder = folderWith(modules);
    const spins = await closedAtEnd(workersOracle(join(folder, 'spins.mjs'), { threads: 1 }));
    expect(await evaluateAll(spins, requests(3), { timeoutMs: 1500 })).toEqual(
      rewardsOf(3, { r1: 'no answer within 1.5 s' }),
    );
    const exits = await closedAtEnd(workersOracle(join(folder, 'exits.mjs'), { threads: 1 }));
    const outcomes = await evaluateAll(exits, requests(3));
    expect([outcomes[0], outcomes[2]]).toEqual([rewardsOf(3)[0], rewardsOf(3)[2]]);
    expect(outcomes[1]).toHaveProperty('error');
  });
});

describe('a table', () => {
  const csv = 'x,solvent,yield\n0.1,THF,1\n0.1,THF,4\n0.3,water,5\n0.5,THF,\n0.7,THF,7\n';
  const reading = tableFromText(csv, { reward: 'yield', direction: 'maximize', minimumLabelled: 1 }, 'lab.csv');
  const ask = (x: number, solvent: string, id = 'r0') => ({ id, design: { x, solvent } });

  test('gives the reward of a row, and the mean of rows with the same design', async () => {
    const oracle = await tableOracle(await reading);
    expect(await evaluateAll(oracle, [ask(0.1, 'THF', 'a'), ask(0.1 + 0.2, 'water', 'b')])).toEqual([
      { id: 'a', reward: 2.5 },
      { id: 'b', reward: 5 },
    ]);
  });

  test('refuses what it does not hold', async () => {
    const oracle = await tableOracle(await reading);
    const [outcome] = await evaluateAll(oracle, [ask(0.1, 'water')]);
    expect(outcome).toEqual({
      id: 'r0',
      error:
        'lab.csv does not hold a row with x = 0.1, solvent = water; only its rows can be evaluated, so let proposals be rows of it',
    });
    const call = { signal: new AbortController().signal };
    await expect(oracle.evaluate(ask(0.100001, 'THF'), call)).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringContaining('lab.csv does not hold x = 0.100001 in any row') as string,
    });
    await expect(oracle.evaluate(ask(0.5, 'THF'), call)).rejects.toThrow('the experiment has no reward in lab.csv');
  });

  test('draws among repeated rows by the id, each as often as the other', async () => {
    const oracle = await tableOracle(await reading, { repeats: 'draw', stream: randomStream(3) });
    const many = Array.from({ length: 400 }, (_, at) => ask(0.1, 'THF', `r${at}`));
    const outcomes = await evaluateAll(oracle, many, { concurrency: 7 });
    expect(await evaluateAll(oracle, many.toReversed())).toEqual(outcomes.toReversed());
    const low = outcomes.filter((outcome) => 'reward' in outcome && outcome.reward === 1).length;
    const high = outcomes.filter((outcome) => 'reward' in outcome && outcome.reward === 4).length;
    expect(low + high).toBe(400);
    // Five standard deviations of a fair coin.
    expect(Math.abs(low - 200)).toBeLessThan(50);
  });
});
