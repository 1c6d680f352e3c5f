import fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun, pendingRequests, readJournal, type Run, type RunSettings, type Tell } from '../../src/run/index.ts';
import type { Parameter } from '../../src/space/index.ts';
import { readTable } from '../../src/table/index.ts';
import { cellsOf, folderWith } from '../support/cli.ts';
import { designAt, requests, settings } from './runs.ts';

const newDirectory = (): string => join(folderWith(), 'deep', 'run');

async function withRun<T>(
  directory: string,
  use: (run: Run) => T | Promise<T>,
  how: RunSettings = settings,
): Promise<T> {
  const run = await openRun(directory, how);
  try {
    return await use(run);
  } finally {
    await run.close();
  }
}

function measured(id: string, reward: number): Tell {
  return { id, status: 'measured', reward, source: 'oracle' };
}

const parameters = settings.space.parameters;
const real = parameters['x'] as Extract<Parameter, { type: 'real' }>;

describe('resuming', () => {
  it('takes the same settings, and none', async () => {
    const directory = newDirectory();
    await withRun(directory, (run) => expect(run.resumed).toBe(false));
    await withRun(directory, (run) => expect(run.resumed).toBe(true));
    const run = await openRun(directory);
    expect(run.record.settings).toEqual(settings);
    expect(run.space.names).toEqual(['x', 'layers', 'catalyst']);
    await run.close();
  });

  it('takes more evaluations, which clears why the run stopped, and never fewer', async () => {
    const directory = newDirectory();
    await withRun(directory, (run) => run.stop('budget'));
    expect((await readJournal(directory)).stopped).toBe('budget');
    await withRun(directory, (run) => expect(run.record.stopped).toBe('budget'));
    await withRun(directory, ({ record }) => expect(record.stopped).toBeUndefined(), {
      ...settings,
      evaluations: 150,
    });
    expect((await readJournal(directory)).settings.evaluations).toBe(150);
    await expect(openRun(directory, settings)).rejects.toMatchObject({
      kind: 'usage',
      message: `evaluations is 100, but the run in ${directory} was begun with 150; it may only be raised`,
    });
    const { evaluations: _, ...unlimited } = settings;
    await withRun(directory, () => undefined, unlimited);
    expect((await readJournal(directory)).settings).toEqual(unlimited);
    await expect(openRun(directory, settings)).rejects.toThrow('was begun with no limit');
  });

  it.each<[string, Partial<RunSettings>, string]>([
    ['seed', { seed: 2 }, 'seed is 2, but the run in DIR was begun with 1;'],
    ['direction', { direction: 'minimize' }, 'direction is "minimize", but the run in DIR was begun with "maximize";'],
    ['package', { package: '0.2.0' }, 'package is "0.2.0", but the run in DIR was begun with "0.1.0";'],
    ['threads', { threads: 4 }, 'threads is 4, but the run in DIR was begun with 2;'],
    [
      'an option',
      { options: { surrogate: 'forest', guidance: 1.5 } },
      'surrogate is "forest", but the run in DIR was begun with "ensemble";',
    ],
    [
      'a missing option',
      { options: { surrogate: 'ensemble' } },
      'guidance is nothing, but the run in DIR was begun with 1.5;',
    ],
    [
      'a bound',
      { space: { parameters: { ...parameters, x: { ...real, max: 11 } } } },
      'space.parameters.x.max is 11, but the run in DIR was begun with 10;',
    ],
    [
      'a constraint',
      { space: { parameters, constraints: [{ sum: ['x'], atMost: 5 }] } },
      'space.constraints is [{"sum":["x"],"atMost":5}], but the run in DIR was begun with nothing;',
    ],
    [
      'the order of columns',
      { space: { parameters: Object.fromEntries(Object.entries(parameters).reverse()) } },
      'space.parameters.order is ["catalyst","layers","x"], but the run in DIR was begun with ["x","layers","catalyst"];',
    ],
  ])('refuses another %s, naming both values', async (_, change, sentence) => {
    const directory = newDirectory();
    await withRun(directory, () => undefined);
    const before = readFileSync(join(directory, 'journal.jsonl'));
    await expect(openRun(directory, { ...settings, ...change })).rejects.toMatchObject({
      kind: 'usage',
      message: `${sentence.replace('DIR', directory)} only evaluations may be raised`,
    });
    expect(readFileSync(join(directory, 'journal.jsonl'))).toEqual(before);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });
});

