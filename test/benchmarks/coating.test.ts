import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandReflectance,
  coatingMaterials,
  coatingSpace,
  coatingWavelengths,
  designOf,
  layersOf,
  meanReflectance,
  reflectance,
  refractiveIndex,
  transmittance,
  type Layer,
} from '../../benchmarks/index.ts';

/** Fraunhofer's d line, nm. */
const yellow = 587.5618;

const layer: fc.Arbitrary<Layer> = fc.record({
  material: fc.constantFrom(...coatingMaterials),
  thickness: fc.integer({ min: 100, max: 2000 }).map((tenths) => tenths / 10),
});
const stack = fc.array(layer, { maxLength: 8 });
const wavelength = fc.double({ min: 400, max: 700, noNaN: true });

/** Films between two half-spaces by their refractive indices, n + 2 of them, and thicknesses, n, in the light's order. */
interface Films {
  readonly indices: readonly number[];
  readonly thicknesses: readonly number[];
}

function filmsOnGlass(layers: readonly Layer[], lambda: number): Films {
  const indices = layers.map(({ material }) => refractiveIndex(material, lambda));
  return {
    indices: [1, ...indices, refractiveIndex('BK7', lambda)],
    thicknesses: layers.map(({ thickness }) => thickness),
  };
}

/** Rouard's recursion over Fresnel amplitudes in complex arithmetic: r = (f + r' e) / (1 + f r' e), from the last surface upwards. */
function reflectanceByRouard({ indices, thicknesses }: Films, lambda: number): number {
  const fresnel = (i: number): number => (indices[i]! - indices[i + 1]!) / (indices[i]! + indices[i + 1]!);
  let re = fresnel(thicknesses.length);
  let im = 0;
  for (let i = thicknesses.length - 1; i >= 0; i--) {
    const phase = (-4 * Math.PI * indices[i + 1]! * thicknesses[i]!) / lambda;
    const delayedRe = re * Math.cos(phase) - im * Math.sin(phase);
    const delayedIm = re * Math.sin(phase) + im * Math.cos(phase);
    const f = fresnel(i);
    const [numeratorRe, numeratorIm] = [f + delayedRe, delayedIm];
    const [denominatorRe, denominatorIm] = [1 + f * delayedRe, f * delayedIm];
    const size = denominatorRe ** 2 + denominatorIm ** 2;
    re = (numeratorRe * denominatorRe + numeratorIm * denominatorIm) / size;
    im = (numeratorIm * denominatorRe - numeratorRe * denominatorIm) / size;
  }
  return re ** 2 + im ** 2;
}

describe('refractive indices', () => {
  it.each([
    ['BK7', yellow, 1.5168],
    ['BK7', 486.1327, 1.52238],
    ['BK7', 656.2725, 1.51432],
    ['SiO2', yellow, 1.45846],
    ['SiO2', 404.6561, 1.46962],
    ['MgF2', yellow, 1.37774],
    ['Al2O3', 500, 1.654],
    ['Ta2O5', 500, 2.158],
    ['TiO2', 500, 2.45],
  ] as const)('%s at %f nm is %f', (medium, lambda, index) => {
    expect(refractiveIndex(medium, lambda)).toBeCloseTo(index, 5);
  });

  it('lists materials by rising index over the whole band', () => {
    for (const lambda of coatingWavelengths) {
      const indices = coatingMaterials.map((material) => refractiveIndex(material, lambda));
      expect(indices).toEqual(indices.toSorted((a, b) => a - b));
    }
  });
});

describe('transfer matrices', () => {
  it('reproduces Fresnel on bare glass', () => {
    const n = refractiveIndex('BK7', yellow);
    expect(reflectance([], yellow)).toBeCloseTo(((n - 1) / (n + 1)) ** 2, 14);
  });

  it('keeps energy: R + T = 1', () => {
    fc.assert(
      fc.property(stack, wavelength, (layers, lambda) => {
        expect(reflectance(layers, lambda) + transmittance(layers, lambda)).toBeCloseTo(1, 12);
      }),
    );
  });

  it("agrees with Rouard's recursion", () => {
    fc.assert(
      fc.property(stack, wavelength, (layers, lambda) => {
        expect(reflectance(layers, lambda)).toBeCloseTo(reflectanceByRouard(filmsOnGlass(layers, lambda), lambda), 12);
      }),
    );
  });

  it('gives a quarter-wave film ((n_glass - n^2) / (n_glass + n^2))^2', () => {
    fc.assert(
      fc.property(fc.constantFrom(...coatingMaterials), wavelength, (material, lambda) => {
        const n = refractiveIndex(material, lambda);
        const glass = refractiveIndex('BK7', lambda);
        const film: Layer = { material, thickness: lambda / (4 * n) };
        expect(reflectance([film], lambda)).toBeCloseTo(((glass - n * n) / (glass + n * n)) ** 2, 12);
      }),
    );
  });

  it('does not see a half-wave layer at its wavelength, anywhere in a stack', () => {
    fc.assert(
      fc.property(stack, stack, fc.constantFrom(...coatingMaterials), wavelength, (above, below, material, lambda) => {
        const halfWave: Layer = { material, thickness: lambda / (2 * refractiveIndex(material, lambda)) };
        expect(reflectance([...above, halfWave, ...below], lambda)).toBeCloseTo(
          reflectance([...above, ...below], lambda),
          11,
        );
      }),
    );
  });

  it('does not see a cut through a layer', () => {
    fc.assert(
      fc.property(
        stack,
        layer,
        stack,
        fc.double({ min: 0, max: 1, noNaN: true }),
        wavelength,
        (above, cut, below, share, lambda) => {
          const parts = [share, 1 - share].map((part): Layer => ({ ...cut, thickness: cut.thickness * part }));
          expect(reflectance([...above, ...parts, ...below], lambda)).toBeCloseTo(
            reflectance([...above, cut, ...below], lambda),
            11,
          );
        },
      ),
    );
  });

  it('transmits as much from air as the reversed stack does from glass', () => {
    fc.assert(
      fc.property(stack, wavelength, (layers, lambda) => {
        const { indices, thicknesses } = filmsOnGlass(layers, lambda);
        const reversed = { indices: indices.toReversed(), thicknesses: thicknesses.toReversed() };
        expect(transmittance(layers, lambda)).toBeCloseTo(1 - reflectanceByRouard(reversed, lambda), 12);
      }),
    );
  });
});

