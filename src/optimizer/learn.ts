import { createRuntime, type Runtime, type RuntimeName } from '../graph/index.ts';
import { choicesOnly, encodedLayout, type Feasibility, type Surrogate } from '../reward/index.ts';
import type { Table } from '../table/index.ts';
import { createJudge, doubtWeight, type Judge, type Unseen } from './judge.ts';
import {
  fitOnFailures,
  fitOnTable,
  hasUnlabelled,
  labelledRows,
  trainOnTable,
  type ModelOptions,
  type TrainedDenoiser,
} from './models.ts';
import { neighbourDistance, remoteness } from './nearest.ts';

export interface LearnOptions extends ModelOptions {
  readonly runtime: RuntimeName;
  /** Processor threads; denoiser and surrogate train side by side from 2 on. */
  readonly threads: number;
  readonly caution: number;
  /** As `createJudge` takes it. */
  readonly exploration?: number;
}

/** All that is learnt from a table. */
export interface Learned {
  readonly trained: TrainedDenoiser;
  readonly surrogate: Surrogate;
  /** Where some experiments failed. */
  readonly feasibility: Feasibility | undefined;
  readonly judge: Judge;
  /** How far apart neighbours in the table usually are. */
  readonly neighbourDistance: number;
  /** With all threads, for what is done with the models. */
  readonly runtime: Runtime;
  /** With half of the threads, for what is done beside that; the same one where there is only one thread. */
  readonly side: Runtime;
  dispose(): Promise<void>;
}

/**
 * Trains the denoiser, the surrogate and, where experiments failed, a model of which work. Denoiser and surrogate are trained side by
 * side, unless rows without a reward wait for the surrogate to give them one. Throws what training throws, with nothing left open.
 */
export async function learn(table: Table, options: LearnOptions): Promise<Learned> {
  const { threads, caution, exploration, stream } = options;
  const half = { threads: Math.max(1, Math.floor(threads / 2)) };
  const first = await createRuntime(options.runtime, half);
  const second = threads < 2 ? first : await createRuntime(options.runtime, half);
  const runtimes = new Set([first, second]);
  const open: { dispose(): Promise<void> }[] = [];
  const dispose = async (): Promise<void> => {
    for (const one of open.reverse()) await one.dispose();
    for (const runtime of runtimes) await runtime.close();
  };
  const kept = <T extends { dispose(): Promise<void> } | undefined>(one: T): T => {
    if (one !== undefined) open.push(one);
    return one;
  };
  const fitRewards = async () => {
    const surrogate = kept(await fitOnTable(table, second, options));
    return { surrogate, feasibility: kept(await fitOnFailures(table, second, options)) };
  };
  try {
    const waits = threads < 2 || hasUnlabelled(table);
    const training = waits
      ? fitRewards().then(
          async (fitted) => [fitted, await trainOnTable(table, first, options, fitted.surrogate)] as const,
        )
      : bothOf(fitRewards(), trainOnTable(table, first, options));
    // Found while other threads are at work.
    const apart = neighbourDistance(table, stream.split('neighbours'));
    const [{ surrogate, feasibility }, trained] = await training;
    const labelled = labelledRows(table);
    // Any choice is far from any other: neither the error nor the distance says what is beyond the data.
    const doubtOffData = choicesOnly(encodedLayout(table.space)) ? 0 : doubtWeight;
    const whole = threads < 2 ? first : await createRuntime(options.runtime, { threads });
    runtimes.add(whole);
    const judge = kept(
      await createJudge({
        runtime: whole,
        model: trained.model,
        reference: trained.reference,
        surrogate,
        unseen: unseenBy(table, trained, surrogate),
        ...(feasibility === undefined ? {} : { feasibility }),
        doubtOffData,
        ...(doubtOffData === 0 || surrogate.doubtsDistance === true
          ? {}
          : { remoteness: remoteness({ space: table.space, designs: labelled.designs }, stream.split('remoteness')) }),
        rewards: labelled.rewards,
        direction: table.direction,
        caution,
        ...(exploration === undefined ? {} : { exploration }),
        stream,
      }),
    );
    return { trained, surrogate, feasibility, judge, neighbourDistance: apart, runtime: whole, side: second, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Rows that the denoiser held out and that the surrogate predicted without having seen them. */
function unseenBy(
  { space, designs, rewards, direction }: Table,
  { heldOut }: TrainedDenoiser,
  surrogate: Surrogate,
): Unseen {
  const sign = direction === 'maximize' ? 1 : -1;
  // The surrogate numbers labelled rows alone.
  let labelled = 0;
  const place = rewards.map((reward) => (Number.isNaN(reward) ? -1 : labelled++));
  const { mean, std } = surrogate.heldOut;
  const rows = heldOut.filter((row) => place[row]! >= 0 && Number.isFinite(mean[place[row]!]) && std[place[row]!]! > 0);
  return {
    designs: space.encodeAll(rows.map((row) => designs[row]!)),
    residuals: Float64Array.from(rows, (row) => (sign * (rewards[row]! - mean[place[row]!]!)) / std[place[row]!]!),
  };
}

/** Both results. Waits for both to end also when one fails. */
async function bothOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  const [left, right] = await Promise.allSettled([a, b]);
  if (left.status === 'rejected') throw left.reason;
  if (right.status === 'rejected') throw right.reason;
  return [left.value, right.value];
}
