import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { UserError, randomStream } from '../../src/base/index.ts';
import {
  optimize,
  readModel,
  runModelFile,
  runSettings,
  sampleModel,
  type OptimizeOptions,
  type RoundReport,
} from '../../src/optimizer/index.ts';
import { openRun, type RunRequest, type RunSettings } from '../../src/run/index.ts';
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

const settings: RunSettings = runSettings(cube, options, { reward: 'yield', more: { surrogate: 'gaussian-process' } });

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

  test('keeps the model that the latest designs come from, whole before they are journalled', async () => {
    const directory = newDirectory();
    const run = await openRun(directory, settings);
    const file = join(directory, runModelFile);
    const journalled: boolean[] = [];
    const watched = {
      ...run,
      ask: async (round: number, requests: readonly RunRequest[]) => {
        journalled.push(existsSync(file));
        await run.ask(round, requests);
      },
    };
    await optimize(cube, bowl, { ...options, run: watched });
    await run.close();
    expect(journalled).toEqual([false, true, true]);
    const { facts, space } = readModel(await readFile(file), file);
    expect(facts).toMatchObject({ reward: 'yield', direction: 'maximize', columns: cube.names, rows: 16 });
    const rewards = run.record.evaluations.slice(0, 16).map((one) => (one.status === 'measured' ? one.reward : NaN));
    expect(facts.best).toBe(Math.max(...rewards));
    const { designs } = await sampleModel(readModel(await readFile(file), file), { count: 5, threads: 1 });
    for (const design of designs) expect(space.problemWith(design)).toBeUndefined();
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

  test.each<[Partial<OptimizeOptions>, RegExp]>([
    [{ seed: 5 }, /^seed is 5, but the run in .* was begun with 0; only evaluations may be raised$/],
    [{ direction: 'minimize' }, /^direction is "minimize", but .* was begun with "maximize";/],
    [{ batch: 9 }, /^batch is 9, but .* was begun with 8;/],
    [{ threads: 2 }, /^threads is 2, but .* was begun with 1;/],
    [{ pool: 256 }, /^pool is 256, but .* was begun with 128;/],
    [{ initial: 9 }, /^initial is 9, but .* was begun with 8;/],
    [{ exploration: 2 }, /^exploration is 2, but .* was begun with nothing;/],
    [{ training: { steps: 50, width: 32 } }, /^training\.steps is 50, but .* was begun with 100;/],
    [{ fix: { x: 0.5 } }, /^fix is {"x":0.5}, but .* was begun with nothing;/],
    [{ target: -0.1 }, /^target is -0.1, but .* was begun with nothing;/],
    [
      { candidates: [{ x: 0.5, y: 0.5, z: 0.5 }] },
      /^candidates is {"digest":"1 row, sha256 [0-9a-f]{16}","rows".* was begun with nothing;/,
    ],
    [
      { data: [{ design: { x: 0.5, y: 0.5, z: 0.5 }, reward: 1 }] },
      /^data is "1 row, sha256 [0-9a-f]{16}", but .* was begun with nothing;/,
    ],
    [{ evaluations: 23 }, /^evaluations is 23, but .* begun with 24; it may only be raised$/],
    [{ evaluations: 25 }, /^evaluations is 25, but .* opened with 24; open it with more$/],
  ])('begun otherwise than with %j is refused', async (change, sentence) => {
    const run = await openRun(newDirectory(), settings);
    const refused = optimize(cube, bowl, { ...options, ...change, run });
    await expect(refused).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(sentence) as string });
    expect(run.record.requests.size).toBe(0);
    await run.close();
  });

  test('that was opened without settings gives the number of threads and evaluations', async () => {
    const directory = newDirectory();
    await (await openRun(directory, settings)).close();
    const run = await openRun(directory);
    const { evaluations: _, threads: __, ...others } = options;
    const { stopped, evaluations } = await optimize(cube, bowl, {
      ...others,
      signal: new AbortController().signal,
      run,
    });
    expect([stopped, evaluations]).toEqual(['budget', 24]);
    await run.close();
  });

  test('is told the rest of past data whose telling was cut short', async () => {
    const data = Array.from({ length: 12 }, (_, i) => ({
      design: { x: i / 12, y: ((i * 5) % 12) / 12, z: ((i * 7) % 12) / 12 },
      reward: i % 3,
      ...(i === 4 ? { id: 'mine' } : {}),
    }));
    const withData = { ...options, data, evaluations: 8 };
    const [whole, cut] = [newDirectory(), newDirectory()];
    for (const directory of [whole, cut]) {
      const run = await openRun(directory, runSettings(cube, withData));
      if (directory === cut) {
        await run.tell(data.slice(0, 7).map((one) => ({ ...one, status: 'measured', source: 'table' })));
      }
      await optimize(cube, bowl, { ...withData, run });
      await run.close();
    }
    const [one, other] = await Promise.all(
      [whole, cut].map((directory) => readFile(join(directory, 'evaluations.csv'), 'utf8')),
    );
    expect(other).toBe(one);
    expect(one!.split('\n')).toHaveLength(1 + 12 + 8 + 1);
  });

  test('writes results that a kill kept from being written, and counts what was told before it', async () => {
    const directory = newDirectory();
    const run = await openRun(directory, settings);
    let rounds = 0;
    const cut = {
      ...run,
      round: () => (++rounds === 3 ? Promise.reject(new UserError('stopped', 'cut')) : Promise.resolve()),
    };
    await expect(optimize(cube, bowl, { ...options, run: cut })).rejects.toThrow('cut');
    await run.close();
    await rm(join(directory, 'evaluations.csv'));
    const again = await openRun(directory);
    await optimize(cube, bowl, { ...options, run: again });
    expect(again.record.rounds.at(-1)!.figures).toMatchObject({ evaluations: 24, measured: 8, failed: 0 });
    expect((await readFile(join(directory, 'evaluations.csv'), 'utf8')).split('\n')).toHaveLength(26);
    await again.close();
  });

  test('tells outcomes only once they are kept', async () => {
    const run = await openRun(newDirectory(), settings);
    const told: string[] = [];
    await optimize(cube, bowl, {
      ...options,
      run,
      concurrency: 4,
      onOutcome: ({ id }, { design }) => {
        expect(run.record.told.get(id)!.design).toEqual(design);
        told.push(id);
      },
    });
    expect([...told].sort()).toEqual([...run.record.told.keys()].sort());
    await run.close();
  });
});
