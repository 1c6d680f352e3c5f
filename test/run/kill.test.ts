import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun, pendingRequests, readJournal } from '../../src/run/index.ts';
import { folderWith } from '../support/cli.ts';
import { killAt } from '../support/kill.ts';
import { requests, settings } from './runs.ts';

const teller = join(import.meta.dirname, 'teller.js');

const moments: readonly (readonly [string, string])[] = [
  ['open', 'before rename'],
  ['open', 'after rename'],
  ['open', 'before sync'],
  ['ask', 'idle'],
  ['ask', 'half written'],
  ['ask', 'before sync'],
  ['tell', 'idle'],
  ['tell', 'half written'],
  ['tell', 'before sync'],
  ['tell', 'after sync'],
  ['tell many', 'half written'],
  ['checkpoint', 'before rename'],
  ['checkpoint', 'after rename'],
  ['checkpoint', 'before sync'],
  ['results', 'before rename'],
  ['results', 'after rename'],
];

describe('a killed process', () => {
  it.each(moments)('at "%s", %s: loses nothing that was acknowledged', async (moment, state) => {
    const directory = join(folderWith(), 'run');
    const lines = await killAt(teller, [directory, moment, state], 'at ');
    const acknowledged = lines.filter((line) => line.startsWith('acknowledged ')).map((line) => line.split(' ')[1]);

    const run = await openRun(directory, settings);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(run.resumed).toBe(moment !== 'open');
    expect([...run.record.told.keys()]).toEqual(expect.arrayContaining(acknowledged));
    expect(run.record.requests.size === 8).toBe(
      lines.includes('asked') || (moment === 'ask' && state === 'before sync'),
    );
    if (moment === 'checkpoint' && state === 'before rename')
      expect(existsSync(join(directory, 'model.onnx'))).toBe(false);
    else if (run.record.told.size === 8) expect(readFileSync(join(directory, 'model.onnx'), 'utf8')).toBe('second');

    if (run.record.requests.size === 0) await run.ask(1, requests(1, 8));
    await run.tell(
      pendingRequests(run.record).map(({ id }) => ({
        id,
        status: 'measured',
        reward: Number(id.slice(3)) / 7,
        source: 'oracle',
      })),
    );
    await run.writeResults();
    await run.close();

    const again = await readJournal(directory);
    expect(again).toEqual(run.record);
    expect(again.evaluations.map((one) => one.status === 'measured' && one.reward)).toEqual(
      Array.from({ length: 8 }, (_, i) => i / 7),
    );
    expect(readdirSync(directory).sort()).toEqual([
      'best.json',
      'evaluations.csv',
      'journal.jsonl',
      ...(existsSync(join(directory, 'model.onnx')) ? ['model.onnx'] : []),
    ]);
  });

  it('leaves an older checkpoint whole', async () => {
    const directory = join(folderWith(), 'run');
    const first = await openRun(directory, settings);
    await first.close();
    writeFileSync(join(directory, 'model.onnx'), 'first');
    await killAt(teller, [directory, 'checkpoint', 'before rename'], 'at ');
    expect(readFileSync(join(directory, 'model.onnx'), 'utf8')).toBe('first');
  });
});
