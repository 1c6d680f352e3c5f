import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../src/base/index.ts';
import {
  explain,
  matches,
  parameterInfluence,
  ruleText,
  separatingRules,
  type Condition,
  type Influence,
  type PredictRewards,
  type Rule,
  type Separation,
} from '../../src/reward/index.ts';
import { conditionsText, merged, roundBetween } from '../../src/reward/explain-conditions.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';

const catalysts = ['A', 'B', 'C', 'D'];
const grades = ['low', 'mid', 'high', 'top'];

const space: Space = createSpace({
  parameters: {
    temperature: { type: 'real', min: 20, max: 120, step: 0.5 },
    dose: { type: 'real', min: 0.001, max: 10, scale: 'log' },
    catalyst: { type: 'categorical', values: catalysts },
    grade: { type: 'ordinal', values: grades },
    noise: { type: 'real', min: 0, max: 1 },
  },
});

function drawn(count: number, random: RandomStream): readonly Design[] {
  return Array.from({ length: count }, () => ({
    temperature: 20 + 0.5 * random.integer(201),
    dose: 0.001 * 10 ** (4 * random.uniform()),
    catalyst: catalysts[random.integer(4)]!,
    grade: grades[random.integer(4)]!,
    noise: random.uniform(),
  }));
}

const letters = 'ACDE';
const guides: Space = createSpace({ parameters: { guide: { type: 'sequence', alphabet: letters, length: 9 } } });

function drawnGuides(count: number, random: RandomStream): readonly Design[] {
  return Array.from({ length: count }, () => ({
    guide: Array.from({ length: 9 }, () => letters[random.integer(4)]!).join(''),
  }));
}

function rulesFor(
  designs: readonly Design[],
  reward: (design: Design) => number,
  options: { direction?: 'maximize' | 'minimize'; of?: Space; maxRows?: number } = {},
): Separation {
  const { direction = 'maximize', of = space, ...rest } = options;
  return separatingRules(of, designs, Float64Array.from(designs, reward), {
    direction,
    stream: randomStream(5),
    ...rest,
  });
}

/** The conditions of a rule by parameter and relation. */
function read(rule: Rule | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (rule?.conditions ?? []).map(({ parameter, position, relation, value }) => [
      [parameter, position, relation].filter((part) => part !== undefined).join(' '),
      value,
    ]),
  );
}

const number = (design: Design, name: string): number => Number(design[name]);

