import { describe, expect, test } from 'vitest';
import { partsOf, type BoldSamples } from '../../src/optimizer/parts.ts';
import { chooseInParts } from '../../src/optimizer/select.ts';
import type { TargetOutcome } from '../../src/optimizer/types.ts';
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
function chosen(sampleMean: number, bold: BoldSamples | undefined): readonly number[] {
  const mean = Float64Array.from(candidates, ({ request }) => (request === undefined ? 12 : sampleMean));
  const ones = new Float64Array(80).fill(1);
  const judgement = { mean, bound: mean, informed: mean, std: ones, surrogateStd: ones, trust: ones, feasible: ones };
  const parts = partsOf({ table, count: 32 }, judgement, { population: { candidates }, outcomes, sampled: 48, bold });
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
});