describe('opening', () => {
  it('refuses a directory that is in use, one that holds other things, and none without settings', async () => {
    const directory = newDirectory();
    await expect(openRun(directory)).rejects.toThrow(`${directory} holds no run`);
    await withRun(directory, () => expect(openRun(directory)).rejects.toThrow(`in use by process ${process.pid}`));
    const other = folderWith({ 'notes.txt': 'mine' });
    await expect(openRun(other, settings)).rejects.toThrow(`${other} is no run directory: it holds notes.txt`);
    const file = join(other, 'notes.txt');
    await expect(openRun(file, settings)).rejects.toThrow(
      `${file} is a file, and a directory for the run was expected`,
    );
    await expect(openRun(join(other, 'notes.txt'), settings)).rejects.toMatchObject({ kind: 'data' });
  });

  it('refuses names that evaluations.csv has other columns for, before anything is made', async () => {
    const directory = newDirectory();
    const space = { parameters: { round: { type: 'real', min: 0, max: 1 } } } as const;
    await expect(openRun(directory, { ...settings, space })).rejects.toThrow('a parameter is named "round"');
    await expect(openRun(directory, { ...settings, reward: 'id' })).rejects.toThrow('the reward is named "id"');
    expect(existsSync(directory)).toBe(false);
  });
});

describe('telling', () => {
  it('twice the same is nothing, and another reward is an error that names both', async () => {
    const directory = newDirectory();
    await withRun(directory, async (run) => {
      await run.ask(1, requests(1, 4));
      const together = await Promise.all([run.tell([measured('r1-0', 0.5)]), run.tell([measured('r1-0', 0.5)])]);
      expect(together).toEqual([1, 0]);
      expect(await run.tell([{ id: 'r1-1', status: 'failed', error: 'pump blocked', source: 'oracle' }])).toBe(1);
      expect(await run.tell([{ id: 'r1-1', status: 'failed', error: 'timeout', source: 'oracle' }])).toBe(0);
      const journal = readFileSync(join(directory, 'journal.jsonl'), 'utf8');
      await expect(run.tell([measured('r1-2', 1), measured('r1-0', 0.75)])).rejects.toThrow(
        'evaluation r1-0 was told with the reward 0.5 before, and is now told with the reward 0.75',
      );
      await expect(run.tell([measured('r1-1', 2)])).rejects.toThrow('the failure "pump blocked" before');
      await expect(run.tell([measured('r1-2', 1), measured('r1-2', 2)])).rejects.toThrow('the reward 1 before');
      await expect(run.tell([{ ...measured('r1-0', 0.5), design: designAt(5) }])).rejects.toThrow('with the design');
      await expect(run.tell([measured('r1-2', NaN)])).rejects.toThrow('the reward of r1-2 is NaN');
      await expect(run.tell([measured('r9-9', 1)])).rejects.toThrow('r9-9 is told without a design');
      expect(readFileSync(join(directory, 'journal.jsonl'), 'utf8')).toBe(journal);
    });
    await withRun(directory, async (run) => {
      expect(await run.tell([measured('r1-0', 0.5)])).toBe(0);
      await expect(run.tell([measured('r1-0', 0.6)])).rejects.toThrow('the reward 0.5 before');
      expect(pendingRequests(run.record).map(({ id }) => id)).toEqual(['r1-2', 'r1-3']);
    });
  });

  it('takes foreign, historic, unlabelled and deviating evaluations, late ones with the round that asked', async () => {
    const directory = newDirectory();
    await withRun(directory, async (run) => {
      const foreign: Tell = { design: designAt(40), status: 'measured', reward: 3, source: 'table' };
      expect(await run.tell([foreign, foreign, { design: designAt(41), status: 'unlabelled', source: 'table' }])).toBe(
        3,
      );
      await run.ask(1, requests(1, 2));
      await run.ask(2, requests(2, 2));
      expect(await run.tell([{ id: 'r1-1', status: 'unlabelled', source: 'user' }])).toBe(0);
      await run.tell([{ ...measured('r1-0', 1), design: { ...designAt(100), x: 9 } }, measured('r2-0', 2), foreign]);
      expect(run.record.evaluations.map(({ round, asks }) => [round, asks])).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
        [1, 2],
        [2, 2],
        [2, 2],
      ]);
      expect(run.record.told.get('r1-0')!.design).toEqual({ ...designAt(100), x: 9 });
      expect(run.record.told.get('r2-0')!.design).toEqual(designAt(200));
      expect(await readJournal(directory)).toEqual(run.record);
    });
  });

  it('refuses designs outside the space', async () => {
    await withRun(newDirectory(), async (run) => {
      const tell = { status: 'measured', reward: 1, source: 'user' } as const;
      await expect(run.tell([{ ...tell, design: { ...designAt(1), x: 99 } }])).rejects.toMatchObject({ kind: 'data' });
      await expect(run.tell([{ ...tell, design: { x: 1 } }])).rejects.toMatchObject({ kind: 'data' });
      await expect(run.ask(1, [...requests(1, 1), ...requests(1, 1)])).rejects.toThrow('r1-0 is asked twice');
    });
    expect.assertions(3);
  });
});

