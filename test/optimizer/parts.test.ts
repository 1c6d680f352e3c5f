import { describe, expect, test } from 'vitest';
import { choiceNeighbourTest, choiceNeighbours } from '../../src/optimizer/neighbours.ts';
import { partsOf, type BoldSamples } from '../../src/optimizer/parts.ts';
import { chooseInParts } from '../../src/optimizer/select.ts';
import type { TargetOutcome } from '../../src/optimizer/types.ts';
import { createSpace, type Design, type Space } from '../../src/space/index.ts';
import { tableFromRows } from '../../src/table/index.ts';

const outcome = (target: number, pulled: boolean): TargetOutcome => ({
  ...{ target, guidance: 1.5, pulled, samples: 16, distinct: 16, predicted: [0, 0, 0], trust: 1, bound: target },
  chosen: true,
});
/** Asked for the best reward, for one far beyond, and for that pulled by the slope. */
const outcomes = [outcome(10, false), outcome(20, false), outcome(20, true)];

const table = tableFromRows(
  Array.from({ length: 11 }, (_, x) => ({ x, y: x })),
  { reward: 'y', direction: 'maximize' },
);
const designs = Array.from({ length: 80 }, (_, i) => ({ x: i / 8 }));

/** 48 samples, 16 of each request in turn, and 32 designs that a search found, of which the surrogate thinks best. */
const candidates = designs.map((design, i) =>
  i < 48 ? { design, target: outcomes[i % 3]!.target, request: i % 3 } : { design },
);

/** How many of 32 designs are of each request, and found, when the surrogate thinks so much of samples, and 12 of what was found. */
function chosen(sampleMean: number, bold: BoldSamples | undefined, space: Space = table.space): readonly number[] {
  const mean = Float64Array.from(candidates, ({ request }) => (request === undefined ? 12 : sampleMean));
  const ones = new Float64Array(80).fill(1);
  const judgement = { mean, bound: mean, informed: mean, std: ones, surrogateStd: ones, trust: ones, feasible: ones };
  const parts = partsOf({ table, space, count: 32 }, judgement, {
    population: { candidates },
    outcomes,
    sampled: 48,
    bold,
  });
  const places = chooseInParts(mean, (i) => Float32Array.of(candidates[i]!.design.x), 32, 0, parts);
  return [0, 1, 2, undefined].map((request) => places.filter((at) => candidates[at]!.request === request).length);
}

describe('what the proposals are made up of', () => {
  // Worse than the best measured reward (10), and far below what would take their place.
  const poor = 5;
  // One standard deviation could make it better than what was found.
  const good = 11.5;

  test('a sixteenth are samples for the farthest target, whatever the surrogate says of them', () => {
    expect(chosen(poor, 'all')).toEqual([0, 2, 0, 30]);
  });

  test('unless only those are wanted that it finds promising, or none', () => {
    expect(chosen(poor, 'promising')).toEqual([0, 0, 0, 32]);
    expect(chosen(poor, undefined)).toEqual([0, 0, 0, 32]);
  });

  test('three sixteenths are the best samples that nothing pulled, an eighth pulled ones, where the surrogate bears it', () => {
    const [first, far, pulled, found] = chosen(good, undefined);
    expect([first! + far!, pulled, found]).toEqual([6, 4, 22]);
    const [first2, far2, pulled2, found2] = chosen(good, 'promising');
    expect([first2! + far2!, pulled2, found2]).toEqual([8, 4, 20]);
  });

  test('but where designs are choices alone none is there for being a sample', () => {
    const choices = createSpace({ parameters: { guide: { type: 'sequence', alphabet: 'ACGT', length: 4 } } });
    expect(chosen(good, 'all', choices)).toEqual([0, 0, 0, 32]);
  });
});

describe('neighbours of a design', () => {
  const space = createSpace({
    parameters: {
      x: { type: 'real', min: 0, max: 1 },
      kind: { type: 'categorical', values: ['a', 'b', 'c'] },
      way: { type: 'categorical', values: [1, 2] },
    },
  });
  const design = { x: 0.5, kind: 'b', way: 1 };

  test('differ from it in one choice, of those that are free', () => {
    expect(choiceNeighbours(space, design)).toEqual([
      { x: 0.5, kind: 'a', way: 1 },
      { x: 0.5, kind: 'c', way: 1 },
      { x: 0.5, kind: 'b', way: 2 },
    ]);
    const kept = space.fix({ way: 1 });
    expect(choiceNeighbours(kept, design).map(({ kind }) => kind)).toEqual(['a', 'c']);
    for (const one of choiceNeighbours(space, design)) expect(choiceNeighbourTest(space, design)(one)).toBe(true);
    expect(choiceNeighbourTest(space, design)({ ...design, x: 0.6 })).toBe(false);
    expect(choiceNeighbourTest(space, design)({ x: 0.5, kind: 'a', way: 2 })).toBe(false);
    expect(choiceNeighbourTest(space, design)(design)).toBe(false);
  });

  test('are an eighth of a batch where there is an incumbent, though nothing speaks for them', () => {
    const outlook = new Float64Array(20).fill(1).map((_, i) => (i < 3 ? 0 : 1));
    const candidates = [
      ...choiceNeighbours(space, design).map((one) => ({ design: one })),
      ...Array.from({ length: 17 }, (_, i) => ({ design: { ...design, x: i / 100 } })),
    ];
    const judged = { mean: outlook, bound: outlook, informed: outlook, std: outlook, surrogateStd: outlook };
    const judgement = { ...judged, trust: outlook, feasible: outlook };
    const placesWith = (incumbent: Design | undefined): readonly number[] => {
      const context = { table, space, count: 16, incumbent };
      const samples = { population: { candidates }, outcomes: [], sampled: 0, bold: undefined };
      const encoded = (i: number): Float32Array => space.encodeAll([candidates[i]!.design]);
      return chooseInParts(outlook, encoded, 16, 0, partsOf(context, judgement, samples));
    };
    expect(placesWith(undefined).filter((at) => at < 3)).toEqual([]);
    expect(placesWith(design).filter((at) => at < 3)).toHaveLength(2);
  });
});
