import { randomStream, type RandomStream } from '../base/index.ts';

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

interface Polynomial {
  readonly polynomial: number;
  readonly degree: number;
}

/** The primitive polynomials over {0, 1}, by degree. */
function* primitivePolynomials(): Generator<Polynomial, never> {
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

/** The leading binary digits of a coordinate that are kept apart from other dimensions'. */
const digits = 4;

/** Which bits of a point's number each leading digit is the sum of, the lowest bit first from the left. */
function digitRows(directions: Uint32Array): readonly number[] {
  return Array.from({ length: digits }, (_, digit) =>
    directions.reduce((row, direction, i) => row | (((direction >>> (bits - 1 - digit)) & 1) << (bits - 1 - i)), 0),
  );
}

/**
 * How alike two dimensions are: digits k and l agree in the first 2^m points when their rows agree in m bits, and add 3 / 2^(k + l) to
 * the coordinates' correlation there.
 */
function likeness(rows: readonly number[], others: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < digits; k++) {
    for (let l = 0; l < digits; l++) sum += 2 ** (Math.clz32(rows[k]! ^ others[l]!) - k - l);
  }
  return sum;
}

const candidates = 32;

/** Dimensions whose direction numbers are known, and what the next one is made from. */
const chosen = [reversal()];
const chosenRows = chosen.map(digitRows);
const polynomials = primitivePolynomials();

/** Chooses the next dimension's direction numbers: of some random candidates the least like those of the dimensions before it. */
function choose(): void {
  const { polynomial, degree } = polynomials.next().value;
  const stream = randomStream(0).split('Sobol directions', chosen.length);
  const drawn = Array.from({ length: candidates }, () => {
    const directions = directionsOf(polynomial, degree, stream);
    const rows = digitRows(directions);
    const alike = chosenRows.reduce((sum, others) => sum + likeness(rows, others), 0);
    return { directions, rows, alike };
  });
  const best = drawn.reduce((a, b) => (b.alike < a.alike ? b : a));
  chosen.push(best.directions);
  chosenRows.push(best.rows);
}

/**
 * Points of a Sobol sequence (1967) in [0, 1)^d, one a call, in Gray-code order (Antonov and Saleev 1979) with a random digital shift
 * (Cranley and Patterson's in base 2), for up to 2^32 points. Dimension j has the j-th primitive polynomial over {0, 1}. Its first
 * direction numbers are the best of random ones by our own criterion and the same in every run; they are not those of Joe and Kuo
 * (2008). Every single coordinate, and the first two together, are nets of the best quality (t = 0). Other pairs only
 * tend to be even; where there are no more points than twice the dimension, some stay alike, since the first digit has only half as
 * many patterns as there are points.
 */
export function sobolSequence(dimension: number, stream: RandomStream): () => Float64Array {
  while (chosen.length < dimension) choose();
  const state = Uint32Array.from({ length: dimension }, () => stream.integer(2 ** 32));
  let index = 0;
  return () => {
    const point = Float64Array.from(state, (value) => value / 2 ** bits);
    index++;
    const changed = 31 - Math.clz32(index & -index);
    for (let j = 0; j < dimension; j++) state[j]! ^= chosen[j]![changed]!;
    return point;
  };
}
