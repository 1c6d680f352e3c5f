import { dataError } from '../base/index.ts';
import type { AskedRequest, Evaluation, GrowingHistory, History } from '../run/index.ts';
import { createSpace, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import type { OptimizerOptions } from './optimizer-options.ts';

/** Version of the state; a reader refuses a newer one. */
const stateVersion = 1;

/** Options that are not kept: a function is no JSON, and another machine has its own threads. */
export type PlainOptions = Omit<OptimizerOptions, 'surrogate' | 'threads'>;

/** All that an optimizer knows, as plain JSON. */
export interface OptimizerState {
  readonly version: number;
  readonly space: SpaceDefinition;
  /** Values that every proposal keeps. */
  readonly fixed: Design;
  readonly options: PlainOptions;
  readonly asks: number;
  readonly round: number;
  /** In the order asked. */
  readonly requests: readonly AskedRequest[];
  /** In the order told. */
  readonly evaluations: readonly Evaluation[];
}

export function stateOf(space: Space, options: OptimizerOptions, history: History): OptimizerState {
  const { surrogate: _, threads: __, ...plain } = options;
  return {
    version: stateVersion,
    space: space.definition,
    fixed: { ...space.fixed },
    options: plain,
    asks: history.asks,
    round: history.round,
    requests: [...history.requests.values()],
    evaluations: [...history.evaluations],
  };
}

/** The space and the history of a state. Throws a data error for a newer version, and for a design that is not in the space. */
export function readState(state: OptimizerState): { readonly space: Space; readonly history: GrowingHistory } {
  if (state.version !== stateVersion) {
    throw dataError(
      `the state is of version ${state.version}, and this program reads version ${stateVersion}; use the version that wrote it`,
    );
  }
  const space = createSpace(state.space, 'the space of the state').fix(state.fixed);
  space.encodeAll([...state.requests, ...state.evaluations].map(({ design }) => design));
  const { requests, evaluations, asks, round } = state;
  return {
    space,
    history: {
      requests: new Map(requests.map((request) => [request.id, request])),
      evaluations: [...evaluations],
      told: new Map(evaluations.flatMap((one) => (one.id === undefined ? [] : [[one.id, one] as const]))),
      asks,
      round,
    },
  };
}
