import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream, type RandomStream } from '../../src/base/index.ts';

const times = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

/** The normal distribution function by its series (Marsaglia 2004), exact to about 1e-15 for |x| < 6. */
function normalCdf(x: number): number {
  let [term, total] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) total += term *= (x * x) / k;
  return 0.5 + total * Math.exp(-0.5 * x * x - 0.91893853320467274178);
}

/** The largest distance between the empirical distribution function and `cdf`. */
function kolmogorovSmirnov(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.slice().sort();
  return sorted.reduce((largest, x, i) => {
    const p = cdf(x);
    return Math.max(largest, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
}

interface FirstDraws {
  readonly stream: () => RandomStream;
  readonly integer: readonly number[];
  readonly permutation: readonly number[];
  readonly uniform: readonly number[];
  readonly normal: readonly number[];
}

const firstDraws: Readonly<Record<string, FirstDraws>> = {
  'seed 0': {
    stream: () => randomStream(0),
    integer: [612, 428, 152, 317, 727, 767, 253, 399],
    permutation: [6, 1, 7, 3, 2, 0, 5, 4],
    uniform: [
      0.9493251824751496, 0.3911986546590924, 0.9488282147794962, 0.7975321069825441, 0.8545964320655912,
      0.528077540686354, 0.11516368319280446, 0.25722347176633775,
    ],
    normal: [
      -0.18455292164767625, -0.23645598558549225, -0.7725019401624803, 0.3499846408568292, -1.0941189243305656,
      -1.4596445958768707, 0.9138293007610512, -1.0987685328637056,
    ],
  },
  'seed 1': {
    stream: () => randomStream(1),
    integer: [308, 3, 435, 527, 899, 694, 139, 590],
    permutation: [0, 7, 6, 5, 2, 3, 1, 4],
    uniform: [
      0.5849400321021676, 0.07547065685503185, 0.27610767516307533, 0.5029154771473259, 0.5370615746360272,
      0.04361329926177859, 0.9698497920762748, 0.23477514972910285,
    ],
    normal: [
      -0.3540859870471338, 0.5239985957721301, -1.3943418691447, -0.12930038368562036, 1.3954278161778992,
      -2.7188023393886573, 0.724090237727507, 0.01474903466103643,
    ],
  },
  'seed 1, training, batch 3': {
    stream: () => randomStream(1).split('training', 'batch', 3),
    integer: [480, 442, 163, 821, 287, 236, 719, 822],
    permutation: [7, 4, 2, 6, 1, 5, 3, 0],
    uniform: [
      0.3456427901983261, 0.804189229849726, 0.05543328891508281, 0.6198449574876577, 0.5384057962801307,
      0.8033433081582189, 0.23721454641781747, 0.9248125883750618,
    ],
    normal: [
      1.544806481980613, 0.1654640905981753, -1.2662380210156619, 0.36843403688759047, 0.8586474294502238,
      0.6984551167288836, -1.3208647724557965, 0.5187360592895106,
    ],
  },
  'seed -2.5, noise': {
    stream: () => randomStream(-2.5).split('noise'),
    integer: [779, 332, 328, 81, 79, 84, 963, 582],
    permutation: [0, 5, 4, 7, 1, 2, 6, 3],
    uniform: [
      0.3281873136293143, 0.26786591205745935, 0.9676826484501362, 0.8708390130195767, 0.6150577866937965,
      0.684966585598886, 0.9165375872980803, 0.22847964009270072,
    ],
    normal: [
      1.0422420853251517, -0.09298770560378238, -1.5032345494318438, -0.2696884376826172, -0.8827429711491144,
      -0.313562537218838, -1.2351253521605554, -0.23781853895404473,
    ],
  },
};

describe('streams are the same for ever: the first draws of', () => {
  test.each(Object.entries(firstDraws))('%s', (_, { stream, ...expected }) => {
    const [uniforms, normals, integers] = [stream(), stream(), stream()];
    expect({
      integer: times(8, () => integers.integer(1000)),
      permutation: Array.from(stream().permutation(8)),
      uniform: times(8, () => uniforms.uniform()),
      normal: times(8, () => normals.normal()),
    }).toEqual(expected);
  });
});

describe('a split', () => {
  test('depends on names alone, not on what was drawn before or after', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(20), fc.nat(20), (seed, name, before, between) => {
        const used = randomStream(seed);
        times(before, () => used.normal());
        const [first, fresh] = [used.split(name), randomStream(seed).split(name)];
        times(between, () => used.split('other').uniform());
        expect(times(5, () => first.uniform())).toEqual(times(5, () => fresh.uniform()));
      }),
      { seed: 1 },
    );
  });

  test('of one stream does not change what the stream gives', () => {
    const [plain, split] = [randomStream(3), randomStream(3)];
    split.split('a').uniform();
    expect(times(5, () => split.uniform())).toEqual(times(5, () => plain.uniform()));
  });

  test('by other names, in other order or of another seed is another stream', () => {
    const plain: (string | number)[][] = [[], ['a'], ['b'], ['a', 'b'], ['b', 'a'], ['ab'], [1], [2], ['a', 1], ['']];
    // One name that looks like two, and names that look like the escapes of others.
    const names = [
      ...plain,
      ['a/b'],
      ['a~b'],
      ['a~1b'],
      ['a~01b'],
      ['a', '', 'b'],
      ['', 'a', 'b'],
      ['/a', 'b'],
      ['a/', 'b'],
    ];
    const first = [0, 1, -1, 0.5, 2 ** 40].flatMap((seed) =>
      names.map((parts) => (parts.length === 0 ? randomStream(seed) : randomStream(seed).split(...parts)).uniform()),
    );
    expect(new Set(first).size).toBe(first.length);
  });

  test('by numbers gives streams that do not correlate', () => {
    const n = 20_000;
    const [a, b] = [randomStream(0).split(0), randomStream(0).split(1)];
    const left = a.fillNormal(new Float64Array(n));
    const right = b.fillNormal(new Float64Array(n));
    const correlation = left.reduce((total, x, i) => total + x * right[i]!, 0) / n;
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
    // First draws of many streams are as uniform as many draws of one.
    const firsts = Float64Array.from({ length: n }, (_, index) => randomStream(0).split('row', index).uniform());
    expect(kolmogorovSmirnov(firsts, (x) => x)).toBeLessThan(1.95 / Math.sqrt(n));
  });
});

