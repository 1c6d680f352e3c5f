import { z } from 'zod';
import { dataError, messageOf } from '../base/index.ts';
import {
  askedRequestSchema,
  countSchema,
  designSchema,
  evaluationSchema,
  type AskedRequest,
  type Evaluation,
  type GrowingHistory,
  type History,
} from '../run/index.ts';
import { createSpace, type Design, type Space, type SpaceDefinition } from '../space/index.ts';
import type { OptimizerOptions } from './optimizer-options.ts';
import { plainOptions, plainOptionsSchema, readShape, type PlainOptions } from './plain-options.ts';

/** Version of the state; a reader refuses a newer one. */
const stateVersion = 1;

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

const stateSchema: z.ZodType<OptimizerState> = z.strictObject({
  version: countSchema,
  // Checked by `createSpace`.
  space: z.custom<SpaceDefinition>((value) => typeof value === 'object' && value !== null, 'a space was expected'),
  fixed: designSchema,
  options: plainOptionsSchema,
  asks: countSchema,
  round: countSchema,
  requests: z.array(askedRequestSchema),
  evaluations: z.array(evaluationSchema),
});

export function stateOf(space: Space, options: OptimizerOptions, history: History): OptimizerState {
  return {
    version: stateVersion,
    space: space.definition,
    fixed: { ...space.fixed },
    options: plainOptions(options),
    asks: history.asks,
    round: history.round,
    requests: [...history.requests.values()],
    evaluations: [...history.evaluations],
  };
}

function checkVersion(state: unknown): void {
  const version = typeof state === 'object' && state !== null && 'version' in state ? state.version : undefined;
  if (typeof version !== 'number' || version === stateVersion) return;
  throw dataError(
    `the state is of version ${version}, and this program reads version ${stateVersion}; use the version that wrote it`,
  );
}

/** Entries by id. Throws a data error for an id that stands twice. */
function byId<T extends { readonly id?: string }>(entries: readonly T[], list: string): Map<string, T> {
  const map = new Map<string, T>();
  entries.forEach((entry, at) => {
    if (entry.id === undefined) return;
    if (map.has(entry.id))
      throw dataError(`state.${list}.${at} has the id ${entry.id}, which stands in an earlier one`);
    map.set(entry.id, entry);
  });
  return map;
}

function checkDesigns(space: Space, entries: readonly { readonly design: Design }[], list: string): void {
  entries.forEach(({ design }, at) => {
    try {
      space.encode(design);
    } catch (cause) {
      throw dataError(`state.${list}.${at}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** Throws a data error for an entry of a round or an ask that the state does not know. */
function checkRounds({ requests, evaluations, round, asks }: OptimizerState, asked: ReadonlyMap<string, AskedRequest>) {
  requests.forEach((request, at) => {
    if (request.round <= round) return;
    throw dataError(`state.requests.${at}.round is ${request.round}, and the last round of the state is ${round}`);
  });
  evaluations.forEach((evaluation, at) => {
    const of = evaluation.id === undefined ? undefined : asked.get(evaluation.id)?.round;
    const expected = of ?? evaluation.round;
    if (evaluation.round !== expected || expected > round) {
      const reason = of === undefined ? `the last round of the state is ${round}` : `its request is of round ${of}`;
      throw dataError(`state.evaluations.${at}.round is ${evaluation.round}, and ${reason}`);
    }
    if (evaluation.asks > asks) {
      throw dataError(`state.evaluations.${at}.asks is ${evaluation.asks}, and the state has ${asks} asks`);
    }
  });
}

/**
 * The space, options and history of a state. Throws a data error, one sentence that names the place, for what is no state: another
 * version, a field of another kind, a design that is not in the space, an id that stands twice, a round that was never asked.
 */
export function readState(given: OptimizerState): {
  readonly space: Space;
  readonly options: PlainOptions;
  readonly history: GrowingHistory;
} {
  checkVersion(given);
  const state = readShape(stateSchema, given, 'state');
  const { options, requests: asked, evaluations, asks, round } = state;
  const space = createSpace(state.space, 'the space of the state').fix(state.fixed);
  const requests = byId(asked, 'requests');
  const told = byId(evaluations, 'evaluations');
  checkDesigns(space, asked, 'requests');
  checkDesigns(space, evaluations, 'evaluations');
  checkRounds(state, requests);
  return { space, options, history: { requests, evaluations: [...evaluations], told, asks, round } };
}