describe('rules of what separates good rows', () => {
  it('find two thresholds, one of them on a log scale, and nothing else', () => {
    const designs = drawn(600, randomStream(1));
    const { good, rules } = rulesFor(
      designs,
      (design) => Number(number(design, 'temperature') > 70) + Number(number(design, 'dose') <= 0.1),
    );
    expect(good.reward).toBe(2);
    const best = read(rules[0]);
    expect(Object.keys(best).sort()).toEqual(['dose at most', 'temperature above']);
    expect(Math.abs(Number(best['temperature above']) - 70)).toBeLessThanOrEqual(3);
    expect(Math.abs(Math.log10(Number(best['dose at most'])) + 1)).toBeLessThan(0.05);
    expect(rules[0]?.goodShare).toBeGreaterThan(0.95);
    expect(rules.at(-1)?.goodShare).toBe(0);
  });

  it('say which category and which end of an ordered list', () => {
    const designs = drawn(400, randomStream(2));
    const isGood = (design: Design): boolean =>
      design['catalyst'] === 'B' && grades.indexOf(String(design['grade'])) > 1;
    const { rules } = rulesFor(designs, (design) => Number(isGood(design)));
    expect(read(rules[0])).toEqual({ 'catalyst is': 'B', 'grade above': 'mid' });
    expect(rules[0]).toMatchObject({ rows: designs.filter(isGood).length, goodShare: 1, meanReward: 1 });
  });

  it('name the position and the letter of a sequence', () => {
    const designs = drawnGuides(500, randomStream(3));
    const letterAt = (design: Design, i: number): string | undefined => String(design['guide'])[i - 1];
    const { rules } = rulesFor(
      designs,
      (design) => Number(letterAt(design, 3) === 'C' && letterAt(design, 7) !== 'E'),
      { of: guides },
    );
    expect(read(rules[0])).toEqual({ 'guide 3 is': 'C', 'guide 7 is not': 'E' });
    expect(rules[0]?.goodShare).toBe(1);
  });

  it('find a perfect split whichever side is the pure one', () => {
    const designs = drawn(200, randomStream(4));
    const dud = rulesFor(designs, (design) => (design['catalyst'] === 'C' ? -1 : number(design, 'noise')));
    expect(read(dud.rules[0])).toMatchObject({ 'catalyst is not': 'C' });
    expect(dud.rules[0]?.goodShare).toBeGreaterThan(0.9);
    const hit = rulesFor(designs, (design) => (design['catalyst'] === 'C' ? 2 : number(design, 'noise') / 100));
    expect(read(hit.rules[0])).toEqual({ 'catalyst is': 'C' });
  });

  it('take low rewards for good when these are sought', () => {
    const designs = drawn(300, randomStream(6));
    const { good, rules } = rulesFor(designs, (design) => number(design, 'temperature'), { direction: 'minimize' });
    const sorted = designs.map((design) => number(design, 'temperature')).sort((a, b) => a - b);
    expect(good.reward).toBe(sorted[74]);
    expect(rules).toHaveLength(2);
    expect(Number(read(rules[0])['temperature at most'])).toBe(good.reward);
    expect(rules.map((rule) => rule.goodShare)).toEqual([1, 0]);
  });

  it('keep both ends of a range', () => {
    const designs = drawn(500, randomStream(7));
    const { rules } = rulesFor(designs, (design) => -Math.abs(number(design, 'temperature') - 60));
    const best = rules[0]!;
    expect(best.conditions.map(({ relation }) => relation)).toEqual(['above', 'at most']);
    const [low, high] = best.conditions.map(({ value }) => Number(value));
    expect(Math.abs((low! + high!) / 2 - 60)).toBeLessThan(2);
    expect(ruleText(best, 'yield')).toMatch(
      /^temperature above [\d.]+ and at most [\d.]+: \d+ rows, \d+ % good, mean yield -\d/,
    );
  });

  it('have the figures of a recount over all rows, also those that the tree has not seen', () => {
    const designs = drawn(900, randomStream(8));
    const random = randomStream(9);
    const rewards = Float64Array.from(
      designs,
      (design) => number(design, 'temperature') * number(design, 'noise') + 9 * random.normal(),
    );
    rewards.fill(NaN, 0, 100);
    const { good, rules } = separatingRules(space, designs, rewards, { direction: 'maximize', stream: random });
    const labelled = designs
      .map((design, row) => ({ design, reward: rewards[row]! }))
      .filter(({ reward }) => !Number.isNaN(reward));
    expect(good).toMatchObject({ rows: 200, of: 800 });
    expect(labelled.filter(({ reward }) => reward >= good.reward)).toHaveLength(200);
    expect(rules.length).toBeGreaterThan(2);
    for (const rule of rules) {
      const own = labelled.filter(({ design }) =>
        rule.conditions.every(({ parameter, relation, value }) =>
          relation === 'above' ? number(design, parameter) > Number(value) : number(design, parameter) <= Number(value),
        ),
      );
      expect(rule.rows).toBe(own.length);
      expect(rule.goodShare).toBe(own.filter(({ reward }) => reward >= good.reward).length / own.length);
      expect(rule.meanReward).toBeCloseTo(own.reduce((sum, { reward }) => sum + reward, 0) / own.length, 9);
    }
    // Rules are leaves: no row obeys two of them.
    for (const { design } of labelled) {
      expect(rules.filter((rule) => matches(space, rule.conditions, design)).length).toBeLessThanOrEqual(1);
    }
  });

  it('are silent about noise, about few rows, and about rewards that are all the same', () => {
    let talkative = 0;
    for (let seed = 0; seed < 40; seed++) {
      const random = randomStream(seed);
      talkative += Number(rulesFor(drawn(80, random), () => random.normal()).rules.length > 0);
    }
    expect(talkative).toBeLessThanOrEqual(6);
    const few = drawn(10, randomStream(10));
    expect(rulesFor(few, (design) => number(design, 'noise')).rules.every(({ rows }) => rows >= 5)).toBe(true);
    expect(rulesFor(few, () => 3)).toMatchObject({ good: { rows: 0, of: 10, reward: NaN }, rules: [] });
    expect(rulesFor([], () => 3).rules).toEqual([]);
  });

  it('take the better rows for good where most share the worst reward', () => {
    const designs = drawn(300, randomStream(11));
    const { good, rules } = rulesFor(designs, (design) => Number(number(design, 'temperature') > 110));
    expect(good).toMatchObject({
      reward: 1,
      rows: designs.filter((design) => number(design, 'temperature') > 110).length,
    });
    expect(rules[0]?.goodShare).toBe(1);
  });

  it('are the same for the same stream', () => {
    const designs = drawn(1000, randomStream(12));
    const reward = (design: Design): number => number(design, 'temperature') - 50 * number(design, 'noise');
    expect(rulesFor(designs, reward)).toEqual(rulesFor(designs, reward));
  });
});

