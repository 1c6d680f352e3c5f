import { RowBasis } from './rowbasis.ts';

/** m two-sided rows, lower <= A x <= upper, with A row-major m x n. Equal bounds make an equality. */
export interface Rows {
  readonly count: number;
  readonly size: number;
  readonly weights: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The projection on one system of rows, for many points and boxes. Holds scratch memory: one caller at a time. */
export interface Projector {
  /**
   * Writes the point of { lower <= A x <= upper, low <= x <= high } nearest to `target` to `point` (all n). False when there is none.
   */
  project(target: Float64Array, low: Float64Array, high: Float64Array, point: Float64Array): boolean;
  /**
   * After a failure, multipliers y (m) for a proof: with c = yA, c x has to be at least the sum of y_k lower_k (y_k > 0) and
   * y_k upper_k (y_k < 0), and no x of the box reaches that. Zeros when the search gave up instead.
   */
  readonly proof: Float64Array;
}

/** Rows have unit length and boxes are about 2 wide, so these are absolute. */
const violationTolerance = 1e-14;
/** Rows nearer to dependence than this are taken to be dependent; they may then be violated by about as much. */
const dependenceTolerance = 1e-10;
const leastLength = 1e-11;

const free = 0;
const atLow = 1;
const atHigh = -1;
const held = 2;

/** A bound of a row or of a coordinate, as a normal to move along: sign +1 for a lower bound, -1 for an upper. */
interface Violation {
  readonly row: number;
  readonly coordinate: number;
  readonly sign: number;
  readonly amount: number;
}

/**
 * Nearest points of polyhedra by the dual active-set method of Goldfarb and Idnani (1983) with the identity as Hessian: bounds of
 * coordinates are kept apart from the rows, so a step costs O(n k^2) for k active rows. It starts from the point clamped to the box,
 * is finite, and ends with either the nearest point or a Farkas certificate. `rows` should have unit length.
 */
export function createProjector(rows: Rows): Projector {
  return new ActiveSetProjector(rows);
}

class ActiveSetProjector implements Projector {
  readonly proof: Float64Array;
  private readonly rows: Rows;
  /** Per coordinate: free, at a bound, or held by equal bounds; and its multiplier. */
  private readonly side: Int8Array;
  private readonly boundMultipliers: Float64Array;
  /** Active rows in order of entry, the sign of each, and their multipliers. */
  private active: number[] = [];
  private readonly rowSign: Int8Array;
  private readonly rowMultipliers: Float64Array;
  /** Rows that hold as well as they can. */
  private readonly ignored: Uint8Array;
  private readonly basis: RowBasis;
  private readonly direction: Float64Array;
  private readonly normal: Float64Array;
  private readonly rowRates: Float64Array;
  private readonly boundRates: Float64Array;
  private low: Float64Array = new Float64Array(0);
  private high: Float64Array = new Float64Array(0);
  private point: Float64Array = new Float64Array(0);

  constructor(rows: Rows) {
    const { count, size } = rows;
    this.rows = rows;
    this.proof = new Float64Array(count);
    this.side = new Int8Array(size);
    this.boundMultipliers = new Float64Array(size);
    this.rowSign = new Int8Array(count);
    this.rowMultipliers = new Float64Array(count);
    this.ignored = new Uint8Array(count);
    this.basis = new RowBasis(count, size);
    this.direction = new Float64Array(size);
    this.normal = new Float64Array(size);
    this.rowRates = new Float64Array(count);
    this.boundRates = new Float64Array(size);
  }

  project(target: Float64Array, low: Float64Array, high: Float64Array, point: Float64Array): boolean {
    this.start(target, low, high, point);
    const most = 100 + 20 * (this.rows.size + this.rows.count);
    for (let step = 0; step < most; step++) {
      const violation = this.worst();
      if (violation === undefined) {
        this.refine();
        return true;
      }
      if (!this.enforce(violation)) return false;
    }
    return false;
  }

