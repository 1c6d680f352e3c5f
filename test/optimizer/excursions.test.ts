import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { excursionsFrom, neglectedOptions } from '../../src/optimizer/excursions.ts';
import type { KnownDesign } from '../../src/optimizer/buffer.ts';
import { DiffusionOptimizer } from '../../src/optimizer/index.ts';
import { addAsked, createHistory } from '../../src/run/index.ts';
import { createDesignSet, createSpace, type Design } from '../../src/space/index.ts';
import { tinySearch } from './online.ts';

const options = ['a', 'b', 'c', 'd', 'e'] as const;
const space = createSpace({
  parameters: {
    kind: { type: 'categorical', values: [...options] },
    x: { type: 'real', min: 0, max: 1 },
    y: { type: 'real', min: 0, max: 1 },
  },
});

/** So many designs of a kind, the best of them with this reward. */
const kindOf = (kind: string, count: number, best: number): readonly KnownDesign[] =>
  Array.from({ length: count }, (_, i) => ({
    design: { kind, x: (i + 0.5) / count, y: 0.5 },
    reward: best - i,
    rewards: [best - i],
    failed: false,
  }));
const failedOf = (kind: string, count: number): readonly KnownDesign[] =>
  kindOf(kind, count, 0).map((one) => ({ ...one, reward: NaN, rewards: [], failed: true }));

describe('options that are neglected', () => {
  const incumbents = kindOf('a', 1, 9).map(({ design }) => design);
  const found = (known: readonly KnownDesign[], among = space, direction: 'maximize' | 'minimize' = 'maximize') =>
    neglectedOptions(known, { space: among, incumbents }, direction).map(({ kind }) => kind);

  test('are those that no incumbent has and that had less than half of a fair share', () => {
    // A fair share of 200 designs is 40 for each of five options.
    const known = [...kindOf('a', 151, 9), ...kindOf('b', 20, 5), ...kindOf('c', 19, 4), ...kindOf('d', 10, 1)];
    expect(found(known)).toEqual(['e', 'c', 'd']);
    expect(neglectedOptions(known, { space, incumbents: [{ kind: 'c' }] }, 'maximize')).not.toContainEqual({
      kind: 'c',
    });
  });

  test('come by trials times rank: what looks better has more trials', () => {
    const others = [...kindOf('a', 200, 9), ...kindOf('b', 60, 9)];
    // Efforts of c, d and e: (14 + 1) 1, (9 + 1) 2 and (5 + 1) 3.
    const known = (c: number) => [...others, ...kindOf('c', c, 3), ...kindOf('d', 9, 2), ...kindOf('e', 5, 1)];
    expect(found(known(14))).toEqual(['c', 'e', 'd']);
    expect(found(known(18))).toEqual(['e', 'c', 'd']);
    expect(found(known(20))).toEqual(['e', 'd', 'c']);
    // The same where less is better.
    expect(
      found(
        known(14).map((one) => ({ ...one, reward: -one.reward })),
        space,
        'minimize',
      ),
    ).toEqual(['c', 'e', 'd']);
  });

  test('count designs that failed as trials, and rank those last that never worked', () => {
    const others = [...kindOf('a', 200, 9), ...kindOf('b', 60, 9), ...kindOf('c', 14, 3)];
    expect(found([...others, ...kindOf('d', 9, 2), ...failedOf('e', 8)])).toEqual(['c', 'd', 'e']);
    expect(found([...others, ...kindOf('d', 9, 2), ...failedOf('e', 33)])).toEqual(['c', 'd']);
  });

  test('are values in an order, too, if they are few, however they are written', () => {
    const ordered = createSpace({
      parameters: {
        n: { type: 'integer', min: 0, max: 3 },
        size: { type: 'ordinal', values: [8, 16] },
        load: { type: 'real', min: 0, max: 0.4, step: 0.1 },
        many: { type: 'integer', min: 0, max: 26 },
        x: { type: 'real', min: 0, max: 1 },
      },
    });
    const known = Array.from({ length: 1200 }, (_, i): KnownDesign => {
      const design = { n: i % 3, size: '8', load: i < 200 ? 0.1 + 0.2 : 0.2, many: 4, x: i / 1200 };
      return { design, reward: i, rewards: [i], failed: false };
    });
    const neglected = neglectedOptions(known, { space: ordered, incumbents: [known[1199]!.design] }, 'maximize');
    expect(neglected).toEqual([{ n: 3 }, { size: 16 }, { load: 0 }, { load: 0.1 }, { load: 0.4 }]);
    expect(neglectedOptions(known.slice(200), { space: ordered, incumbents: [] }, 'maximize')).toContainEqual({
      load: 0.3,
    });
  });

  test('are none where too little was tried to say so, and of fixed choices', () => {
    expect(found(kindOf('a', 99, 9))).toEqual([]);
    expect(found(kindOf('a', 100, 9))).toHaveLength(4);
    expect(found(kindOf('a', 100, 9), space.fix({ kind: 'a' }))).toEqual([]);
  });
});

