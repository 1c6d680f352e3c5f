import type { Outcome } from '../oracle/index.ts';
import type { Evaluation, History, RoundSummary } from '../run/index.ts';
import type { Best } from './stopping.ts';

/** What a round did. */
export interface RoundReport {
  readonly round: number;
  /** In the order asked. */
  readonly outcomes: readonly Outcome[];
  /** Designs asked for so far that have a result. */
  readonly evaluations: number;
  /** The best measured so far; undefined while all failed. */
  readonly best: Best | undefined;
}

function outcomeOf(id: string, evaluation: Evaluation | undefined): readonly Outcome[] {
  if (evaluation?.status === 'measured') return [{ id, reward: evaluation.reward }];
  return evaluation?.status === 'failed' ? [{ id, error: evaluation.error }] : [];
}

/** What came of the designs of a round, in the order asked; those without a result are left out. */
export function outcomesOfRound({ requests, told }: History, round: number): readonly Outcome[] {
  return [...requests.values()].flatMap(({ id, round: of }) => (of === round ? outcomeOf(id, told.get(id)) : []));
}

/** The report as a journal keeps it. */
export function summaryOf({ round, outcomes, evaluations, best }: RoundReport): RoundSummary {
  const measured = outcomes.filter((outcome) => 'reward' in outcome).length;
  const failed = outcomes.length - measured;
  return { round, figures: { evaluations, measured, failed, best: best?.reward ?? NaN }, notes: {} };
}