describe('mean reflectance from 400 to 700 nm', () => {
  it('is the mean over 301 wavelengths in percent', () => {
    fc.assert(
      fc.property(stack, (layers) => {
        const values = coatingWavelengths.map((lambda) => 100 * reflectance(layers, lambda));
        expect(bandReflectance(layers)).toBeCloseTo(values.reduce((a, b) => a + b) / 301, 10);
      }),
      { numRuns: 20 },
    );
    expect([coatingWavelengths[0], coatingWavelengths[300], coatingWavelengths.length]).toEqual([400, 700, 301]);
  });

  it('is 4.25 % for bare glass', () => {
    expect(bandReflectance([])).toBeCloseTo(4.253, 3);
  });

  it('is 1.44 % for the best film of MgF2, near a quarter of 520 nm', () => {
    const films = Array.from({ length: 1901 }, (_, i) => ({ thickness: (100 + i) / 10 }));
    const scores = films.map(({ thickness }) => bandReflectance([{ material: 'MgF2', thickness }]));
    const best = Math.min(...scores);
    expect(best).toBeCloseTo(1.4404, 4);
    expect(films[scores.indexOf(best)]).toEqual({ thickness: 94.4 });
  });

  it('is 0.2567 % for the quarter-half-quarter coating of MgF2, Ta2O5 and Al2O3', () => {
    const films: Layer[] = [
      { material: 'MgF2', thickness: 92.4 },
      { material: 'Ta2O5', thickness: 118.4 },
      { material: 'Al2O3', thickness: 77.1 },
    ];
    expect(bandReflectance(films)).toBeCloseTo(0.2567, 3);
  });

  it('is 0.0691 % for the best six-layer coating known', () => {
    const films: Layer[] = [
      { material: 'MgF2', thickness: 86.7 },
      { material: 'Ta2O5', thickness: 31.1 },
      { material: 'TiO2', thickness: 82.8 },
      { material: 'Al2O3', thickness: 90.8 },
      { material: 'MgF2', thickness: 52.3 },
      { material: 'Al2O3', thickness: 165.5 },
    ];
    expect(meanReflectance(designOf(films))).toBeCloseTo(0.06907, 5);
  });
});

describe('designs of the coating space', () => {
  it('become layers and back, the first layer first', () => {
    fc.assert(
      fc.property(fc.array(layer, { minLength: 6, maxLength: 6 }), (layers) => {
        const design = designOf(layers);
        expect(Object.keys(design)).toEqual(Object.keys(coatingSpace.parameters));
        expect(layersOf(design)).toEqual(layers);
        expect(design['material_1']).toBe(layers[0]?.material);
      }),
    );
  });

  const six = designOf(Array.from({ length: 6 }, () => ({ material: 'SiO2', thickness: 50 })));
  const oneLess = Object.fromEntries(Object.entries(six).filter(([name]) => name !== 'thickness_6'));

  it.each([
    [{ ...six, material_3: 'ZnS' }, 'material_3 is "ZnS"; expected one of MgF2, SiO2, Al2O3, Ta2O5, TiO2.'],
    [{ ...six, thickness_2: 9.9 }, 'thickness_2 is 9.9; expected a number from 10 to 200 (nm).'],
    [{ ...six, thickness_2: 200.1 }, 'thickness_2 is 200.1; expected a number from 10 to 200 (nm).'],
    [{ ...six, thickness_2: '50' }, 'thickness_2 is "50"; expected a number from 10 to 200 (nm).'],
    [{ ...six, thickness_2: NaN }, 'thickness_2 is NaN; expected a number from 10 to 200 (nm).'],
    [oneLess, 'thickness_6 is missing; expected a number from 10 to 200 (nm).'],
  ])('are refused outside the space (%#)', (design, sentence) => {
    expect(() => meanReflectance(design)).toThrow(sentence);
  });

  it('have six layers', () => {
    expect(() => designOf([])).toThrow('A coating has 6 layers; found 0.');
  });
});
