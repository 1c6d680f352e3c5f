import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import {
  classic,
  hiddenFailures,
  lookupOracle,
  MissingMethodError,
  noisy,
  nearestCandidate,
  onlineMethods as known,
  problemOf,
  type OnlineMethod,
  type OnlineTask,
} from '../../benchmarks/index.ts';
import { startProgram } from '../../src/oracle/index.ts';
import type { Design } from '../../src/space/index.ts';

/** Tasks and methods for tests of the runner, loaded as a user's module is. */

const bowl = problemOf(classic('sphere', 3));
const rows: readonly Design[] = Array.from({ length: 60 }, (_, i) => ({ a: i % 10, b: Math.floor(i / 10) }));
const yields = lookupOracle(
  'rows',
  ['a', 'b'],
  rows,
  rows.map(({ a, b }) => Number(a) + 2 * Number(b)),
);

export const onlineTasks: readonly OnlineTask[] = [
  { name: 'bowl', problem: bowl, evaluations: 40, batch: 10, initial: 10 },
  {
    name: 'failing-bowl',
    problem: hiddenFailures(bowl, 0.5, 1),
    evaluations: 40,
    batch: 10,
    initial: 10,
  },
  { name: 'noisy-bowl', problem: noisy(bowl, 20), evaluations: 60, batch: 10, initial: 10 },
  {
    name: 'rows',
    problem: {
      name: 'rows',
      space: { parameters: { a: { type: 'integer', min: 0, max: 9 }, b: { type: 'integer', min: 0, max: 9 } } },
      measure: (design) => -yields.score(design),
      truth: (design) => -yields.score(design),
    },
    candidates: rows,
    least: -19,
    sign: -1,
    topCost: -18,
    topDesigns: 3,
    evaluations: 25,
    batch: 5,
    initial: 5,
  },
];

const random = known.random;

/** Tells which process it runs in, in a file that the environment names, and takes its time. */
const slow: OnlineMethod = (space, settings) => {
  const file = process.env['DIFFOPT_TEST_PIDS'];
  if (file !== undefined) appendFileSync(file, `${process.pid}\n`);
  const optimizer = random(space, settings);
  return {
    ...optimizer,
    ask: async (count) => {
      await wait(150);
      return optimizer.ask(count);
    },
  };
};

/** Waits for a program that never ends, as for a peer, and tells which process that is, in a file where it runs. */
const waiting: OnlineMethod = (space, settings) => ({
  ...random(space, settings),
  ask: async () => {
    const { child, ended } = await startProgram([process.execPath, '-e', 'for (;;);']);
    appendFileSync('pids.txt', `${child.pid}\n`);
    await ended;
    return [];
  },
});

/** Answers twice, and never again: not even timers run. */
const stuck: OnlineMethod = (space, settings) => {
  const optimizer = random(space, settings);
  let asks = 0;
  return {
    ...optimizer,
    ask: (count) => {
      for (asks++; asks > 2;);
      return optimizer.ask(count);
    },
  };
};

function asking(ask: (designs: readonly Design[]) => readonly Design[]): OnlineMethod {
  return (space, settings) => {
    const optimizer = random(space, settings);
    return { ...optimizer, ask: async (count) => ask(await optimizer.ask(count)) };
  };
}

export const onlineMethods: Readonly<Record<string, OnlineMethod>> = {
  slow,
  waiting,
  stuck,
  absent: () => {
    throw new MissingMethodError('absent is missing: install it');
  },
  broken: asking(() => {
    throw new Error('no designs | today');
  }),
  dying: asking(() => process.exit(7)),
  stray: asking((designs) => designs.map((design) => ({ ...design, x1: 99 }))),
  lazy: asking((designs) => designs.slice(1)),
  // Asks for any design of the space, unless it is given the nearest candidates.
  blind: (space, { candidates: _, ...settings }) => random(space, settings),
  nearest: nearestCandidate((space, settings) => random(space, settings)),
};
