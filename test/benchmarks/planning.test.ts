import { describe, expect, it } from 'vitest';
import { playLoop } from '../../benchmarks/planning/loop.ts';
import {
  costOf,
  course,
  ends,
  endsMoved,
  missOf,
  pathOf,
  randomPath,
  randomPaths,
  space,
} from '../../benchmarks/planning/paths.ts';
import { planningPicture } from '../../benchmarks/planning/picture.ts';
import { withRuntime } from '../../benchmarks/methods/surrogate.ts';
import { quantile, randomStream } from '../../src/base/index.ts';
import {
  modelFile,
  readModel,
  sampleModel,
  trainOnTable,
  type LoadedModel,
  type SampleOptions,
} from '../../src/optimizer/index.ts';
import type { Design } from '../../src/space/index.ts';
import { tableFromRows } from '../../src/table/index.ts';
import { parse } from '../report/markup.ts';

describe('random paths', () => {
  const { designs, rewards } = randomPaths(400, randomStream(3));

  it('are the same for the same stream, in the space, and of four decimals', () => {
    expect(randomPaths(2, randomStream(3)).designs).toEqual(designs.slice(0, 2));
    expect(randomPath(randomStream(4))).not.toEqual(designs[0]);
    for (const design of designs) expect(space.problemWith(design)).toBeUndefined();
    for (const value of Object.values(designs[0]!)) expect(Number(Number(value).toFixed(4))).toBe(value);
  });

  it('cost what the course says, begin and end near start and goal but not there, and are good and bad', () => {
    designs.forEach((design, row) => expect(rewards[row]).toBe(costOf(design)));
    const missed = Float64Array.from(designs, missOf);
    expect(Math.min(...missed)).toBeGreaterThan(0);
    // Four normal deviations of 0.05, of mean size 0.0399 each.
    expect(Math.abs(missed.reduce((sum, miss) => sum + miss) / designs.length - 0.1596)).toBeLessThan(0.012);
    expect(quantile(rewards, 0.9)).toBeGreaterThan(2 * quantile(rewards, 0.1));
  });

  it('are smooth: neighbouring steps differ by far less than steps are long', () => {
    const [path] = designs;
    const at = (j: number): number => Number(path![`x${j + 1}`]);
    const steps = Array.from({ length: 29 }, (_, i) => at(2 * i + 2) - at(2 * i));
    const change = steps.slice(1).map((step, i) => Math.abs(step - steps[i]!));
    expect(Math.max(...change)).toBeLessThan(0.5 * Math.max(...steps.map(Math.abs)));
  });

  it('pay nothing for their ends once these are moved', () => {
    const moved = endsMoved(designs[5]!);
    expect(missOf(moved)).toBe(0);
    expect(missOf(designs[5]!)).toBeGreaterThan(0);
    const path = pathOf(moved);
    expect(path[0]).toEqual(course.start);
    expect(path.at(-1)).toEqual(course.goal);
    expect(costOf(moved)).toBeGreaterThan(course.lowerBound);
  });
});

/** A denoiser that has hardly learnt anything: what is held must hold all the same. */
async function hastyModel(): Promise<LoadedModel> {
  const { designs, rewards } = randomPaths(200, randomStream(0));
  const rows = designs.map((design, row) => ({ ...design, cost: rewards[row]! }));
  const table = tableFromRows(rows, { reward: 'cost', direction: 'minimize', space: space.definition }, 'paths');
  const options = {
    stream: randomStream(1),
    weighting: 'uniform',
    training: { width: 32, blocks: 1, steps: 60 },
  } as const;
  const trained = await withRuntime((runtime) => trainOnTable(table, runtime, options));
  return readModel(modelFile(trained, table), 'paths.onnx');
}

describe('inpainted paths', () => {
  it('begin at the start and end at the goal to the last bit; others do not', async () => {
    const model = await hastyModel();
    const draw = async (options: Partial<SampleOptions>): Promise<readonly Design[]> =>
      (await sampleModel(model, { count: 20, guidance: 3, seed: 2, threads: 1, ...options })).designs;
    const held = await draw({ fix: ends });
    for (const design of held) {
      expect(design).toMatchObject(ends);
      expect(space.fix(ends).problemWith(design)).toBeUndefined();
      const path = pathOf(design);
      expect(path[0]).toEqual(course.start);
      expect(path.at(-1)).toEqual(course.goal);
    }
    const free = await draw({});
    for (const design of free) expect(missOf(design)).toBeGreaterThan(0);
    // The same noise, and yet other points than the ends differ: samples know of what is held.
    expect(held.some((design, i) => design['x31'] !== free[i]!['x31'])).toBe(true);
  });

  it('are all that a loop measures, and get no worse', async () => {
    for (const name of ['random paths', 'CMA-ES', 'genetic algorithm'] as const) {
      const rounds = await playLoop(name, 0);
      expect(rounds).toHaveLength(7);
      rounds.forEach(({ cheapest, cost, median }, at) => {
        expect(cheapest).toMatchObject(ends);
        expect(costOf(cheapest)).toBe(cost);
        expect(cost).toBeLessThanOrEqual(rounds[Math.max(0, at - 1)]!.cost);
        expect(cost).toBeLessThanOrEqual(median);
      });
    }
  });
});

describe('a picture of paths', () => {
  const designs = Array.from({ length: 4 }, (_, row) => randomPath(randomStream(8).split(row)));
  const svg = planningPicture([{ name: 'one', design: designs[0]! }], { name: 'others', designs: designs.slice(1) });

  it('is well-formed, small, and shows every obstacle and path', () => {
    expect(parse(svg.trim()).children).toHaveLength(1);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg.match(/<path /g)).toHaveLength(4);
    // Obstacles, the page, and the square twice.
    expect(svg.match(/<rect /g)).toHaveLength(course.obstacles.length + 3);
    const drawn = [...svg.matchAll(/ d="M([^"]+)"/g)].flatMap(([, points]) => points!.split(/[ ,]/).map(Number));
    expect(drawn.every(Number.isFinite)).toBe(true);
  });
});
