import fc from 'fast-check';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { formatEvent, parseEvent, type JournalEvent } from '../../src/run/events.ts';
import { openRun, readJournal, type Run, type RunRecord, type Tell } from '../../src/run/index.ts';
import { toJson } from '../../src/run/json.ts';
import { folderWith } from '../support/cli.ts';
import { fileHandlePrototype } from './disk.ts';
import { designAt, requests, settings } from './runs.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text !== '__proto__');
const design = fc.dictionary(name, fc.oneof(finite, fc.string({ unit: 'binary' })), { noNullPrototype: true });
const result = fc.oneof(
  fc.record({ status: fc.constant('measured' as const), reward: finite }),
  fc.record({ status: fc.constant('failed' as const), error: fc.string({ unit: 'binary' }) }),
  fc.record({ status: fc.constant('unlabelled' as const) }),
);
const source = fc.constantFrom('oracle' as const, 'user' as const, 'table' as const);
const event: fc.Arbitrary<JournalEvent> = fc.oneof(
  fc.record({
    event: fc.constant('asked' as const),
    round: fc.nat(),
    requests: fc.array(
      fc.record(
        { id: name, design, predicted: fc.record({ mean: fc.double(), std: fc.double() }) },
        { requiredKeys: ['id', 'design'], noNullPrototype: true },
      ),
    ),
  }),
  fc
    .tuple(fc.record({ id: name, design }, { requiredKeys: [], noNullPrototype: true }), source, result)
    .map(([some, from, what]) => ({ event: 'told' as const, ...some, source: from, ...what })),
  fc.record({
    event: fc.constant('round' as const),
    round: fc.nat(),
    figures: fc.dictionary(name, fc.double(), { noNullPrototype: true }),
    notes: fc.dictionary(name, fc.string({ unit: 'binary' }), { noNullPrototype: true }),
  }),
  fc.record({ event: fc.constant('stopped' as const), reason: fc.constantFrom('budget' as const, 'aborted' as const) }),
);

const file = (directory: string): string => join(directory, 'journal.jsonl');

function measured(id: string, reward: number): Tell {
  return { id, status: 'measured', reward, source: 'oracle' };
}

/** A directory with the run that `fill` makes, closed, and what its record was. */
async function runWith(fill: (run: Run) => Promise<void>): Promise<{ directory: string; record: RunRecord }> {
  const directory = join(folderWith(), 'run');
  const run = await openRun(directory, settings);
  await fill(run);
  await run.close();
  return { directory, record: run.record };
}

describe('lines of the journal', () => {
  it('give every event back exactly, doubles to the last bit', () => {
    fc.assert(
      fc.property(event, (original) => {
        const line = formatEvent(original);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(parseEvent(line, 'here')).toEqual(original);
      }),
      { numRuns: 500 },
    );
  });

  it('spell the doubles that JSON lacks', () => {
    expect(toJson([-0, 0, NaN, Infinity, -Infinity, 5e-324, 0.1, undefined])).toBe(
      '[-0,0,"NaN","Infinity","-Infinity",5e-324,0.1,null]',
    );
  });
});

