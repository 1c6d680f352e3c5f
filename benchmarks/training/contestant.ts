/** A network's size: rows of a step, hidden units, steps of one run. */
export interface Size {
  readonly batch: number;
  readonly width: number;
  readonly steps: number;
}

export interface Run {
  readonly milliseconds: number;
  readonly losses: readonly number[];
}

/** Something that trains, opened at one size. */
export interface Training {
  /** Trains `size.steps` steps; milliseconds per step and the loss of each step. */
  readonly run: () => Promise<Run>;
  readonly close: () => Promise<void>;
}

export interface Contestant {
  readonly name: string;
  open(size: Size): Promise<Training>;
}

export interface Score {
  readonly name: string;
  /** Median of the rounds, per step. */
  readonly milliseconds: number;
  /** Losses of the first run. */
  readonly losses: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs the contestants in turn, `rounds` times after a first round that does not count: what disturbs one disturbs all. */
export async function alternate(contestants: readonly Contestant[], size: Size, rounds: number): Promise<Score[]> {
  const trainings: Training[] = [];
  for (const contestant of contestants) trainings.push(await contestant.open(size));
  const times: number[][] = contestants.map(() => []);
  const losses: (readonly number[])[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [index, training] of trainings.entries()) {
      const { milliseconds, losses: found } = await training.run();
      if (round > 0) times[index]!.push(milliseconds);
      losses[index] ??= found;
    }
  }
  for (const training of trainings) await training.close();
  return contestants.map(({ name }, index) => ({ name, milliseconds: median(times[index]!), losses: losses[index]! }));
}
