import { dataError } from '../base/index.ts';
import type { Design, Space } from '../space/index.ts';
import type { Result, RunRequest, Source } from './events.ts';

/** A request and the round that asked for it. */
export type AskedRequest = RunRequest & { readonly round: number };

/** A told evaluation. */
export type Evaluation = {
  readonly id?: string;
  readonly design: Design;
  readonly source: Source;
  /** The round that asked for it; for a design that was never asked, the last round asked before it was told (0 before the first). */
  readonly round: number;
  /** How many times the run had asked when it was told. */
  readonly asks: number;
} & Result;

/** What was asked and told. */
export interface History {
  /** Every request by id, in the order asked. */
  readonly requests: ReadonlyMap<string, AskedRequest>;
  /** In the order told, each once. */
  readonly evaluations: readonly Evaluation[];
  /** Those of them that have an id. */
  readonly told: ReadonlyMap<string, Evaluation>;
  /** How many times was asked. */
  readonly asks: number;
  /** The last round asked; 0 before the first. */
  readonly round: number;
}

/** A history that `addAsked` and `addTold` let grow. */
export interface GrowingHistory extends History {
  readonly requests: Map<string, AskedRequest>;
  readonly evaluations: Evaluation[];
  readonly told: Map<string, Evaluation>;
  asks: number;
  round: number;
}

export function createHistory(): GrowingHistory {
  return { requests: new Map(), evaluations: [], told: new Map(), asks: 0, round: 0 };
}

/** What somebody tells: an id that was asked needs no design, an evaluation without an id does. */
export type Tell = {
  readonly id?: string;
  readonly design?: Design;
  readonly source: Source;
  /** It replaces what was told under its id before. */
  readonly corrects?: true;
} & Result;

function resultText(result: Result): string {
  if (result.status === 'measured') return `the reward ${result.reward}`;
  return result.status === 'failed' ? `the failure ${JSON.stringify(result.error)}` : 'no reward';
}

function sameResult(a: Result, b: Result): boolean {
  return a.status === 'measured' ? b.status === 'measured' && a.reward === b.reward : a.status === b.status;
}

function sameDesign(a: Design, b: Design): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/**
 * Whether a tell says something new; `before` is what was told and `asked` what was asked under the same id. Telling the same twice
 * is nothing, and neither is telling without a reward what was asked or has a result. Throws a data error that names both when they
 * contradict each other, unless the tell is a correction.
 */
export function isNews(tell: Tell, before: Tell | undefined, asked: RunRequest | undefined): boolean {
  if (before === undefined) return tell.status !== 'unlabelled' || asked === undefined;
  if (tell.status === 'unlabelled') return false;
  if (before.status === 'unlabelled') return true;
  if (!sameResult(tell, before)) {
    if (tell.corrects === true) return true;
    throw dataError(
      `evaluation ${before.id} was told with ${resultText(before)} before, and is now told with ${resultText(tell)}`,
    );
  }
  const [was, is] = [before.design ?? asked?.design, tell.design];
  if (was !== undefined && is !== undefined && !sameDesign(was, is)) {
    if (tell.corrects === true) return true;
    throw dataError(
      `evaluation ${before.id} was told with the design ${JSON.stringify(was)} before, and is now told with ${JSON.stringify(is)}`,
    );
  }
  return false;
}

/** The same without `design` where it is the one that was asked under its id, unless that corrects another. */
export function withoutAskedDesign(tell: Tell, history: History): Tell {
  const asked = tell.id === undefined ? undefined : history.requests.get(tell.id);
  if (tell.corrects === true || asked === undefined || tell.design === undefined) return tell;
  if (!sameDesign(asked.design, tell.design)) return tell;
  const { design: _, ...rest } = tell;
  return rest;
}

/** Adds a round's requests. Throws a data error, without changing the history, for an id that is taken. */
export function addAsked(history: GrowingHistory, round: number, requests: readonly RunRequest[]): void {
  const ids = new Set<string>();
  for (const { id } of requests) {
    if (ids.has(id) || history.requests.has(id) || history.told.has(id)) throw dataError(`the id ${id} is asked twice`);
    ids.add(id);
  }
  for (const request of requests) history.requests.set(request.id, { ...request, round });
  history.asks++;
  history.round = round;
}

/** Adds what somebody tells, if it is news, and says whether it is; a correction takes the place of what it corrects. Throws a data error, without
 *  changing the history, when it contradicts what was told. */
export function addTold(history: GrowingHistory, tell: Tell): boolean {
  const { id } = tell;
  const [before, asked] = id === undefined ? [] : [history.told.get(id), history.requests.get(id)];
  if (!isNews(tell, before, asked)) return false;
  const design = tell.design ?? before?.design ?? asked?.design;
  if (design === undefined) throw dataError(`${id ?? 'an evaluation'} is told without a design and was never asked`);
  const { corrects, ...told } = tell;
  const since = { round: asked?.round ?? history.round, asks: history.asks };
  const { round, asks } = corrects === true ? (before ?? since) : since;
  const evaluation: Evaluation = { ...told, design, round, asks };
  const place = before === undefined ? -1 : history.evaluations.indexOf(before);
  if (place >= 0 && corrects === true) history.evaluations[place] = evaluation;
  else {
    if (place >= 0) history.evaluations.splice(place, 1);
    history.evaluations.push(evaluation);
  }
  if (id !== undefined) history.told.set(id, evaluation);
  return true;
}

/** The requests without a result, in the order asked. */
export function pendingRequests({ requests, told }: History): readonly AskedRequest[] {
  return [...requests.values()].filter(({ id }) => !told.has(id));
}

/**
 * The evaluations in an order that does not depend on when they came: by round, first those asked, in the order asked, then the
 * others, in the order told.
 */
export function orderedEvaluations({ requests, evaluations }: History): readonly Evaluation[] {
  const places = new Map([...requests.keys()].map((id, place) => [id, place]));
  const placeOf = ({ id }: Evaluation): number => (id === undefined ? undefined : places.get(id)) ?? Infinity;
  const keyed = evaluations.map((evaluation) => ({ evaluation, place: placeOf(evaluation) }));
  keyed.sort((a, b) => a.evaluation.round - b.evaluation.round || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return keyed.map(({ evaluation }) => evaluation);
}

/** The design's parameters in the space's order. Throws a data error when one is missing or outside its bounds. */
export function checkedDesign(space: Space, design: Design): Design {
  space.encode(design);
  return Object.fromEntries(space.names.map((name) => [name, design[name]!]));
}

/** What is new among evaluations. Throws a data error for the first that contradicts what was told, is of no design of the space, or has a
 *  reward that is not finite. */
export function newsAmong(evaluations: readonly Tell[], history: History, space: Space): readonly Tell[] {
  const here = new Map<string, Tell>();
  return evaluations.flatMap((given) => {
    if (given.status === 'measured' && !Number.isFinite(given.reward)) {
      throw dataError(
        `the reward of ${given.id ?? 'an evaluation'} is ${given.reward}, and a finite number was expected`,
      );
    }
    const tell = given.design === undefined ? given : { ...given, design: checkedDesign(space, given.design) };
    const { id } = tell;
    const asked = id === undefined ? undefined : history.requests.get(id);
    const before = id === undefined ? undefined : (here.get(id) ?? history.told.get(id));
    if (tell.design === undefined && asked === undefined && before === undefined) {
      throw dataError(`${id ?? 'an evaluation'} is told without a design, and was never asked`);
    }
    if (!isNews(tell, before, asked)) return [];
    if (id !== undefined) here.set(id, tell);
    return [withoutAskedDesign(tell, history)];
  });
}
