import { dataError } from '../base/index.ts';
import type { Design } from '../space/index.ts';
import type { JournalEvent, Result, RoundSummary, RunRequest, RunSettings, Source, StopReason } from './events.ts';

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

/** A run as its journal tells it. */
export interface RunRecord {
  /** As begun, with `evaluations` as raised last. */
  readonly settings: RunSettings;
  /** Every request by id, in the order asked. */
  readonly requests: ReadonlyMap<string, AskedRequest>;
  /** In the order told, each once. */
  readonly evaluations: readonly Evaluation[];
  /** Those of them that have an id. */
  readonly told: ReadonlyMap<string, Evaluation>;
  readonly rounds: readonly RoundSummary[];
  /** How many times the run asked. */
  readonly asks: number;
  /** The last round asked; 0 before the first. */
  readonly round: number;
  /** Why the run stopped; undefined while it goes on, and when something followed. */
  readonly stopped: StopReason | undefined;
}

/** What somebody tells: an id that was asked needs no design, an evaluation without an id does. */
export type Tell = { readonly id?: string; readonly design?: Design; readonly source: Source } & Result;

/** A record that grows event by event. */
export interface Fold {
  readonly record: RunRecord;
  /** Takes in an event. Throws a data error, without changing the record, for one that contradicts those before. */
  apply(event: JournalEvent): void;
}

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
 * contradict each other.
 */
export function isNews(tell: Tell, before: Tell | undefined, asked: RunRequest | undefined): boolean {
  if (before === undefined) return tell.status !== 'unlabelled' || asked === undefined;
  if (tell.status === 'unlabelled') return false;
  if (before.status === 'unlabelled') return true;
  if (!sameResult(tell, before)) {
    throw dataError(
      `evaluation ${before.id} was told with ${resultText(before)} before, and is now told with ${resultText(tell)}`,
    );
  }
  const [was, is] = [before.design ?? asked?.design, tell.design];
  if (was !== undefined && is !== undefined && !sameDesign(was, is)) {
    throw dataError(
      `evaluation ${before.id} was told with the design ${JSON.stringify(was)} before, and is now told with ${JSON.stringify(is)}`,
    );
  }
  return false;
}

/** The same without `design` where it is the one that was asked under its id. */
export function withoutAskedDesign(tell: Tell, record: RunRecord): Tell {
  const asked = tell.id === undefined ? undefined : record.requests.get(tell.id);
  if (asked === undefined || tell.design === undefined || !sameDesign(asked.design, tell.design)) return tell;
  const { design: _, ...rest } = tell;
  return rest;
}

interface Growing {
  settings: RunSettings;
  readonly requests: Map<string, AskedRequest>;
  readonly evaluations: Evaluation[];
  readonly told: Map<string, Evaluation>;
  readonly rounds: RoundSummary[];
  asks: number;
  round: number;
  stopped: StopReason | undefined;
}

/** What each event does to the record. */
const rules: {
  readonly [K in JournalEvent['event']]: (record: Growing, event: Extract<JournalEvent, { event: K }>) => void;
} = {
  begin() {
    throw dataError('the run is begun twice');
  },
  raised(record, { evaluations }) {
    const { evaluations: _, ...rest } = record.settings;
    record.settings = evaluations === undefined ? rest : { ...rest, evaluations };
    record.stopped = undefined;
  },
  asked(record, { round, requests }) {
    const ids = new Set<string>();
    for (const { id } of requests) {
      if (ids.has(id) || record.requests.has(id) || record.told.has(id)) throw dataError(`the id ${id} is asked twice`);
      ids.add(id);
    }
    for (const request of requests) record.requests.set(request.id, { ...request, round });
    record.asks++;
    record.round = round;
    record.stopped = undefined;
  },
  told(record, { event: _, ...tell }) {
    const [before, asked] = tell.id === undefined ? [] : [record.told.get(tell.id), record.requests.get(tell.id)];
    if (!isNews(tell, before, asked)) return;
    const design = tell.design ?? asked?.design ?? before?.design;
    if (design === undefined)
      throw dataError(`${tell.id ?? 'an evaluation'} is told without a design and was never asked`);
    const evaluation: Evaluation = { ...tell, design, round: asked?.round ?? record.round, asks: record.asks };
    if (before !== undefined) record.evaluations.splice(record.evaluations.indexOf(before), 1);
    record.evaluations.push(evaluation);
    if (tell.id !== undefined) record.told.set(tell.id, evaluation);
    record.stopped = undefined;
  },
  round(record, { event: _, ...summary }) {
    record.rounds.push(summary);
    record.stopped = undefined;
  },
  stopped(record, { reason }) {
    record.stopped = reason;
  },
};

/** The fold over the events after `begin`. */
export function createFold(settings: RunSettings): Fold {
  const record: Growing = {
    settings,
    requests: new Map(),
    evaluations: [],
    told: new Map(),
    rounds: [],
    asks: 0,
    round: 0,
    stopped: undefined,
  };
  function apply<K extends JournalEvent['event']>(event: Extract<JournalEvent, { event: K }>): void {
    const rule = rules[event.event] as (record: Growing, event: Extract<JournalEvent, { event: K }>) => void;
    rule(record, event);
  }
  return { record, apply };
}

/** The requests without a result, in the order asked. */
export function pendingRequests({ requests, told }: RunRecord): readonly AskedRequest[] {
  return [...requests.values()].filter(({ id }) => !told.has(id));
}

/**
 * The evaluations in an order that does not depend on when they came: by round, first those asked, in the order asked, then the
 * others, in the order told.
 */
export function orderedEvaluations({ requests, evaluations }: RunRecord): readonly Evaluation[] {
  const places = new Map([...requests.keys()].map((id, place) => [id, place]));
  const placeOf = ({ id }: Evaluation): number => (id === undefined ? undefined : places.get(id)) ?? Infinity;
  const keyed = evaluations.map((evaluation) => ({ evaluation, place: placeOf(evaluation) }));
  keyed.sort((a, b) => a.evaluation.round - b.evaluation.round || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return keyed.map(({ evaluation }) => evaluation);
}
