import { beforeAll, describe, expect, test } from 'vitest';
import { mean, randomStream } from '../../src/base/index.ts';
import { repair, type RepairResult } from '../../src/optimizer/repair.ts';
import type { RepairOptions } from '../../src/optimizer/repair-options.ts';
import { fitEnsemble } from '../../src/reward/index.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';
import { tableFromRows, type Table } from '../../src/table/index.ts';

const definition: SpaceDefinition = {
  parameters: {
    x: { type: 'real', min: 0, max: 1 },
    y: { type: 'real', min: 0, max: 1 },
    temperature: { type: 'real', min: 20, max: 80, step: 5 },
    catalyst: { type: 'categorical', values: ['A', 'B', 'C'] },
  },
  constraints: [{ linear: { x: 1, y: 1 }, atMost: 1.4 }],
};

/** Best at x = 0.3, y = 0.6, 50 degrees, catalyst A: 10. */
function truth({ x, y, temperature, catalyst }: Design): number {
  const heat = (Number(temperature) - 50) / 30;
  const loss = 10 * (Number(x) - 0.3) ** 2 + 10 * (Number(y) - 0.6) ** 2 + 2 * heat ** 2;
  return 10 - loss - (catalyst === 'A' ? 0 : 1);
}

const stream = randomStream(51);

function anyDesign(): Design {
  const [x, y] = [stream.integer(101) / 100, stream.integer(101) / 100];
  if (x + y > 1.4) return anyDesign();
  return { x, y, temperature: 20 + 5 * stream.integer(13), catalyst: 'ABC'[stream.integer(3)]! };
}

function tableOf(rows: number): Table {
  const designs = Array.from({ length: rows }, anyDesign);
  return tableFromRows(
    designs.map((design) => ({
      ...design,
      x: Number(design['x']).toFixed(2),
      y: Number(design['y']).toFixed(2),
      loss: (-truth(design)).toFixed(3),
    })),
    { reward: 'loss', direction: 'minimize', space: definition },
  );
}

const table = tableOf(200);
const given = Array.from({ length: 16 }, anyDesign);
const quick: RepairOptions = {
  training: { width: 64, steps: 500 },
  surrogate: fitEnsemble({ steps: 500 }),
  threads: 2,
  seed: 1,
};
const run = (designs: readonly Design[], options: RepairOptions = {}): Promise<RepairResult> =>
  repair(table, designs, { ...quick, ...options });

const strengths = [0.02, 0.1, 1] as const;
let results: readonly RepairResult[];
beforeAll(async () => {
  results = [];
  for (const strength of strengths) results = [...results, await run(given, { strength })];
});

const gains = ({ repaired }: RepairResult): number[] => repaired.map((one) => truth(one.design) - truth(one.given));
const moves = ({ repaired }: RepairResult): number[] => repaired.map(({ moved }) => moved);

describe('repaired designs', () => {
  test('are feasible, and truly better', () => {
    for (const result of results) {
      expect(result.repaired.map((one) => one.given)).toEqual(given);
      for (const { design } of result.repaired) expect(table.space.problemWith(design)).toBeUndefined();
      expect(Math.min(...gains(result))).toBeGreaterThan(-0.1);
      expect(mean(gains(result))).toBeGreaterThan(0.5);
    }
  });

  test('are predicted as they are: the loss falls from before to after', () => {
    for (const { before, predicted, design, given: own } of results[1]!.repaired) {
      expect(predicted.mean).toBeLessThan(before.mean);
      expect(Math.abs(predicted.mean + truth(design))).toBeLessThan(0.5);
      expect(Math.abs(before.mean + truth(own))).toBeLessThan(1.5);
      expect(predicted.std).toBeGreaterThan(0);
    }
  });

  test('move further, and get better, with more strength', () => {
    const moved = results.map((result) => mean(moves(result)));
    const gained = results.map((result) => mean(gains(result)));
    expect(moved[0]).toBeLessThan(0.1);
    for (const i of [1, 2]) {
      expect(moved[i]).toBeGreaterThan(1.4 * moved[i - 1]!);
      expect(gained[i]).toBeGreaterThan(gained[i - 1]! + 0.3);
    }
  });

  test('tell how far they moved: shares of ranges, averaged over the parameters', () => {
    for (const { given: own, design, moved } of results[1]!.repaired) {
      const share = (name: string, range: number) => Math.abs(Number(own[name]) - Number(design[name])) / range;
      const category = own['catalyst'] === design['catalyst'] ? 0 : 1;
      expect(moved).toBeCloseTo((share('x', 1) + share('y', 1) + share('temperature', 60) + category) / 4, 9);
    }
  });
});

test('columns keep their values, fixed ones get theirs, and the same seed repairs alike', async () => {
  const options: RepairOptions = { keep: ['temperature', 'x'], fix: { catalyst: 'B' }, strength: 0.6 };
  const designs = given.slice(0, 6);
  const [first, again] = [await run(designs, options), await run(designs, options)];
  first.repaired.forEach(({ design }, i) => {
    expect(design['temperature']).toBe(designs[i]!['temperature']);
    expect(design['x']).toBe(designs[i]!['x']);
    expect(design['catalyst']).toBe('B');
  });
  const loss = (design: Design): number => 10 * (Number(design['y']) - 0.6) ** 2;
  const after = mean(first.repaired.map(({ design }) => loss(design)));
  expect(after).toBeLessThan(0.3 * mean(designs.map(loss)));
  expect(again.repaired).toEqual(first.repaired);
});

test('a design outside the constraints is brought inside; the best one stays', async () => {
  const outside = { x: 1, y: 1, temperature: 50, catalyst: 'A' };
  const best = { x: 0.3, y: 0.6, temperature: 50, catalyst: 'A' };
  const { repaired } = await run([outside, best], { strength: 0.01 });
  expect(repaired[0]!.changed).toBe(true);
  expect(table.space.problemWith(repaired[0]!.design)).toBeUndefined();
  expect(repaired[1]!.moved).toBeLessThan(0.03);
});

describe('what cannot be repaired', () => {
  const good = given.slice(0, 1);
  const cases: readonly (readonly [string, readonly Design[], RepairOptions, string])[] = [
    ['no design', [], {}, 'no design is given'],
    ['no strength', good, { strength: 0 }, 'strength is 0, a number from 0.001 to 1 was expected'],
    ['an unknown column', good, { keep: ['z'] }, 'there is no parameter "z" to keep'],
    ['kept and fixed', good, { keep: ['x'], fix: { x: 0.5 } }, 'x cannot both keep its value and be fixed at 0.5'],
    [
      'kept values that break a constraint',
      [...good, { x: 0.9, y: 0.9, temperature: 50, catalyst: 'A' }],
      { keep: ['x', 'y'] },
      'design 2 cannot keep its x, y:',
    ],
    ['a value outside its bounds', [{ ...good[0]!, x: 2 }], {}, "the design's x"],
  ];
  test.each(cases)('%s', async (_, designs, options, message) => {
    await expect(run(designs, options)).rejects.toThrow(message);
  });
});
