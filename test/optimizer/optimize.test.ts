import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { UserError, randomStream } from '../../src/base/index.ts';
import { optimize, type OptimizeOptions, type RoundReport } from '../../src/optimizer/index.ts';
import { openRun, type RunSettings } from '../../src/run/index.ts';
import type { Design } from '../../src/space/index.ts';
import { folderWith } from '../support/cli.ts';
import { bowl, cube, grid, gridReward, tinySearch } from './online.ts';

const options: OptimizeOptions = { ...tinySearch, evaluations: 24, batch: 8, initial: 8 };

const newDirectory = (): string => join(folderWith(), 'run');

/** All outcomes in the order asked, and what they are of. */
async function course(
  reward: (design: Design) => number | Promise<number>,
  given: OptimizeOptions,
): Promise<{ readonly reports: readonly RoundReport[]; readonly designs: readonly Design[] }> {
  const reports: RoundReport[] = [];
  const { optimizer } = await optimize(cube, reward, { ...given, onRound: (report) => void reports.push(report) });
  return { reports, designs: optimizer.state().requests.map(({ design }) => design) };
}

describe('optimizing', () => {
  test('asks for the same whatever the concurrency and the order in which evaluations end', async () => {
    const one = await course(bowl, options);
    const stream = randomStream(9);
    const slow = async (design: Design): Promise<number> => {
      await sleep(stream.integer(30));
      return bowl(design);
    };
    const many = await course(slow, { ...options, concurrency: 16 });
    expect(many).toEqual(one);
    expect(one.designs).toHaveLength(24);
    expect(one.reports.map(({ round, evaluations }) => [round, evaluations])).toEqual([
      [1, 8],
      [2, 16],
      [3, 24],
    ]);
  });

  test('finds more than random search does with few evaluations', async () => {
    const { best, stopped, evaluations } = await optimize(cube, bowl, {
      ...options,
      seed: 2,
      pool: 256,
      generations: 3,
      batch: 10,
      evaluations: 40,
    });
    expect([stopped, evaluations]).toEqual(['budget', 40]);
    const stream = randomStream(4);
    const random = Array.from({ length: 21 }, () =>
      Math.max(
        ...Array.from({ length: 40 }, () => bowl({ x: stream.uniform(), y: stream.uniform(), z: stream.uniform() })),
      ),
    ).sort((a, b) => a - b);
    // Better than a random search of median luck by far.
    expect(best!.reward).toBeGreaterThan(random[10]! / 5);
    expect(best!.reward).toBe(bowl(best!.design));
  });

  test('minimizes', async () => {
    const { best, stopped } = await optimize(cube, (design) => -bowl(design), {
      ...options,
      direction: 'minimize',
      target: 0.05,
      evaluations: 60,
    });
    expect(stopped).toBe('target');
    expect(best!.reward).toBeLessThanOrEqual(0.05);
  });

  test('goes on past evaluations that fail', async () => {
    const reports: RoundReport[] = [];
    const { best, evaluations, optimizer } = await optimize(
      cube,
      (design) => {
        if (Number(design['x']) > 0.5) throw new Error('pump blocked');
        return bowl(design);
      },
      { ...options, onRound: (report) => void reports.push(report) },
    );
    expect(evaluations).toBe(24);
    expect(Number(best!.design['x'])).toBeLessThanOrEqual(0.5);
    const failed = reports.flatMap(({ outcomes }) => outcomes.flatMap((one) => ('error' in one ? [one.error] : [])));
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed)).toEqual(new Set(['pump blocked']));
    expect(optimizer.state().evaluations.filter(({ status }) => status === 'failed')).toHaveLength(failed.length);
  });

  test('of a small space ends when it is exhausted', async () => {
    const { stopped, evaluations, best } = await optimize(grid, gridReward, { ...tinySearch, batch: 10 });
    expect([stopped, evaluations, best!.reward]).toEqual(['exhausted', 24, 5.9]);
  });

  test('knows past data from the start', async () => {
    const design = { x: 0.3, y: 0.7, z: 0.55 };
    const { best, stopped, evaluations } = await optimize(cube, bowl, {
      ...options,
      data: [{ design, reward: 0 }],
      target: 0,
    });
    expect([stopped, evaluations, best]).toEqual(['target', 0, { design, reward: 0 }]);
  });

  test('ends with what was told so far when it is aborted', async () => {
    const controller = new AbortController();
    let calls = 0;
    const result = await optimize(
      cube,
      (design) => {
        if (++calls === 11) controller.abort(new Error('enough'));
        return bowl(design);
      },
      { ...options, signal: controller.signal },
    );
    expect(result.stopped).toBe('aborted');
    expect(result.evaluations).toBeGreaterThanOrEqual(10);
    expect(result.evaluations).toBeLessThan(16);
    expect(result.optimizer.pending()).toHaveLength(16 - result.evaluations);
  });

  test('without an end is refused', async () => {
    await expect(optimize(cube, bowl, tinySearch)).rejects.toThrow(/nothing ends the optimization/);
  });
});