/** What is known, and these asked for without a result. */
const knowing = (known: readonly KnownDesign[], asked: readonly Design[] = []) => {
  const history = createHistory();
  const requests = asked.map((design, i) => ({ id: `r1-${i + 1}`, design }));
  addAsked(history, 1, requests);
  const taken = [...known.map(({ design }) => design), ...asked];
  return { known, history, direction: 'maximize', taken } as const;
};

describe('excursions', () => {
  const known = [
    ...kindOf('a', 170, 9),
    ...kindOf('b', 5, 5),
    ...kindOf('c', 6, 4),
    ...kindOf('d', 10, 1),
    ...failedOf('e', 9),
  ];
  const ground = { space, incumbents: known.slice(0, 32).map(({ design }) => design) };
  const from = (count: number, seed = 1, some: readonly KnownDesign[] = known) =>
    excursionsFrom(ground, knowing(some), count, randomStream(seed));

  test('have half of a batch, in two parts', () => {
    for (const [count, first, second] of [
      [100, 25, 25],
      [20, 5, 5],
      [8, 2, 2],
      [4, 1, 1],
    ] as const)
      expect(from(count).map((one) => one.count)).toEqual([first, second]);
  });

  test('have half of a small batch on average', () => {
    for (const count of [1, 3]) {
      const all = Array.from({ length: 400 }, (_, seed) => from(count, seed).reduce((sum, one) => sum + one.count, 0));
      expect(new Set(all)).toEqual(new Set([Math.floor(count / 2), Math.ceil(count / 2)]));
      expect(all.reduce((a, b) => a + b) / 400).toBeCloseTo(count / 2, 0.9);
    }
  });

  test('are in parts that hold one option, and start from the best designs there', () => {
    const [first, second] = from(100);
    expect(first!.space.fixed).toEqual({ kind: 'b' });
    expect(first!.incumbents).toEqual(kindOf('b', 5, 5).map(({ design }) => design));
    expect(second!.space.fixed).toEqual({ kind: 'c' });
    expect(second!.incumbents).toEqual(kindOf('c', 6, 4).map(({ design }) => design));
  });

  test('are in no part that constraints leave empty', () => {
    const tied = createSpace({
      parameters: {
        a: { type: 'real', min: 0, max: 1 },
        layers: { type: 'integer', min: 0, max: 3 },
        kind: { type: 'categorical', values: ['p', 'q'] },
      },
      constraints: [{ linear: { a: 1, layers: 1 }, atMost: 2.5 }],
    });
    const told = Array.from({ length: 200 }, (_, i): KnownDesign => {
      const design = { a: i / 400, layers: i % 2, kind: 'p' };
      return { design, reward: i, rewards: [i], failed: false };
    });
    const incumbents = told.slice(-32).map(({ design }) => design);
    expect(neglectedOptions(told, { space: tied, incumbents }, 'maximize')).toContainEqual({ layers: 3 });
    const parts = excursionsFrom({ space: tied, incumbents }, knowing(told), 8, randomStream(1));
    expect(parts.map((part) => part.space.fixed)).toEqual([{ layers: 2 }, { kind: 'q' }]);
  });

  test('are in no part where all was tried, though its trials stay few', () => {
    const finite = createSpace({
      parameters: {
        n: { type: 'integer', min: 0, max: 3 },
        p: { type: 'integer', min: 0, max: 60 },
        kind: { type: 'categorical', values: ['p', 'q', 'r'] },
      },
      constraints: [{ linear: { n: 20, p: 1 }, atMost: 61 }],
    });
    const designOf = (n: number, p: number, kind: string, reward: number): KnownDesign => ({
      design: { n, p, kind },
      reward,
      rewards: [reward],
      failed: false,
    });
    const kinds = ['p', 'q', 'r'];
    const last = kinds.flatMap((kind) => [designOf(3, 0, kind, 5), designOf(3, 1, kind, 5)]);
    const told = [
      ...Array.from({ length: 123 }, (_, i) => designOf(i % 3, Math.floor(i / 3) % 20, kinds[i % 2]!, i)),
      ...Array.from({ length: 40 }, (_, i) => designOf(0, 20 + i, 'p', i)),
      ...last,
    ];
    const at = {
      space: finite,
      incumbents: [{ n: 0, p: 0, kind: 'p' }, ...[1, 2].map((n) => ({ n, p: 0, kind: 'q' }))],
    };
    const fixed = (known: readonly KnownDesign[]): readonly Design[] =>
      excursionsFrom(at, knowing(known), 8, randomStream(1)).map((part) => part.space.fixed);
    expect(fixed(told)).toEqual([{ kind: 'r' }]);
    expect(fixed(told.slice(0, -1))).toEqual([{ kind: 'r' }, { n: 3 }]);
  });

  test('go by designs that are allowed, and count those that are pending as trials', () => {
    const heated = createSpace({
      parameters: { ...space.definition.parameters, t: { type: 'real', min: 0, max: 99 } },
    });
    const at = (t: number, some: readonly KnownDesign[]): readonly KnownDesign[] =>
      some.map((one) => ({ ...one, design: { ...one.design, t } }));
    const cool = heated.fix({ t: 20 });
    const incumbents = at(20, known.slice(0, 32)).map(({ design }) => design);
    const fixed = (told: readonly KnownDesign[], asked: readonly Design[] = []) =>
      excursionsFrom({ space: cool, incumbents }, knowing(told, asked), 4, randomStream(1)).map(
        (part) => part.space.fixed['kind'],
      );
    const hot = at(80, [...kindOf('b', 60, 5), ...kindOf('c', 60, 4)]);
    expect(fixed([...at(20, known), ...hot])).toEqual(['b', 'c']);
    expect(fixed([...at(20, known.slice(51)), ...hot])).toEqual([]);
    const asked = Array.from({ length: 18 }, (_, i): Design => ({ kind: 'b', x: i / 18, y: 0, t: 20 }));
    expect(fixed(at(20, known), asked)).toEqual(['c', 'd']);
  });

  test('begin when fifty designs are known for each parameter', () => {
    expect(from(100, 1, known.slice(51))).toEqual([]);
    expect(from(100, 1, known.slice(50))).toHaveLength(2);
    // A design without a result was not tried.
    const unlabelled = kindOf('e', 40, 0).map((one) => ({ ...one, reward: NaN, rewards: [] }));
    expect(from(100, 1, [...known.slice(51), ...unlabelled])).toEqual([]);
  });
});

