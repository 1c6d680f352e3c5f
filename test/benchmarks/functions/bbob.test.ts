import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { bbob, bbobCount, describeBbob } from '../../../benchmarks/functions/bbob/bbob.ts';
import { normals, uniforms } from '../../../benchmarks/functions/bbob/random.ts';
import { mean, randomStream } from '../../../src/base/index.ts';
import { itWithData } from '../../support/data.ts';

interface Vector {
  readonly function: string;
  readonly instance: string;
  readonly dim: string;
  readonly kind: 'zero' | 'xopt' | 'rand';
  readonly f: string;
  readonly x: string;
}

const tolerance = 1e-9;
const kinds = ['zero', 'xopt', 'rand'] as const;

/** The largest relative error of each function at each kind of point. */
function largestErrors(vectors: readonly Vector[]): Map<string, number> {
  const largest = new Map<string, number>();
  const made = new Map<string, ReturnType<typeof bbob>>();
  for (const vector of vectors) {
    const key = `${vector.function} ${vector.instance} ${vector.dim}`;
    const tested = made.get(key) ?? bbob(Number(vector.function), Number(vector.instance), Number(vector.dim));
    made.set(key, tested);
    const expected = Number(vector.f);
    const value = tested.evaluate(Float64Array.from(vector.x.split(' '), Number));
    const cell = `${vector.function} ${vector.kind}`;
    largest.set(cell, Math.max(largest.get(cell) ?? 0, Math.abs(value - expected) / Math.abs(expected)));
  }
  return largest;
}

describe('BBOB', () => {
  itWithData('agrees with every value of the reference implementation', 'bbob/bbob_vectors.csv.gz', (path) => {
    const vectors = parse<Vector>(gunzipSync(readFileSync(path)), { columns: true });
    expect(vectors).toHaveLength(4320);
    const largest = largestErrors(vectors);
    const numbers = Array.from({ length: bbobCount }, (_, at) => at + 1);
    const row = (number: number): string => {
      const errors = kinds.map((kind) => (largest.get(`${number} ${kind}`) ?? NaN).toExponential(1).padStart(9));
      return `${`f${number}`.padEnd(4)}${describeBbob(number).title.padEnd(30)}${errors.join('')}`;
    };
    const head = `${'largest relative error'.padEnd(34)}${kinds.map((kind) => kind.padStart(9)).join('')}`;
    console.log([head, ...numbers.map(row)].join('\n'));
    for (const number of numbers) {
      for (const kind of kinds) expect(largest.get(`${number} ${kind}`), row(number)).toBeLessThan(tolerance);
    }
  });

  it.each(Array.from({ length: bbobCount }, (_, at) => at + 1))(
    'f%i is least at its optimum, inside the box',
    (number) => {
      for (const dimension of [2, 7]) {
        const { evaluate, optimum, optimalValue } = bbob(number, 3, dimension);
        const slack = 1e-9 * Math.max(1, Math.abs(optimalValue));
        expect(Math.abs(evaluate(optimum) - optimalValue)).toBeLessThan(slack);
        expect(Math.max(...optimum.map(Math.abs))).toBeLessThanOrEqual(5);
        const stream = randomStream(number);
        for (let draw = 0; draw < 200; draw++) {
          const reach = 10 ** (-4 * stream.uniform());
          const near = optimum.map((value) => Math.min(5, Math.max(-5, value + reach * stream.normal())));
          expect(evaluate(near)).toBeGreaterThan(optimalValue - slack);
        }
      }
    },
  );

  it('draws uniform and normal numbers', () => {
    const drawn = uniforms(20_000, 7);
    expect(mean(drawn)).toBeCloseTo(1 / 2, 2);
    expect(mean(drawn.map((value) => value ** 2))).toBeCloseTo(1 / 3, 2);
    expect(mean(normals(20_000, 7).map((value) => value ** 2))).toBeCloseTo(1, 1);
  });

  it('refuses what BBOB does not have', () => {
    expect(() => bbob(25, 1, 2)).toThrow('BBOB has no function 25; expected a whole number from 1 to 24.');
    expect(() => bbob(1, 0, 2)).toThrow('instance 0');
    expect(() => bbob(1, 1, 1)).toThrow('dimension 1');
  });
});