describe('numbers', () => {
  const n = 100_000;

  test('of normal() are normal: Kolmogorov and Smirnov, moments, tails', () => {
    const sample = randomStream(7).split('normal').fillNormal(new Float64Array(n));
    // Exceeded once in a thousand samples.
    expect(kolmogorovSmirnov(sample, normalCdf)).toBeLessThan(1.95 / Math.sqrt(n));
    const moment = (power: number): number => sample.reduce((total, x) => total + x ** power, 0) / n;
    // Four standard errors of each moment: sqrt((E x^2p - (E x^p)^2) / n).
    const exact = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    exact.forEach((value, index) => {
      expect(Math.abs(moment(index + 1) - value)).toBeLessThan(4 * Math.sqrt(variances[index]! / n));
    });
    for (const edge of [2, 3, 3.442619855899]) {
      const expected = 1 - normalCdf(edge);
      for (const side of [-1, 1]) {
        const share = sample.filter((x) => side * x > edge).length / n;
        expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt(expected / n));
      }
    }
  });

  test('beyond the ziggurat have the tail of the normal distribution', () => {
    const stream = randomStream(8);
    const edge = 3.442619855899;
    const tail: number[] = [];
    for (let i = 0; i < 2_000_000; i++) {
      const x = Math.abs(stream.normal());
      if (x > edge) tail.push(x);
    }
    const beyond = 1 - normalCdf(edge);
    expect(Math.abs(tail.length / 2_000_000 - 2 * beyond)).toBeLessThan(4 * Math.sqrt((2 * beyond) / 2_000_000));
    const distance = kolmogorovSmirnov(Float64Array.from(tail), (x) => 1 - (1 - normalCdf(x)) / beyond);
    expect(distance).toBeLessThan(1.95 / Math.sqrt(tail.length));
  });

  test('of uniform() are uniform on [0, 1)', () => {
    const stream = randomStream(9);
    const sample = Float64Array.from({ length: n }, () => stream.uniform());
    expect(kolmogorovSmirnov(sample, (x) => x)).toBeLessThan(1.95 / Math.sqrt(n));
    expect(sample.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  test.each([1, 2, 3, 7, 10, 64, 1000])('of integer(%i) are equally likely', (below) => {
    const stream = randomStream(10).split(below);
    const counts = new Array<number>(below).fill(0);
    for (let i = 0; i < n; i++) counts[stream.integer(below)]!++;
    const expected = n / below;
    const chiSquared = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    const freedom = below - 1;
    expect(Math.abs(chiSquared - freedom)).toBeLessThanOrEqual(4 * Math.sqrt(2 * freedom));
  });

  test('of integer() reach all of a large range', () => {
    const stream = randomStream(12);
    // A plain remainder would make the lower third twice as likely.
    const below = 3 * 2 ** 30;
    const low = times(30_000, () => stream.integer(below)).filter((x) => x < 2 ** 30).length;
    expect(Math.abs(low / 30_000 - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 30_000));
    expect(times(1000, () => stream.integer(2 ** 32)).some((x) => x >= 2 ** 31)).toBe(true);
  });

  test('of permutation() are each of 0 to n - 1 once', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(200), (seed, size) => {
        const order = Array.from(randomStream(seed).permutation(size));
        expect(order.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, index) => index));
      }),
      { seed: 2 },
    );
  });

  test('of permutation() are every order equally often', () => {
    const stream = randomStream(13);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = stream.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    // Exceeded once in a thousand samples at 23 degrees of freedom.
    expect(chiSquared).toBeLessThan(49.7);
  });
});