const settings: RunSettings = {
  space: cube.definition,
  direction: 'maximize',
  reward: 'yield',
  seed: 0,
  batch: 8,
  threads: 1,
  evaluations: 24,
  package: '0.1.0',
};

describe('a run directory', () => {
  async function interrupted(directory: string, after: number): Promise<void> {
    const run = await openRun(directory, settings);
    let calls = 0;
    const failing = {
      evaluate: ({ design }: { readonly design: Design }): Promise<number> => {
        // As good as killed: nothing is told, journalled or written after this.
        if (++calls > after) return Promise.reject(new UserError('stopped', 'the oracle is gone'));
        return Promise.resolve(bowl(design));
      },
      close: () => Promise.resolve(),
    };
    await expect(optimize(cube, failing, { ...options, run })).rejects.toThrow('gone');
    await run.close();
  }

  test.each([3, 8, 11, 16, 23])('goes on as if nothing had happened after %i evaluations', async (after) => {
    const { designs } = await course(bowl, options);
    const directory = newDirectory();
    await interrupted(directory, after);
    const run = await openRun(directory, settings);
    expect(run.resumed).toBe(true);
    const again: string[] = [];
    const { best, stopped, evaluations } = await optimize(
      cube,
      (design, { id }) => {
        again.push(id);
        return bowl(design);
      },
      { ...options, run },
    );
    expect(again).toHaveLength(24 - after);
    expect([stopped, evaluations]).toEqual(['budget', 24]);
    expect([...run.record.requests.values()].map(({ design }) => design)).toEqual(designs);
    expect(run.record.rounds.map(({ round }) => round)).toEqual([1, 2, 3]);
    expect(run.record.stopped).toBe('budget');
    expect(JSON.parse(await readFile(join(directory, 'best.json'), 'utf8'))).toMatchObject({ reward: best!.reward });
    await run.close();
  });

  test('sums up a round that was told and not summed up', async () => {
    const directory = newDirectory();
    const run = await openRun(directory, settings);
    const full = { ...run, round: () => Promise.reject(new UserError('stopped', 'the disk is full')) };
    await expect(optimize(cube, bowl, { ...options, run: full })).rejects.toThrow('the disk is full');
    await run.close();
    const again = await openRun(directory);
    const { evaluations } = await optimize(cube, bowl, { ...options, run: again });
    expect(evaluations).toBe(24);
    expect(again.record.rounds.map(({ round, figures }) => [round, figures['evaluations']])).toEqual([
      [1, 8],
      [2, 16],
      [3, 24],
    ]);
    await again.close();
  });

  test('that has come to its end is left as it is', async () => {
    const directory = newDirectory();
    const first = await openRun(directory, settings);
    const { best } = await optimize(cube, bowl, { ...options, run: first });
    await first.close();
    const journal = await readFile(join(directory, 'journal.jsonl'), 'utf8');
    const second = await openRun(directory);
    const again = await optimize(cube, bowl, { ...options, run: second });
    await second.close();
    expect([again.best, again.stopped]).toEqual([best, 'budget']);
    expect(await readFile(join(directory, 'journal.jsonl'), 'utf8')).toBe(journal);
  });

  test('begun with another seed is refused', async () => {
    const run = await openRun(newDirectory(), settings);
    await expect(optimize(cube, bowl, { ...options, seed: 5, run })).rejects.toThrow(/seed 0, and is now given 5/);
    await run.close();
  });
});
