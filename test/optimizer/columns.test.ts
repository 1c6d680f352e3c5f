import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { input, onnxRuntime, type NamedValues } from '../../src/graph/index.ts';
import { columnOutputs, designsFromOutputs, outputName } from '../../src/optimizer/columns.ts';
import { createSpace, fromCoordinate, type Parameter, type Space, type Value } from '../../src/space/index.ts';
import { evaluate } from '../graph/helpers.ts';
import { drawnSpace } from '../space/spaces.ts';

const onnx = onnxRuntime({ threads: 1 });
afterAll(() => onnx.close());

/** What the graph makes of n encoded designs, as they leave a sampler: float32 and within the box. */
function outputsOf(space: Space, vectors: Float32Array): Promise<NamedValues> {
  const n = vectors.length / space.dimension;
  const designs = input('designs', ['n', space.dimension]);
  return evaluate(onnx, columnOutputs(space)(designs), {
    designs: { shape: [n, space.dimension], data: vectors },
  });
}

/** Rounding errors of float32 in a value of a parameter with this range; numbers below 1e-37 are nothing to it. */
function slack(low: number, high: number, log: boolean): number {
  const relative = 1e-6 * (log ? 1 + Math.log(high / low) : 1);
  return 1e-37 + (log ? relative * high : 1e-6 * (high - low) + 2e-7 * Math.max(Math.abs(low), Math.abs(high)));
}

/** The values that float32 may take for the one that float64 gives: the same, or the other of two that are equally near. */
function agrees(column: Space['columns'][number], x: number, there: Value, expected: Value): boolean {
  if (column.kind === 'onehot') return there === expected;
  const { axis, parameter } = column;
  const error = slack(axis.low, axis.high, axis.log);
  if (parameter.type === 'ordinal') {
    const place = fromCoordinate(axis, x);
    const positions = [there, expected].map((value) => parameter.values.indexOf(value));
    return positions[0] === positions[1] || positions.every((k) => Math.abs(Math.abs(k - place) - 0.5) < 1e-5);
  }
  const distance = Math.abs(Number(there) - Number(expected));
  const step =
    parameter.type === 'integer' ? (parameter.step ?? 1) : parameter.type === 'real' ? parameter.step : undefined;
  if (step === undefined) return distance <= error;
  const beyond = Math.abs(((fromCoordinate(axis, x) - axis.low) / step) % 1);
  return (
    distance === 0 ||
    (Math.abs(beyond - 0.5) * step <= 2 * error && distance <= step * (1 + 1e-9) + 4 * error) ||
    error > step / 4
  );
}

