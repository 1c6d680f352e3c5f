/** Prints reference values for the coating task, computed from the oracle alone: simple coatings of the textbooks, and the best
 *  six-layer coatings that differential evolution finds. Usage: node dist/examples/coating/reference.js */
import {
  bandReflectance,
  coatingMaterials,
  coatingWavelengths,
  refractiveIndex,
  type CoatingMaterial,
  type Layer,
} from '../../benchmarks/index.ts';
import { randomStream } from '../../src/base/index.ts';
import { evolvedCoating } from './search.ts';

const restarts = 8;

/** A coating and its mean reflectance in percent. */
interface Scored {
  readonly layers: readonly Layer[];
  readonly reflectance: number;
}

function scored(layers: readonly Layer[]): Scored {
  return { layers, reflectance: bandReflectance(layers) };
}

function bestOf(coatings: readonly Scored[]): Scored {
  return coatings.reduce((best, coating) => (coating.reflectance < best.reflectance ? coating : best));
}

/** A film that is so many quarters of the wavelength thick. */
function quarters(count: number, material: CoatingMaterial, wavelength: number): Layer {
  return { material, thickness: (count * wavelength) / (4 * refractiveIndex(material, wavelength)) };
}

/** The best film of one material, thickness scanned over 10 to 200 nm in steps of 0.1 nm. */
function bestSingleLayer(material: CoatingMaterial): Scored {
  return bestOf(Array.from({ length: 1901 }, (_, i) => scored([{ material, thickness: (100 + i) / 10 }])));
}

/** The best quarter-half-quarter coating: all triples of materials, designed for every whole wavelength from 400 to 700 nm. */
function bestQuarterHalfQuarter(): Scored {
  return bestOf(
    coatingMaterials.flatMap((outer) =>
      coatingMaterials.flatMap((middle) =>
        coatingMaterials.flatMap((inner) =>
          coatingWavelengths.map((wavelength) =>
            scored([quarters(1, outer, wavelength), quarters(2, middle, wavelength), quarters(1, inner, wavelength)]),
          ),
        ),
      ),
    ),
  );
}

function line(name: string, { layers, reflectance }: Scored): string {
  const films = layers.map(({ material, thickness }) => `${material} ${thickness.toFixed(1)}`).join(', ');
  return `${name.padEnd(30)} ${reflectance.toFixed(4)} %  ${films}`;
}

console.log(line('bare glass', scored([])));
console.log(line('best single MgF2 layer', bestSingleLayer('MgF2')));
console.log(line('best quarter-half-quarter', bestQuarterHalfQuarter()));
for (let restart = 0; restart < restarts; restart++) {
  console.log(line(`differential evolution, run ${restart}`, scored(evolvedCoating(randomStream(restart)))));
}
