import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import { decimal, drawnSpace, vectors } from './spaces.ts';

const mixed: SpaceDefinition = {
  parameters: {
    temperature: { type: 'real', min: 20, max: 90, step: 0.5 },
    loading: { type: 'real', min: 0.01, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 5 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    catalyst: { type: 'categorical', values: ['A', 'B', 3] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 2 },
  },
};
const design: Design = { temperature: 55, loading: 0.1, layers: 2, grade: 32, catalyst: 3, guide: 'GA' };

describe('encode', () => {
  test('gives each kind of parameter its coordinates', () => {
    const space = createSpace(mixed);
    expect(space.dimension).toBe(4 + 3 + 8);
    expect(space.columns.map(({ name, offset, width, kind }) => [name, offset, width, kind])).toEqual([
      ['temperature', 0, 1, 'scalar'],
      ['loading', 1, 1, 'scalar'],
      ['layers', 2, 1, 'scalar'],
      ['grade', 3, 1, 'scalar'],
      ['catalyst', 4, 3, 'onehot'],
      ['guide', 7, 8, 'onehot'],
    ]);
    const vector = Array.from(space.encode(design));
    expect(vector[0]).toBe(0);
    expect(vector[1]).toBeCloseTo(0, 14);
    expect(vector.slice(2)).toEqual([-0.5, 1, -1, -1, 1, -1, -1, 1, -1, 1, -1, -1, -1]);
  });

  test('gives 0 for a parameter of one value', () => {
    const space = createSpace({
      parameters: { a: { type: 'real', min: 3, max: 3 }, b: { type: 'ordinal', values: ['x'] } },
    });
    expect(Array.from(space.encode({ a: 3, b: 'x' }))).toEqual([0, 0]);
    expect(space.decode([0.7, -9])).toEqual({ a: 3, b: 'x' });
  });

  test('spans -1 to 1 by the steps, also when they do not divide the range', () => {
    const space = createSpace({ parameters: { a: { type: 'real', min: 0, max: 1, step: 0.3 } } });
    expect(Array.from(space.encode({ a: 0.9 }))).toEqual([1]);
    expect(space.decode([5])).toEqual({ a: 0.9 });
    expect(space.size).toBe(4);
  });

  test('refuses a value outside its parameter', () => {
    const space = createSpace(mixed);
    expect(() => space.encode({ ...design, temperature: 95 })).toThrow(
      "the design's temperature is 95, outside 20 to 90",
    );
  });

  test('of many designs is the rows of a matrix', () => {
    const space = createSpace(mixed);
    const other = { ...design, layers: 5, guide: 'TT' };
    const matrix = space.encodeAll([design, other]);
    expect(matrix.subarray(0, space.dimension)).toEqual(Float32Array.from(space.encode(design)));
    expect(matrix.subarray(space.dimension)).toEqual(Float32Array.from(space.encode(other)));
  });
});

describe('decode', () => {
  test('undoes encode on every design', () => {
    fc.assert(
      fc.property(drawnSpace, ({ parameters, drawn, designs }) => {
        const space = createSpace({ parameters });
        for (const original of designs) {
          const vector = space.encode(original);
          expect(vector.every((x) => x >= -1 && x <= 1)).toBe(true);
          const back = space.decode(vector)!;
          expect(Object.keys(back)).toEqual(Object.keys(parameters));
          for (const { name, parameter, continuous } of drawn) {
            const a = original[name]!;
            const b = back[name]!;
            if (!continuous || !('min' in parameter)) expect(b).toBe(a);
            else if (parameter.scale === 'log') expect(Math.abs(Math.log(Number(b) / Number(a)))).toBeLessThan(1e-13);
            else expect(Math.abs(Number(b) - Number(a))).toBeLessThanOrEqual(4e-16 * (parameter.max - parameter.min));
          }
          expect(space.problemWith(original)).toBeUndefined();
        }
      }),
      { numRuns: 400 },
    );
  });

  test('gives a design of the space for any finite vector, read at its offset', () => {
    fc.assert(
      fc.property(
        drawnSpace.chain((drawn) => {
          const space = createSpace({ parameters: drawn.parameters });
          return fc.tuple(fc.constant(space), vectors(space.dimension));
        }),
        ([space, vector]) => {
          const decoded = space.decode([7, 7, ...vector], 2);
          expect(decoded).toBeDefined();
          expect(space.problemWith(decoded!)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  test('takes the nearest value', () => {
    const space = createSpace({
      parameters: { a: { type: 'real', min: 0, max: 1, step: 0.1 }, b: { type: 'integer', min: 0, max: 4 } },
    });
    expect(space.decode([-0.42, 0.24])).toEqual({ a: 0.3, b: 2 });
    expect(space.decode([-0.38, 0.26])).toEqual({ a: 0.3, b: 3 });
  });

  test('steps are the doubles of their decimals', () => {
    const space = createSpace({ parameters: { a: { type: 'real', min: -0.7, max: 2, step: 0.1 } } });
    for (let k = 0; k <= 27; k++) {
      const value = decimal(k - 7, 1);
      expect(space.decode(space.encode({ a: value }))).toEqual({ a: value });
    }
  });

  test.each([NaN, Infinity, -Infinity])('refuses %s, and names the parameter', (bad) => {
    const space = createSpace(mixed);
    const vector = Array.from(space.encode(design));
    vector[8] = bad;
    expect(() => space.decode(vector)).toThrow(`coordinate 8 of a design (guide) is ${bad}, not a finite number`);
  });

  test('refuses a vector that is too short', () => {
    expect(() => createSpace(mixed).decode([0, 0])).toThrow('A design has 15 coordinates; 2 were given.');
  });
});

describe('size and decimals', () => {
  test('count the designs', () => {
    expect(createSpace(mixed).size).toBe(Infinity);
    const { loading: _, ...finite } = mixed.parameters;
    const space = createSpace({ parameters: finite });
    expect(space.size).toBe(141 * 5 * 3 * 3 * 16);
    expect(space.fix({ layers: 3, guide: 'CC' }).size).toBe(141 * 3 * 3);
  });

  test('come from step and min', () => {
    const space = createSpace({
      parameters: {
        ...mixed.parameters,
        fine: { type: 'real', min: 0.125, max: 1, step: 0.5 },
        tiny: { type: 'real', min: 0, max: 1e-5, step: 1e-7 },
      },
    });
    expect(space.names.map((name) => space.decimals(name))).toEqual([
      1,
      undefined,
      0,
      undefined,
      undefined,
      undefined,
      3,
      7,
    ]);
  });
});
