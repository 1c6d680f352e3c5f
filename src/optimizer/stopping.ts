import type { Evaluation, History } from '../run/index.ts';
import { orderedEvaluations } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { isAllowed } from './allowed.ts';
import { knownDesigns } from './buffer.ts';

/** The best measured design and the mean of its rewards, own units. */
export interface Best {
  readonly design: Design;
  readonly reward: number;
}

/** Why an optimizer asks for no more. */
export type StoppingReason = 'budget' | 'target' | 'stagnation' | 'exhausted';

/** What stops an optimizer; without a limit it goes on. */
export interface Limits {
  readonly direction: Direction;
  readonly evaluations?: number;
  readonly target?: number;
  readonly stagnation?: number;
}

/** The best measured design that the space allows, the earliest of equals. */
export function bestDesign(history: History, space: Space, direction: Direction): Best | undefined {
  const sign = direction === 'maximize' ? 1 : -1;
  let best: Best | undefined;
  for (const { design, reward } of knownDesigns(orderedEvaluations(history), space)) {
    if (Number.isNaN(reward) || (best !== undefined && sign * reward <= sign * best.reward)) continue;
    if (isAllowed(space, design)) best = { design, reward };
  }
  return best;
}

/** Results of designs that were asked for. */
export function resultsAsked({ requests, evaluations }: History): number {
  return evaluations.filter((evaluation) => isResult(evaluation, requests)).length;
}

function isResult({ id, status }: Evaluation, requests: History['requests']): boolean {
  return status !== 'unlabelled' && id !== undefined && requests.has(id);
}

/** How many results were asked for after the best design was first measured. */
function resultsSince(history: History, best: Best | undefined): number {
  const ordered = orderedEvaluations(history);
  const first = ordered.findIndex(({ design, status }) => status === 'measured' && design === best?.design);
  return ordered.slice(first + 1).filter((evaluation) => isResult(evaluation, history.requests)).length;
}

/** The reasons to stop other than an exhausted space. */
export function limitsReached(history: History, space: Space, limits: Limits): readonly StoppingReason[] {
  const { direction, evaluations = Infinity, target, stagnation = Infinity } = limits;
  const sign = direction === 'maximize' ? 1 : -1;
  const best = bestDesign(history, space, direction);
  const reached: Readonly<Record<Exclude<StoppingReason, 'exhausted'>, boolean>> = {
    budget: resultsAsked(history) >= evaluations,
    target: target !== undefined && best !== undefined && sign * best.reward >= sign * target,
    stagnation: resultsSince(history, best) >= stagnation,
  };
  return (['target', 'budget', 'stagnation'] as const).filter((reason) => reached[reason]);
}