  private start(target: Float64Array, low: Float64Array, high: Float64Array, point: Float64Array): void {
    this.low = low;
    this.high = high;
    this.point = point;
    this.active = [];
    this.rowSign.fill(0);
    this.ignored.fill(0);
    this.rowMultipliers.fill(0);
    this.proof.fill(0);
    for (let i = 0; i < this.rows.size; i++) {
      const x = target[i]!;
      const a = low[i]!;
      const b = high[i]!;
      this.side[i] = a >= b ? held : x < a ? atLow : x > b ? atHigh : free;
      point[i] = a >= b || x < a ? a : x > b ? b : x;
      this.boundMultipliers[i] = Math.abs(x - point[i]!);
    }
  }

  private rowValue(row: number): number {
    const { size, weights } = this.rows;
    let sum = 0;
    for (let i = 0, at = row * size; i < size; i++, at++) sum += weights[at]! * this.point[i]!;
    return sum;
  }

  private worst(): Violation | undefined {
    let worst: Violation | undefined;
    let amount = violationTolerance;
    for (let row = 0; row < this.rows.count; row++) {
      if (this.rowSign[row] !== 0 || this.ignored[row] !== 0) continue;
      const value = this.rowValue(row);
      const under = this.rows.lower[row]! - value;
      const over = value - this.rows.upper[row]!;
      const worse = Math.max(under, over);
      if (worse <= amount) continue;
      amount = worse;
      worst = { row, coordinate: -1, sign: under > over ? 1 : -1, amount };
    }
    for (let i = 0; i < this.rows.size; i++) {
      if (this.side[i] !== free) continue;
      const under = this.low[i]! - this.point[i]!;
      const over = this.point[i]! - this.high[i]!;
      const worse = Math.max(under, over);
      if (worse <= amount) continue;
      amount = worse;
      worst = { row: -1, coordinate: i, sign: under > over ? 1 : -1, amount };
    }
    return worst;
  }

  /** Makes the violated bound hold, dropping active bounds that stand in the way; false when it cannot hold. */
  private enforce(violation: Violation): boolean {
    const { row, coordinate, sign } = violation;
    let remaining = violation.amount;
    let multiplier = 0;
    for (;;) {
      const independent = this.findRates(row, coordinate, sign);
      const slope = independent ? this.directionLength() : 0;
      const full = independent ? remaining / slope : Infinity;
      const blocking = this.blocking();
      if (full === Infinity && blocking.at === Infinity) {
        if (row >= 0 && remaining <= dependenceTolerance) {
          this.ignored[row] = 1;
          return true;
        }
        this.recordProof(row, sign);
        return false;
      }
      const length = Math.min(full, blocking.at);
      if (independent) this.move(length);
      this.moveMultipliers(length);
      multiplier += length;
      if (full <= blocking.at) {
        this.activate(row, coordinate, sign, multiplier);
        return true;
      }
      this.drop(blocking.row, blocking.coordinate);
      remaining -= length * slope;
    }
  }

  /**
   * The direction z that raises the violated bound's value without changing the active ones, and the rates at which multipliers
   * fall along it. False when there is no such direction: the normal is a combination of active ones.
   */
  private findRates(row: number, coordinate: number, sign: number): boolean {
    const { size, weights } = this.rows;
    const { normal, direction, rowRates, boundRates, side } = this;
    if (row < 0) normal.fill(0);
    else for (let i = 0; i < size; i++) normal[i] = sign * weights[row * size + i]!;
    if (row < 0) normal[coordinate] = sign;
    let length = 0;
    for (let i = 0; i < size; i++) {
      direction[i] = side[i] === free ? normal[i]! : 0;
      length += direction[i]! * direction[i]!;
    }
    this.rebuildBasis();
    this.basis.split(direction, rowRates);
    const k = this.active.length;
    for (let i = 0; i < size; i++) {
      if (side[i] !== atLow && side[i] !== atHigh) continue;
      let rest = normal[i]!;
      for (let a = 0; a < k; a++)
        rest -= rowRates[a]! * this.rowSign[this.active[a]!]! * weights[this.active[a]! * size + i]!;
      boundRates[i] = side[i]! * rest;
    }
    return this.directionLength() > Math.max(dependenceTolerance ** 2 * length, leastLength ** 2);
  }