describe('the fold', () => {
  it('of the file is the record of the live run, whatever was asked and told', async () => {
    const step = fc.oneof(
      fc.record({ ask: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ id: fc.option(fc.integer({ min: 0, max: 9 })), at: fc.nat(5), what: result }),
      fc.constant('round' as const),
      fc.constant('stop' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { directory, record } = await runWith(async (run) => {
          for (const one of steps) {
            const round = run.record.asks + 1;
            if (one === 'round') await run.round({ round, figures: { noise: NaN, at: -0 }, notes: { model: 'warm' } });
            else if (one === 'stop') await run.stop('stagnation');
            else if ('ask' in one) await run.ask(round, requests(round, one.ask));
            else {
              const id = one.id === null ? {} : { id: [...run.record.requests.keys()][one.id] ?? `own-${one.id}` };
              const tell: Tell = { ...id, design: designAt(one.at), source: 'user', ...one.what };
              await run.tell([tell]).catch((error: Error) => expect(error.message).toMatch(/was told with .* before/));
            }
          }
        });
        expect(await readJournal(directory)).toStrictEqual(record);
      }),
      { numRuns: 40 },
    );
  });

  it('passes over a last line that was cut anywhere, and reopening cuts it off', async () => {
    const { directory, record } = await runWith(async (run) => {
      await run.ask(1, requests(1, 3));
      await run.tell([measured('r1-0', 0.25), measured('r1-1', -0)]);
      await run.tell([{ status: 'measured', reward: 1 / 3, design: designAt(7), source: 'table' }]);
    });
    const whole = readFileSync(file(directory));
    const start = whole.lastIndexOf(10, whole.length - 2) + 1;
    writeFileSync(file(directory), whole.subarray(0, start));
    const before = await readJournal(directory);
    expect(before.evaluations).toStrictEqual(record.evaluations.slice(0, -1));
    for (let cut = start; cut < whole.length; cut++) {
      writeFileSync(file(directory), whole.subarray(0, cut));
      expect(await readJournal(directory)).toStrictEqual(before);
    }
    for (const cut of [start + 1, (start + whole.length) >> 1, whole.length - 1]) {
      writeFileSync(file(directory), whole.subarray(0, cut));
      const run = await openRun(directory, settings);
      expect(readFileSync(file(directory)).length).toBe(start);
      await run.tell([{ status: 'measured', reward: 1 / 3, design: designAt(7), source: 'table' }]);
      await run.close();
      expect(readFileSync(file(directory)).equals(whole)).toBe(true);
    }
  });

  it('survives a file of lines longer than what is read at once', async () => {
    const long = 'é'.repeat(1_500_000);
    const { directory, record } = await runWith(async (run) => {
      await run.ask(1, requests(1, 2));
      await run.tell([{ id: 'r1-0', status: 'failed', error: long, source: 'oracle' }, measured('r1-1', 2)]);
    });
    expect(await readJournal(directory)).toStrictEqual(record);
  });

  it.each([
    ['not JSON\n', /^line 3 of .*journal\.jsonl is not valid JSON/],
    ['\n', /^line 3 of .*journal\.jsonl is not valid JSON/],
    ['{"event":"dreamt"}\n', /^line 3 of .*journal\.jsonl is no journal event: event: /],
    ['{"event":"told","status":"measured","source":"oracle","id":"a","reward":"high"}\n', /^line 3 .*: reward: /],
    ['{"event":"told","status":"measured","source":"oracle","id":"a","reward":1e999}\n', /^line 3 .*: reward: /],
    ['{"event":"told","status":"measured","source":"oracle","id":"a","reward":1}\n', /^line 3 .* never asked/],
    ['{"event":"asked","round":1,"requests":[{"id":"r1-0","design":{}}]}\n', /^line 3 .*r1-0 is asked twice/],
    ['{"event":"begin","version":2,"future":true}\n', /^line 3 .* journal version 2, and this program reads version 1/],
    [Buffer.from([0x22, 0xff, 0x22, 10]), /^line 3 of .*journal\.jsonl is not UTF-8/],
  ])('refuses a broken line %#, also when it is the last', async (line, message) => {
    const { directory } = await runWith((run) => run.ask(1, requests(1, 1)));
    for (const more of ['', '{"event":"stopped","reason":"budget"}\n']) {
      const before = readFileSync(file(directory));
      appendFileSync(file(directory), line);
      appendFileSync(file(directory), more);
      await expect(readJournal(directory)).rejects.toThrow(message);
      await expect(openRun(directory, settings)).rejects.toThrow(message);
      writeFileSync(file(directory), before);
    }
    await (await openRun(directory, settings)).close();
  });

  it('refuses a file without the beginning of a run, and changes nothing', async () => {
    for (const content of ['', '{"event":"beg', '{"event":"stopped","reason":"budget"}\n']) {
      const directory = folderWith({ 'journal.jsonl': content });
      await expect(openRun(directory, settings)).rejects.toMatchObject({ kind: 'data' });
      expect(readFileSync(file(directory), 'utf8')).toBe(content);
    }
  });
});

describe('syncing', () => {
  it('is shared by tells that come together, and each one is on disk when it is acknowledged', async () => {
    const prototype = await fileHandlePrototype();
    await runWith(async (run) => {
      await run.ask(1, requests(1, 500));
      const sync = vi.spyOn(prototype, 'sync');
      await Promise.all([...run.record.requests.keys()].map((id, i) => run.tell([measured(id, i)])));
      expect(sync.mock.calls.length).toBeLessThan(5);
      sync.mockClear();
      for (let i = 0; i < 5; i++) {
        await run.tell([{ ...measured(`own-${i}`, i), design: designAt(i) }]);
        expect(readFileSync(file(run.directory), 'utf8')).toContain(`"own-${i}"`);
      }
      expect(sync.mock.calls.length).toBe(5);
      sync.mockRestore();
    });
  });
});