describe('conditions', () => {
  it('say the same after merging, in fewer words', () => {
    const path = fc.record({
      above: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }),
      atMost: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }),
      not: fc.subarray(catalysts, { maxLength: 3 }),
      is: fc.option(fc.constantFrom(...catalysts), { nil: undefined }),
    });
    fc.assert(
      fc.property(path, fc.integer({ min: 0, max: 1e6 }), ({ above, atMost, not, is }, seed) => {
        const conditions: Condition[] = [
          ...[...above]
            .sort((a, b) => a - b)
            .map((value): Condition => ({ parameter: 'temperature', relation: 'above', value })),
          ...not
            .filter((value) => value !== is)
            .map((value): Condition => ({ parameter: 'catalyst', relation: 'is not', value })),
          ...[...atMost]
            .sort((a, b) => b - a)
            .map((value): Condition => ({ parameter: 'temperature', relation: 'at most', value })),
          ...(is === undefined ? [] : [{ parameter: 'catalyst', relation: 'is', value: is } as const]),
        ];
        const short = merged(space, conditions);
        expect(short.length).toBeLessThanOrEqual(conditions.length);
        expect(short.filter(({ parameter }) => parameter === 'temperature').length).toBeLessThanOrEqual(2);
        for (const design of drawn(20, randomStream(seed))) {
          expect(matches(space, short, design)).toBe(matches(space, conditions, design));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('name the only choice that is left', () => {
    const not = (value: string): Condition => ({ parameter: 'catalyst', relation: 'is not', value });
    expect(merged(space, [not('A'), not('D'), not('B')])).toEqual([
      { parameter: 'catalyst', relation: 'is', value: 'C' },
    ]);
  });

  it('say a name once', () => {
    expect(
      conditionsText([
        { parameter: 'temperature', relation: 'above', value: 61.5 },
        { parameter: 'temperature', relation: 'at most', value: 80 },
        { parameter: 'guide', position: 3, relation: 'is', value: 'A' },
      ]),
    ).toBe('temperature above 61.5 and at most 80 and guide position 3 is A');
  });

  it('have thresholds that separate with as few decimals as can be', () => {
    const end = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(end, end, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high)) && high - low > 1e-9);
        const value = roundBetween(low, high, false, () => true);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThan(high);
        // No coarser decimal lies strictly between the two.
        const decimals = (String(value).split('.')[1] ?? '').length;
        if (decimals > 0 && !String(value).includes('e')) {
          const unit = 10 ** (decimals - 1);
          expect(Math.floor(high * unit) / unit <= low || Math.floor(high * unit) / unit >= high).toBe(true);
        }
      }),
    );
    expect(roundBetween(49.87, 50.31, false, () => true)).toBe(50);
    expect(roundBetween(3, 4, false, Number.isInteger)).toBe(3);
    expect(roundBetween(0.009, 0.013, true, () => true)).toBe(0.01);
    expect(roundBetween(-0.2, 0.3, false, () => true)).toBe(0);
  });
});

const real = { type: 'real', min: 0, max: 1 } as const;
const plane: Space = createSpace({ parameters: { a: real, b: real, c: real, hump: real } });

function predictor(of: Space, reward: (design: Design) => number): { predict: PredictRewards; count: () => number } {
  let predictions = 0;
  return {
    predict: (block) => {
      const rows = block.length / of.dimension;
      predictions += rows;
      const mean = Float64Array.from({ length: rows }, (_, row) => reward(of.decode(block, row * of.dimension)!));
      return Promise.resolve({ mean });
    },
    count: () => predictions,
  };
}

function named(influence: readonly Influence[], name: string): Influence {
  return influence.find(({ parameter }) => parameter === name)!;
}