describe('outputs in own units', () => {
  test('say what the space decodes, for every kind of parameter', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(drawnSpace, fc.integer(), async ({ parameters, designs }, seed) => {
        const space = createSpace({ parameters });
        // Designs of the space, and points between them.
        const known = space.encodeAll(designs);
        const between = known.map((value, i) => Math.fround(0.83 * value + 0.17 * Math.sin(i + seed)));
        const vectors = Float32Array.from([...known, ...between]);
        const result = designsFromOutputs(space, await outputsOf(space, vectors.slice()));
        result.forEach((design, row) => {
          const start = row * space.dimension;
          const expected = space.decode(vectors, start)!;
          for (const column of space.columns) {
            const { name, offset } = column;
            const fits = agrees(column, vectors[start + offset]!, design![name]!, expected[name]!);
            expect(fits, `${JSON.stringify(column.parameter)}: ${design![name]} for ${expected[name]}`).toBe(true);
            compared++;
          }
          expect(space.problemWith(design!)).toBeUndefined();
        });
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  const mixed: Readonly<Record<string, Parameter>> = {
    temperature: { type: 'real', min: 20, max: 90 },
    stepped: { type: 'real', min: 0, max: 2, step: 0.25 },
    loading: { type: 'real', min: 0.01, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 9 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    catalyst: { type: 'categorical', values: ['A', 'B', 'C'] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 3 },
  };

  test('one per column, numbers as float32 and choices as indices: an example by hand', async () => {
    const space = createSpace({ parameters: mixed });
    const catalyst = [-1, 0.2, -0.3];
    const guide = [0, 1, 0, 0, 0, 0, 0, 0.5, -1, -0.5, -0.6, -0.7];
    const vectors = Float32Array.from([0, 0.13, 0, -1, 0.4, ...catalyst, ...guide]);
    const outputs = await outputsOf(space, vectors);
    expect(Object.keys(outputs)).toEqual(Object.keys(mixed).map(outputName));
    const numbers = (name: string): number[] => Array.from(outputs[outputName(name)]!.data);
    expect(numbers('temperature')).toEqual([55]);
    // 1.13 lies nearest to 1.25.
    expect(numbers('stepped')).toEqual([1.25]);
    expect(numbers('loading')[0]).toBeCloseTo(0.1, 6);
    expect(numbers('layers')).toEqual([1]);
    expect(numbers('grade')).toEqual([1]);
    expect(numbers('catalyst')).toEqual([1]);
    expect(outputs[outputName('guide')]!.shape).toEqual([1, 3]);
    expect(numbers('guide')).toEqual([1, 3, 1]);
    for (const name of ['grade', 'catalyst', 'guide'])
      expect(outputs[outputName(name)]!.data).toBeInstanceOf(Int32Array);
    for (const name of ['temperature', 'layers']) expect(outputs[outputName(name)]!.data).toBeInstanceOf(Float32Array);
    expect(designsFromOutputs(space, outputs)).toEqual([
      {
        temperature: 55,
        stepped: 1.25,
        loading: expect.closeTo(0.1, 6) as number,
        layers: 1,
        grade: 16,
        catalyst: 'B',
        guide: 'CTC',
      },
    ]);
  });

  test('a real that nothing ties down is the float32 number itself, within its bounds', async () => {
    const space = createSpace({ parameters: { a: { type: 'real', min: 0.1, max: 0.3 } } });
    const outputs = await outputsOf(space, Float32Array.of(-1, 0.3, 1));
    const designs = designsFromOutputs(space, outputs);
    expect(designs[1]?.['a']).toBe(outputs[outputName('a')]!.data[1]);
    // float32 has no 0.1 and no 0.3: both are rounded up, the latter to a number beyond the bound.
    expect(designs.map((design) => design?.['a'])).toEqual([Math.fround(0.1), expect.any(Number), 0.3]);
  });

  test.each(Object.keys(mixed))('not-a-number in %s is a data error, never a design', async (name) => {
    const space = createSpace({ parameters: mixed });
    const { offset, width } = space.columns.find((column) => column.name === name)!;
    for (let at = offset; at < offset + width; at++) {
      const vectors = new Float32Array(space.dimension);
      vectors[at] = NaN;
      const outputs = await outputsOf(space, vectors);
      expect(() => designsFromOutputs(space, outputs)).toThrow(UserError);
      expect(() => designsFromOutputs(space, outputs)).toThrow(`(${name}) is NaN`);
    }
  });

  test.each([2, 3, 7, 8, 9, 16, 20, 33])('a choice among %d, none of them a number, is a data error', async (count) => {
    const values = Array.from({ length: count }, (_, i) => `v${i}`);
    for (const type of ['categorical', 'ordinal'] as const) {
      const space = createSpace({ parameters: { a: { type, values } } });
      for (const n of [1, 5]) {
        const outputs = await outputsOf(space, new Float32Array(n * space.dimension).fill(NaN));
        expect(Array.from(outputs[outputName('a')]!.data)).toEqual(new Array(n).fill(-1));
        expect(() => designsFromOutputs(space, outputs)).toThrow('not a finite number');
      }
    }
  });

  test('constraints and fixed values hold exactly in the designs', async () => {
    const fraction = { type: 'real', min: 0, max: 1 } as const;
    const space = createSpace({
      parameters: { a: fraction, b: fraction, c: fraction, layers: { type: 'integer', min: 1, max: 9 } },
      constraints: [
        { sum: ['a', 'b', 'c'], equals: 1 },
        { linear: { a: 2, layers: 1 }, atMost: 4 },
      ],
    }).fix({ b: 0.25 });
    const vectors = Float32Array.from({ length: 40 }, (_, i) => Math.sin(7 * i));
    for (const design of designsFromOutputs(space, await outputsOf(space, vectors))) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => design![name] as number);
      expect(b).toBe(0.25);
      expect(Math.abs(a! + b! + c! - 1)).toBeLessThanOrEqual(1e-9);
      expect(2 * a! + (design!['layers'] as number)).toBeLessThanOrEqual(4 + 1e-9);
    }
  });
});
