import { randomStream, type RandomStream } from '../../../src/base/index.ts';

const bits = 32;

/** Whether x generates all 2^degree - 1 nonzero residues of a polynomial over {0, 1}; bit i is the coefficient of x^i. */
function isPrimitive(polynomial: number, degree: number): boolean {
  const top = 1 << degree;
  let power = 1;
  for (let exponent = 1; exponent < top; exponent++) {
    power <<= 1;
    if ((power & top) !== 0) power ^= polynomial;
    if (power === 1) return exponent === top - 1;
  }
  return false;
}

/** The primitive polynomials over {0, 1}, by degree. */
function* primitivePolynomials(): Generator<{ readonly polynomial: number; readonly degree: number }> {
  for (let degree = 1; ; degree++) {
    for (let polynomial = (1 << degree) | 1; polynomial < 2 << degree; polynomial += 2) {
      if (isPrimitive(polynomial, degree)) yield { polynomial, degree };
    }
  }
}

/** Direction numbers of a polynomial: the first ones are random odd multiples, the others follow from its recurrence. */
function directionsOf(polynomial: number, degree: number, stream: RandomStream): Uint32Array {
  const directions = new Uint32Array(bits);
  for (let i = 0; i < bits; i++) {
    if (i < degree) {
      directions[i] = (2 * stream.integer(2 ** i) + 1) * 2 ** (bits - 1 - i);
      continue;
    }
    let next = directions[i - degree]! ^ (directions[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >>> (degree - k)) & 1) next ^= directions[i - k]!;
    directions[i] = next >>> 0;
  }
  return directions;
}

/** Binary fractions backwards: the sequence of van der Corput. */
function reversal(): Uint32Array {
  return Uint32Array.from({ length: bits }, (_, i) => 2 ** (bits - 1 - i));
}

function allDirections(dimension: number): readonly Uint32Array[] {
  const stream = randomStream(0).split('Sobol directions');
  const directions = [reversal()];
  for (const { polynomial, degree } of primitivePolynomials()) {
    if (directions.length >= dimension) break;
    directions.push(directionsOf(polynomial, degree, stream.split(directions.length)));
  }
  return directions.slice(0, dimension);
}

/**
 * Points of a Sobol sequence (1967) in [0, 1)^d, one a call, in Gray-code order (Antonov and Saleev 1979) with a random digital shift
 * (Cranley and Patterson's in base 2), for up to 2^32 points. Dimension j has the j-th primitive polynomial over {0, 1}. Its first
 * direction numbers are random but the same in every run, not the searched ones of Joe and Kuo (2008), so that the (t, m, s) quality
 * is guaranteed in every single coordinate and in the first two together (t = 0), and only likely in other pairs.
 */
export function sobolSequence(dimension: number, stream: RandomStream): () => Float64Array {
  const directions = allDirections(dimension);
  const state = Uint32Array.from({ length: dimension }, () => stream.integer(2 ** 32));
  let index = 0;
  return () => {
    const point = Float64Array.from(state, (value) => value / 2 ** bits);
    index++;
    const changed = 31 - Math.clz32(index & -index);
    for (let j = 0; j < dimension; j++) state[j]! ^= directions[j]![changed]!;
    return point;
  };
}