describe('the influence of parameters on predictions', () => {
  const random = randomStream(20);
  const designs = Array.from({ length: 500 }, () => ({
    a: random.uniform(),
    b: random.uniform(),
    c: random.uniform(),
    hump: random.uniform(),
  }));
  const reward = (design: Design): number =>
    6 * number(design, 'a') - 3 * number(design, 'b') - 8 * (number(design, 'hump') - 0.5) ** 2;

  it('ranks and signs what matters, and is zero for what does not', async () => {
    const { predict } = predictor(plane, reward);
    const influence = await parameterInfluence(plane, predict, designs, { stream: randomStream(21) });
    expect(influence.map(({ parameter }) => parameter)).toEqual(['a', 'b', 'hump', 'c']);
    const [a, b, hump, c] = influence;
    expect(c).toMatchObject({ change: 0, share: 0, trend: 0 });
    expect(a?.trend).toBeCloseTo(1, 3);
    expect(b?.trend).toBeCloseTo(-1, 3);
    expect(Math.abs(hump?.trend ?? 1)).toBeLessThan(0.2);
    // Shuffling a uniform value changes a linear term by slope times sqrt(2 / 12), root mean square.
    expect(a!.change / (6 * Math.sqrt(1 / 6))).toBeCloseTo(1, 1);
    expect(a!.change / b!.change).toBeGreaterThan(1.7);
    expect(influence.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('draws the dependence on a value over what the other parameters are', async () => {
    const { predict } = predictor(plane, reward);
    const influence = await parameterInfluence(plane, predict, designs, { stream: randomStream(21), curves: 2 });
    expect(influence.filter(({ dependence }) => dependence !== undefined)).toHaveLength(2);
    const { values, mean, low, high } = named(influence, 'a').dependence!;
    expect(values).toHaveLength(12);
    values.forEach((value, i) => {
      expect(mean[i]! - mean[0]!).toBeCloseTo(6 * (Number(value) - Number(values[0])), 3);
      expect(high[i]! - low[i]!).toBeCloseTo(high[0]! - low[0]!, 3);
      expect(low[i]!).toBeLessThan(mean[i]!);
    });
  });

  it('looks at steps, lists, categories and log scales in own units', async () => {
    const rows = drawn(300, randomStream(22));
    const { predict } = predictor(
      space,
      (design) =>
        Math.log10(number(design, 'dose')) +
        [0, 5, 1, 1][catalysts.indexOf(String(design['catalyst']))]! +
        grades.indexOf(String(design['grade'])) +
        number(design, 'temperature') / 50,
    );
    const influence = await parameterInfluence(space, predict, rows, { stream: randomStream(23) });
    expect(influence.map(({ parameter }) => parameter)).toEqual(['catalyst', 'grade', 'dose', 'temperature', 'noise']);
    const catalyst = named(influence, 'catalyst');
    expect(catalyst.trend).toBeUndefined();
    const { values, mean } = catalyst.dependence!;
    expect(values).toEqual(catalysts);
    expect(mean.map((value) => Number((value - mean[0]!).toFixed(6)))).toEqual([0, 5, 1, 1]);
    expect(named(influence, 'grade').dependence?.values).toEqual(grades);
    const doses = named(influence, 'dose').dependence!.values.map(Number);
    const ratio = doses[1]! / doses[0]!;
    doses.slice(1).forEach((dose, i) => expect(dose / doses[i]!).toBeCloseTo(ratio, 3));
    for (const value of named(influence, 'temperature').dependence!.values)
      expect(Number(value) * 2).toBe(Math.round(Number(value) * 2));
  });

  it('looks at each position of a sequence', async () => {
    const rows = drawnGuides(300, randomStream(24));
    const { predict } = predictor(
      guides,
      ({ guide }) => 2 * Number(String(guide)[3] === 'D') + Number(String(guide)[8] === 'A'),
    );
    const influence = await parameterInfluence(guides, predict, rows, { stream: randomStream(25) });
    expect(influence).toHaveLength(9);
    expect(influence.slice(0, 3).map(({ position, change }) => [position, change > 0])).toEqual([
      [4, true],
      [9, true],
      [1, false],
    ]);
    const { values, mean } = influence[0]!.dependence!;
    expect(values).toEqual([...letters]);
    expect(mean.map((value) => Number((value - mean[0]!).toFixed(9)))).toEqual([0, 0, 2, 0]);
  });

  it('costs at most about 20,000 predictions', async () => {
    for (const d of [1, 7, 120]) {
      const wide = createSpace({
        parameters: Object.fromEntries(Array.from({ length: d }, (_, i) => [`p${i}`, real])),
      });
      const rows = Array.from({ length: 250 }, () =>
        Object.fromEntries(Array.from({ length: d }, (_, i) => [`p${i}`, random.uniform()])),
      );
      let predictions = 0;
      const predict: PredictRewards = (block) => {
        predictions += block.length / d;
        return Promise.resolve({ mean: Float64Array.from({ length: block.length / d }, (_, row) => block[row * d]!) });
      };
      const influence = await parameterInfluence(wide, predict, rows, { stream: randomStream(26) });
      expect(predictions).toBeLessThanOrEqual(20_000);
      expect(influence[0]).toMatchObject({ parameter: 'p0', share: 1 });
    }
  });

  it('is the same for the same stream, together with the rules', async () => {
    const rewards = Float64Array.from(designs, reward);
    const run = (): ReturnType<typeof explain> =>
      explain(plane, predictor(plane, reward).predict, designs, rewards, {
        direction: 'maximize',
        stream: randomStream(27),
      });
    const [first, second] = [await run(), await run()];
    expect(first).toEqual(second);
    expect(Object.keys(first).sort()).toEqual(['good', 'influence', 'rules']);
  });

  it('has nothing to say about one row', async () => {
    const { predict } = predictor(plane, reward);
    expect(await parameterInfluence(plane, predict, designs.slice(0, 1), { stream: randomStream(28) })).toEqual([]);
  });
});