describe('results', () => {
  const space = { parameters, constraints: [{ sum: ['x'], atMost: 2 }] } as const;

  /** A run of two rounds told in the given order, and its files. */
  async function filesOf(order: readonly number[]): Promise<readonly string[]> {
    const directory = newDirectory();
    await withRun(
      directory,
      async (run) => {
        await run.tell([{ design: { ...designAt(3), x: 9.5 }, status: 'measured', reward: 99, source: 'table' }]);
        for (const round of [1, 2]) {
          await run.ask(round, requests(round, 4));
          const tells: Tell[] = [0, 1, 2, 3].map((i) =>
            i === 1
              ? { id: `r${round}-1`, status: 'failed', error: 'no, "quite" broken', source: 'oracle' }
              : measured(`r${round}-${i}`, round + (i === 3 ? 0.1 + 0.2 : 0)),
          );
          await Promise.all(order.map((i) => run.tell([tells[i]!])));
          await run.round({ round, figures: {}, notes: {} });
        }
        await run.writeResults();
      },
      { ...settings, space },
    );
    return ['evaluations.csv', 'best.json'].map((name) => readFileSync(join(directory, name), 'utf8'));
  }

  it('are the same bytes for any order of telling', async () => {
    const expected = await filesOf([0, 1, 2, 3]);
    const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await filesOf(order)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
    const { header, rows } = cellsOf(expected[0]!);
    expect(header).toEqual(['x', 'layers', 'catalyst', 'yield', 'round', 'status', 'id']);
    expect(rows.map((row) => row.slice(3))).toEqual([
      ['99', '0', 'ok', ''],
      ['1', '1', 'ok', 'r1-0'],
      ['', '1', 'failed', 'r1-1'],
      ['1', '1', 'ok', 'r1-2'],
      ['1.3', '1', 'ok', 'r1-3'],
      ['2', '2', 'ok', 'r2-0'],
      ['', '2', 'failed', 'r2-1'],
      ['2', '2', 'ok', 'r2-2'],
      ['2.3', '2', 'ok', 'r2-3'],
    ]);
    // The foreign design has the highest reward and breaks the constraint.
    expect(JSON.parse(expected[1]!)).toEqual({ round: 2, id: 'r2-3', reward: 2 + (0.1 + 0.2), design: designAt(203) });
  });

  it('can be read as a table of experiments', async () => {
    const [csv = ''] = await filesOf([3, 2, 1, 0]);
    const file = join(folderWith({ 'evaluations.csv': csv }), 'evaluations.csv');
    const options = {
      reward: 'yield',
      direction: 'maximize',
      failed: 'status',
      ignore: ['round', 'id'],
      space: { parameters },
    } as const;
    const table = await readTable(file, { ...options, minimumLabelled: 1 });
    expect(table.failed.map(Number)).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0]);
    expect(table.designs[4]).toEqual(designAt(103));
  });

  it('have the smallest reward as the best where less is better, and the given one where one is given', async () => {
    const directory = newDirectory();
    const best = (): unknown => (JSON.parse(readFileSync(join(directory, 'best.json'), 'utf8')) as { id: unknown }).id;
    await withRun(
      directory,
      async (run) => {
        await run.writeResults();
        expect(existsSync(join(directory, 'best.json'))).toBe(false);
        await run.ask(1, requests(1, 3));
        await run.tell([measured('r1-2', -1), measured('r1-1', -1), measured('r1-0', 5)]);
        await run.writeResults();
        expect(best()).toBe('r1-1');
        await run.writeResults(run.record.told.get('r1-0'));
        expect(best()).toBe('r1-0');
      },
      { ...settings, direction: 'minimize' },
    );
  });

  it('and other files of the run are kept whole beside what a killed write left', async () => {
    const directory = newDirectory();
    await withRun(directory, (run) => run.writeFile('model.onnx', new Uint8Array([1, 2, 3])));
    const leftover = join(directory, '.model.onnx.0b5ad5a4-6d2e-4f61-8a3c-1c9b8e6f7a10.tmp');
    writeFileSync(leftover, 'half');
    appendFileSync(join(directory, '.mine.tmp'), 'mine');
    await withRun(directory, async (run) => expect([...(await run.readFile('model.onnx'))]).toEqual([1, 2, 3]));
    expect([existsSync(leftover), existsSync(join(directory, '.mine.tmp'))]).toEqual([false, true]);
  });
});
