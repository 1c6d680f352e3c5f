import fc from 'fast-check';
import type { Design, Parameter, Value } from '../../src/space/index.ts';

/** A parameter with a way to draw any of its values, computed without the code under test. */
export interface DrawnParameter {
  readonly parameter: Parameter;
  readonly value: fc.Arbitrary<Value>;
  /** True when floating point may lose the last bits of a value. */
  readonly continuous: boolean;
}

/** The double nearest to whole x 10^-decimals. */
export function decimal(whole: number, decimals: number): number {
  return Number(`${whole}e-${decimals}`);
}

const finite = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((x) => x + 0);

const real = fc
  .tuple(fc.constantFrom(1e-6, 1, 1000, 1e9), finite(-1, 1), finite(-1, 1))
  .map(([size, a, b]): DrawnParameter => {
    const min = size * Math.min(a, b);
    const max = size * Math.max(a, b);
    return { parameter: { type: 'real', min, max }, value: finite(min, max), continuous: true };
  });

const logReal = fc.tuple(finite(-6, 5), finite(0, 8)).map(([low, width]): DrawnParameter => {
  const min = 10 ** low;
  const max = 10 ** (low + width);
  return { parameter: { type: 'real', min, max, scale: 'log' }, value: finite(min, max), continuous: true };
});

const steppedReal = fc
  .record({
    decimals: fc.integer({ min: 0, max: 6 }),
    first: fc.integer({ min: -5000, max: 5000 }),
    step: fc.integer({ min: 1, max: 400 }),
    count: fc.integer({ min: 1, max: 3000 }),
    beyond: finite(0, 0.99),
    log: fc.boolean(),
  })
  .map(({ decimals, first, step, count, beyond, log }): DrawnParameter => {
    const start = log ? Math.abs(first) + 1 : first;
    // Steps need not divide the range: the rest is below one step.
    const last = start + (count - 1) * step;
    const max = decimal(last, decimals) + beyond * decimal(step, decimals) * 0.999;
    return {
      parameter: {
        type: 'real',
        min: decimal(start, decimals),
        max: Math.max(max, decimal(last, decimals)),
        step: decimal(step, decimals),
        scale: log ? 'log' : 'linear',
      },
      value: fc.integer({ min: 0, max: count - 1 }).map((k) => decimal(start + k * step, decimals)),
      continuous: false,
    };
  });

const integer = fc
  .record({
    min: fc.oneof(fc.integer({ min: -100, max: 100 }), fc.constant(-(2 ** 49)), fc.integer()),
    step: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 50 })),
    count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 44 })),
    beyond: fc.integer({ min: 0, max: 49 }),
  })
  .map(({ min, step, count, beyond }): DrawnParameter => ({
    parameter: { type: 'integer', min, max: min + (count - 1) * step + (beyond % step), step },
    value: fc.integer({ min: 0, max: count - 1 }).map((k) => min + k * step),
    continuous: false,
  }));

const logInteger = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1e11 }))
  .map(([min, width]): DrawnParameter => ({
    parameter: { type: 'integer', min, max: min + width, scale: 'log' },
    value: fc.integer({ min, max: min + width }),
    continuous: false,
  }));

const values = fc.uniqueArray(fc.oneof(fc.integer(), finite(-10, 10), fc.string({ minLength: 1, maxLength: 5 })), {
  minLength: 1,
  maxLength: 12,
  selector: String,
});

const list = fc
  .tuple(fc.constantFrom('ordinal' as const, 'categorical' as const), values)
  .map(([type, items]): DrawnParameter => ({
    parameter: { type, values: items },
    value: fc.constantFrom(...items),
    continuous: false,
  }));

const sequence = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...'ACGTé中😀𝛼xyz-|'), { minLength: 1 }), fc.integer({ min: 1, max: 9 }))
  .map(([letters, length]): DrawnParameter => ({
    parameter: { type: 'sequence', alphabet: letters.join(''), length },
    value: fc.array(fc.constantFrom(...letters), { minLength: length, maxLength: length }).map((text) => text.join('')),
    continuous: false,
  }));

export const drawnParameter: fc.Arbitrary<DrawnParameter> = fc.oneof(
  real,
  logReal,
  steppedReal,
  integer,
  logInteger,
  list,
  sequence,
);

export interface DrawnSpace {
  readonly parameters: Record<string, Parameter>;
  readonly drawn: readonly (DrawnParameter & { readonly name: string })[];
  readonly designs: readonly Design[];
}

/** A space of 1 to 6 parameters without constraints, and some of its designs. */
export const drawnSpace: fc.Arbitrary<DrawnSpace> = fc
  .array(drawnParameter, { minLength: 1, maxLength: 6 })
  .chain((parts) => {
    const drawn = parts.map((part, i) => ({ ...part, name: `p${i}` }));
    const design = fc.record(Object.fromEntries(drawn.map(({ name, value }) => [name, value])));
    return fc.array(design, { minLength: 1, maxLength: 5 }).map((designs) => ({
      parameters: Object.fromEntries(drawn.map(({ name, parameter }) => [name, parameter])),
      drawn,
      designs,
    }));
  });

/** Any finite coordinates, far outside [-1, 1] as well. */
export function vectors(dimension: number): fc.Arbitrary<number[]> {
  const coordinate = fc.oneof(
    finite(-1.5, 1.5),
    finite(-1.5, 1.5),
    finite(-1e6, 1e6),
    fc.constantFrom(-1, 0, 1, 1e300, -1e300),
  );
  return fc.array(coordinate, { minLength: dimension, maxLength: dimension });
}
