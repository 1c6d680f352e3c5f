export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A function to maximise; undefined where it has no value. */
export type Evaluate = (x: Float64Array) => Promise<Evaluation | undefined>;

export interface AscentOptions {
  readonly iterations: number;
  /** The longest first move of a coordinate. */
  readonly firstStep: number;
  /** Ends when an iteration gains less. */
  readonly smallestGain: number;
  onIteration(iteration: number, value: number): void;
}

const memory = 10;
const halvings = 12;
const sufficient = 1e-4;
const longestStep = 2;

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);
const plus = (a: Float64Array, factor: number, b: Float64Array): Float64Array =>
  a.map((value, i) => value + factor * b[i]!);

interface Pair {
  readonly move: Float64Array;
  /** How much the gradient fell. */
  readonly change: Float64Array;
}

/** The two-loop recursion (Nocedal and Wright 2006, algorithm 7.4). */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  let result = gradient;
  const shares: number[] = [];
  for (const { move, change } of [...pairs].reverse()) {
    const share = dot(move, result) / dot(move, change);
    shares.unshift(share);
    result = plus(result, -share, change);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const size = dot(last.move, last.change) / dot(last.change, last.change);
    result = result.map((value) => size * value);
  }
  pairs.forEach(({ move, change }, i) => {
    result = plus(result, shares[i]! - dot(change, result) / dot(move, change), move);
  });
  return result;
}

/**
 * Climbs from `start` by L-BFGS with backtracking, and resolves with the best point found: `start` where the function has no value
 * there. A step of a coordinate never exceeds 2 (for logarithms: a factor of 7).
 */
export async function ascend(evaluate: Evaluate, start: Float64Array, options: AscentOptions): Promise<Float64Array> {
  let x = start;
  let here = await evaluate(x);
  if (here === undefined) return x;
  const pairs: Pair[] = [];
  for (let iteration = 1; iteration <= options.iterations; iteration++) {
    let heading = direction(here.gradient, pairs);
    if (dot(heading, here.gradient) <= 0) {
      pairs.length = 0;
      heading = here.gradient;
    }
    const steepest = heading.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    if (steepest === 0) break;
    const limit = pairs.length === 0 ? options.firstStep : longestStep;
    let step = Math.min(1, limit / steepest);
    const slope = dot(heading, here.gradient);
    let next: Evaluation | undefined;
    for (let attempt = 0; attempt < halvings; attempt++, step /= 2) {
      const tried = await evaluate(plus(x, step, heading));
      if (tried !== undefined && tried.value >= here.value + sufficient * step * slope) {
        next = tried;
        break;
      }
    }
    if (next === undefined) break;
    const move = heading.map((value) => step * value);
    const change = here.gradient.map((value, i) => value - next.gradient[i]!);
    if (dot(move, change) > 1e-12) pairs.push({ move, change });
    if (pairs.length > memory) pairs.shift();
    const gain = next.value - here.value;
    x = plus(x, 1, move);
    here = next;
    options.onIteration(iteration, here.value);
    if (gain < options.smallestGain) break;
  }
  return x;
}