describe('a round', () => {
  /** A wide hill for one kind, and a narrow, higher one for another. */
  const reward = ({ kind, x, y }: Design): number => {
    const hill = (at: number, width: number): number =>
      Math.exp(-((Number(x) - at) ** 2 + (Number(y) - at) ** 2) / width ** 2);
    return kind === 'a' ? 0.6 * hill(0.3, 0.5) : kind === 'c' ? 1.5 * hill(0.8, 0.2) - 0.5 : -0.2;
  };
  const begun = (seed: number): DiffusionOptimizer => {
    const one = DiffusionOptimizer.create(space, { ...tinySearch, batch: 10, seed });
    const stream = randomStream(seed);
    const designs = Array.from({ length: 210 }, (_, i): Design => {
      const kind = i % 21 === 0 ? options[1 + ((i / 21) % 4)]! : 'a';
      // None of the others is near the higher hill.
      return { kind, x: (kind === 'a' ? 1 : 0.5) * stream.uniform(), y: stream.uniform() };
    });
    one.tell(designs.map((design) => ({ design, reward: reward(design) })));
    return one;
  };

  test('looks for half of its designs where the best ones are not', async () => {
    const asked = await begun(1).ask(10);
    expect(asked.filter(({ design }) => design['kind'] !== 'a').length).toBeGreaterThanOrEqual(5);
    expect(asked.every(({ predicted }) => Number.isFinite(predicted?.mean))).toBe(true);
  });

  test('asks for no design twice, also where an excursion and the rest want the same', async () => {
    const finite = createSpace({
      parameters: {
        kind: { type: 'categorical', values: [...options] },
        n: { type: 'integer', min: 0, max: 29 },
      },
    });
    const optimizer = DiffusionOptimizer.create(finite, { ...tinySearch, batch: 40, seed: 1 });
    const rows = (kind: string, count: number) => Array.from({ length: count }, (_, n): Design => ({ kind, n }));
    const told = [...rows('a', 30), ...rows('b', 30), ...rows('c', 30), ...rows('d', 10)];
    optimizer.tell(told.map((design) => ({ design, reward: Number(design['n']) })));
    const asked = (await optimizer.ask(40)).map(({ design }) => design);
    expect(asked.filter(({ kind }) => kind === 'e').length).toBeGreaterThanOrEqual(20);
    expect(createDesignSet(finite, [...told, ...asked]).size).toBe(140);
  });

  test('finds the higher hill of a kind that looked poor', async () => {
    const optimizer = begun(2);
    for (let round = 0; round < 12; round++) {
      const asked = await optimizer.ask(10);
      optimizer.tell(asked.map(({ id, design }) => ({ id, design, reward: reward(design) })));
    }
    expect(optimizer.best()!.design['kind']).toBe('c');
    expect(optimizer.best()!.reward).toBeGreaterThan(0.9);
  });

  test('is the same for the same seed', async () => {
    const [one, other] = [await begun(3).ask(10), await begun(3).ask(10)];
    expect(one).toEqual(other);
  });
});