  /** The active rows, signed, on the free coordinates. */
  private rebuildBasis(): void {
    const { size, weights } = this.rows;
    this.basis.clear();
    for (const row of this.active) {
      const sign = this.rowSign[row]!;
      const vector = this.basis.next();
      for (let i = 0; i < size; i++) vector[i] = this.side[i] === free ? sign * weights[row * size + i]! : 0;
      this.basis.push();
    }
  }

  private directionLength(): number {
    let sum = 0;
    for (let i = 0; i < this.rows.size; i++) sum += this.direction[i]! * this.direction[i]!;
    return sum;
  }

  private isEquality(row: number): boolean {
    return this.rows.lower[row] === this.rows.upper[row];
  }

  /** The first active inequality whose multiplier would turn negative, and how far along. */
  private blocking(): { at: number; row: number; coordinate: number } {
    const first = { at: Infinity, row: -1, coordinate: -1 };
    for (let a = 0; a < this.active.length; a++) {
      const row = this.active[a]!;
      if (this.isEquality(row) || this.rowRates[a]! <= dependenceTolerance) continue;
      const at = Math.max(this.rowMultipliers[row]!, 0) / this.rowRates[a]!;
      if (at < first.at) Object.assign(first, { at, row, coordinate: -1 });
    }
    for (let i = 0; i < this.rows.size; i++) {
      if ((this.side[i] !== atLow && this.side[i] !== atHigh) || this.boundRates[i]! <= dependenceTolerance) continue;
      const at = Math.max(this.boundMultipliers[i]!, 0) / this.boundRates[i]!;
      if (at < first.at) Object.assign(first, { at, row: -1, coordinate: i });
    }
    return first;
  }

  private move(length: number): void {
    for (let i = 0; i < this.rows.size; i++) this.point[i]! += length * this.direction[i]!;
  }

  private moveMultipliers(length: number): void {
    for (let a = 0; a < this.active.length; a++) this.rowMultipliers[this.active[a]!]! -= length * this.rowRates[a]!;
    for (let i = 0; i < this.rows.size; i++) {
      if (this.side[i] === atLow || this.side[i] === atHigh) this.boundMultipliers[i]! -= length * this.boundRates[i]!;
    }
  }

  private activate(row: number, coordinate: number, sign: number, multiplier: number): void {
    if (row >= 0) {
      this.active.push(row);
      this.rowSign[row] = sign;
      this.rowMultipliers[row] = multiplier;
      return;
    }
    this.side[coordinate] = sign > 0 ? atLow : atHigh;
    this.point[coordinate] = sign > 0 ? this.low[coordinate]! : this.high[coordinate]!;
    this.boundMultipliers[coordinate] = multiplier;
  }

  private drop(row: number, coordinate: number): void {
    if (row < 0) {
      this.side[coordinate] = free;
      return;
    }
    this.active.splice(this.active.indexOf(row), 1);
    this.rowSign[row] = 0;
  }

  private recordProof(row: number, sign: number): void {
    if (row >= 0) this.proof[row] = sign;
    this.active.forEach((other, a) => {
      const rate = this.rowRates[a]!;
      // An inequality's rate is not positive here but for rounding.
      this.proof[other] = -(this.isEquality(other) ? rate : Math.min(rate, 0)) * this.rowSign[other]!;
    });
  }

  /** Takes the last rounding errors out of the active rows, inside the box. */
  private refine(): void {
    const { size, lower, upper } = this.rows;
    if (this.active.length === 0) return;
    this.rebuildBasis();
    for (let pass = 0; pass < 2; pass++) {
      this.active.forEach((row, a) => {
        const sign = this.rowSign[row]!;
        this.rowRates[a] = sign * ((sign > 0 ? lower[row]! : upper[row]!) - this.rowValue(row));
      });
      this.basis.addStep(this.rowRates, this.point);
    }
    for (let i = 0; i < size; i++) this.point[i] = Math.min(Math.max(this.point[i]!, this.low[i]!), this.high[i]!);
  }
}
