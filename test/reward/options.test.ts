import { describe, expect, test } from 'vitest';
import { correlation, randomStream } from '../../src/base/index.ts';
import { constant, onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { covariancesWith } from '../../src/reward/gaussian-process-graph.ts';
import { encodedLayout, fitGaussianProcess } from '../../src/reward/index.ts';
import { compared, crossCovariance, type Inputs } from '../../src/reward/kernel.ts';
import { startingHyperparameters } from '../../src/reward/marginal-likelihood.ts';
import { equidistantPoints, optionLayout } from '../../src/reward/options.ts';
import { createSpace, type Design } from '../../src/space/index.ts';
import { expectGradient } from './differences.ts';

const materials = ['a', 'b', 'c'];
const space = createSpace({
  parameters: {
    first: { type: 'categorical', values: materials },
    thickness: { type: 'real', min: 0, max: 1 },
    second: { type: 'categorical', values: materials },
    glass: { type: 'categorical', values: ['x', 'y'] },
  },
});
const layout = encodedLayout(space);
const d = space.dimension;
const unit = Float64Array.from(layout.groups, (_, k) => (k === 3 ? 1 / 2 : 1 / Math.sqrt(8)));

function drawDesigns(n: number, seed: number): Float64Array {
  const stream = randomStream(seed);
  const designs = Array.from({ length: n }, (): Design => ({
    first: materials[stream.integer(3)]!,
    thickness: stream.uniform(),
    second: materials[stream.integer(3)]!,
    glass: ['x', 'y'][stream.integer(2)]!,
  }));
  return Float64Array.from(space.encodeAll(designs));
}

const inUnits = (encoded: Float64Array): Inputs => ({
  designs: encoded.map((value, at) => value * unit[at % d]!),
  groups: layout.groups,
  optionLists: layout.optionLists,
});

describe('points of options', () => {
  const inputs = inUnits(drawDesigns(20, 1));
  const options = optionLayout(inputs)!;
  const start = startingHyperparameters(inputs);
  // Four length scales, three points of three coordinates, and what all have in common.
  const theta = randomStream(2)
    .fillNormal(new Float64Array(4 + 9 + 4))
    .map((value, at) => start[at]! + 0.3 * value);

  test('belong to choices with the same options alone', () => {
    expect(layout.optionLists).toEqual([0, 0, 0, -1, 0, 0, 0, 1, 1]);
    expect(options).toEqual({
      choices: [
        { first: 0, options: 3, at: 4 },
        { first: 4, options: 3, at: 4 },
      ],
      from: 4,
      size: 9,
    });
    expect(optionLayout({ groups: [0, 0, 1, 1], optionLists: [0, 0, 1, 1] })).toBeUndefined();
    expect(optionLayout({ groups: [0, 0, 1, 1] })).toBeUndefined();
    const wide = Array.from({ length: 600 }, (_, k) => Math.floor(k / 2));
    expect(optionLayout({ groups: wide, optionLists: wide.map(() => 0) })).toBeUndefined();
  });

  test('are 1 apart to begin with, as options are without', async () => {
    expect(start.subarray(4, 13)).toEqual(equidistantPoints(options));
    const learnt = await compared(inputs, start);
    const { optionLists: _, ...plain } = inputs;
    const fixed = await compared(plain, Float64Array.of(...start.slice(0, 4), ...start.slice(-4)));
    learnt.squares.forEach((square, at) => expect(square).toBeCloseTo(fixed.squares[at]!, 9));
  });

  test('have the gradient of central differences', async () => {
    await expectGradient(inputs, theta, randomStream(3).fillNormal(new Float64Array(20)));
  });

  test('are the same in tensors', async () => {
    const others = drawDesigns(7, 4);
    const program = await referenceRuntime.compile({
      outputs: { whole: covariancesWith(inputs, unit, theta).whole(constant(others, [7, d])) },
    });
    const { whole } = await program.run({});
    const expected = crossCovariance(inputs, inUnits(others), theta);
    for (let i = 0; i < 7; i++) {
      expected(i).forEach((value, j) => expect(whole!.data[i * 20 + j]).toBeCloseTo(value, 4));
    }
    await program.dispose();
  });

  test('let one choice learn from another what is alike', async () => {
    // Eight options along a line, which nothing says, in five choices; the sum's square is no sum over choices.
    const letters = [...'hbfadgce'];
    const place = (letter: string): number => letter.charCodeAt(0) - 'a'.charCodeAt(0);
    const parameters = Object.fromEntries(
      ['one', 'two', 'three', 'four', 'five'].map((name) => [name, { type: 'categorical', values: letters } as const]),
    );
    const words = createSpace({ parameters });
    const draw = (n: number, seed: number) => {
      const stream = randomStream(seed);
      const designs = Array.from({ length: n }, () =>
        Object.fromEntries(words.names.map((name) => [name, letters[stream.integer(8)]!])),
      );
      const total = (design: Design): number => words.names.reduce((sum, name) => sum + place(String(design[name])), 0);
      const rewards = Float64Array.from(designs, (design) => -((total(design) - 17) ** 2));
      return { designs: words.encodeAll(designs), rewards };
    };
    const runtime = onnxRuntime({ threads: 1 });
    const known = draw(120, 1);
    const fresh = draw(300, 2);
    const rows = { ...known, ...encodedLayout(words) };
    const correlations: number[] = [];
    for (const alikeOptions of [true, false]) {
      const surrogate = await fitGaussianProcess({ alikeOptions })(rows, { runtime, stream: randomStream(1) });
      correlations.push(correlation((await surrogate.predict(fresh.designs)).mean, fresh.rewards));
      await surrogate.dispose();
    }
    await runtime.close();
    expect(correlations[0]).toBeGreaterThan(0.9);
    expect(correlations[1]).toBeLessThan(0.7);
  });
});
