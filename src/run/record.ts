import { dataError } from '../base/index.ts';
import type { JournalEvent, RoundSummary, RunSettings, StopReason } from './events.ts';
import { addAsked, addTold, createHistory, type GrowingHistory, type History } from './history.ts';

/** A run as its journal tells it. */
export interface RunRecord extends History {
  /** As begun, with `evaluations` as raised last. */
  readonly settings: RunSettings;
  readonly rounds: readonly RoundSummary[];
  /** Why the run stopped; undefined while it goes on, and when something followed. */
  readonly stopped: StopReason | undefined;
}

/** A record that grows event by event. */
export interface Fold {
  readonly record: RunRecord;
  /** Takes in an event. Throws a data error, without changing the record, for one that contradicts those before. */
  apply(event: JournalEvent): void;
}

interface Growing extends GrowingHistory {
  settings: RunSettings;
  readonly rounds: RoundSummary[];
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
    addAsked(record, round, requests);
    record.stopped = undefined;
  },
  told(record, { event: _, ...tell }) {
    if (addTold(record, tell)) record.stopped = undefined;
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
  const record: Growing = { ...createHistory(), settings, rounds: [], stopped: undefined };
  function apply<K extends JournalEvent['event']>(event: Extract<JournalEvent, { event: K }>): void {
    const rule = rules[event.event] as (record: Growing, event: Extract<JournalEvent, { event: K }>) => void;
    rule(record, event);
  }
  return { record, apply };
}
