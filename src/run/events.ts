import { z } from 'zod';
import { dataError } from '../base/index.ts';
import { parseSpace, type Design, type SpaceDefinition } from '../space/index.ts';
import type { Direction } from '../table/index.ts';
import { toJson, type Json } from './json.ts';

/** Version of the journal's lines; a reader refuses a newer one. */
export const journalVersion = 1;

/** What a run is begun with, and what must be the same when it is resumed; only `evaluations` may be raised. */
export interface RunSettings {
  readonly space: SpaceDefinition;
  readonly direction: Direction;
  /** Name of the reward, and of its column in `evaluations.csv`. */
  readonly reward: string;
  readonly seed: number;
  /** Designs asked for in a round. */
  readonly batch: number;
  readonly threads: number;
  /** Most evaluations of the run; no limit where it is not given. */
  readonly evaluations?: number;
  /** Version of this package. */
  readonly package: string;
  /** Everything else that decides what is proposed, by the name that users know it by. */
  readonly options?: Readonly<Record<string, Json>>;
}

/** Mean and standard deviation of a predicted reward, in the reward's own units. */
export interface Prediction {
  readonly mean: number;
  readonly std: number;
}

/** A design to evaluate. Ids are unique within a run, such as `r3-17`. */
export interface RunRequest {
  readonly id: string;
  readonly design: Design;
  /** What models predicted when it was asked; absent where none did. */
  readonly predicted?: Prediction;
}

/** What is known of a design; rewards are finite and in their own units. */
export type Result =
  | { readonly status: 'measured'; readonly reward: number }
  | { readonly status: 'failed'; readonly error: string }
  | { readonly status: 'unlabelled' };

/** Who told: the run's oracle, a person (`tell`), or a table of past experiments. */
export type Source = 'oracle' | 'user' | 'table';

/** What a round did, for the report: numbers (NaN and infinities too) and texts by name. */
export interface RoundSummary {
  readonly round: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, string>>;
}

export type StopReason = 'budget' | 'target' | 'stagnation' | 'exhausted' | 'aborted';

export interface BeginEvent {
  readonly event: 'begin';
  readonly version: number;
  readonly settings: RunSettings;
}

/** A larger number of evaluations, or no limit. */
export interface RaisedEvent {
  readonly event: 'raised';
  readonly evaluations?: number;
}

export interface AskedEvent {
  readonly event: 'asked';
  readonly round: number;
  readonly requests: readonly RunRequest[];
}

/** Without a design it is the one that was asked under this id. */
export type ToldEvent = {
  readonly event: 'told';
  readonly id?: string;
  readonly design?: Design;
  readonly source: Source;
  /** It takes the place of what was told under this id before. */
  readonly corrects?: true;
} & Result;

export type RoundEvent = { readonly event: 'round' } & RoundSummary;

export interface StoppedEvent {
  readonly event: 'stopped';
  readonly reason: StopReason;
}

/** One line of the journal. */
export type JournalEvent = BeginEvent | RaisedEvent | AskedEvent | ToldEvent | RoundEvent | StoppedEvent;

function isDesign(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === 'string' || Number.isFinite(entry));
}

export const designSchema: z.ZodType<Design> = z.custom<Design>(isDesign, 'is no design');
export const countSchema: z.ZodNumber = z.number().int().nonnegative();
export const idSchema: z.ZodString = z.string().min(1);

const [design, count, id] = [designSchema, countSchema, idSchema];
const told = {
  event: z.literal('told'),
  id: id.exactOptional(),
  design: design.exactOptional(),
  source: z.enum(['oracle', 'user', 'table']),
  corrects: z.literal(true).exactOptional(),
};

const settings = z.object({
  space: z.custom<SpaceDefinition>((value) => typeof value === 'object' && value !== null, 'is no space'),
  direction: z.enum(['maximize', 'minimize']),
  reward: z.string().min(1),
  seed: z.number(),
  batch: count,
  threads: count,
  evaluations: count.exactOptional(),
  package: z.string(),
  options: z.record(z.string(), z.json() as z.ZodType<Json>).exactOptional(),
});

/** Any double, also as `toJson` spells those that JSON lacks. */
const figure = z.union([
  z.custom<number>((value) => typeof value === 'number'),
  z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number),
]);

export const predictionSchema: z.ZodType<Prediction> = z.object({ mean: figure, std: figure });

const eventSchema: z.ZodType<JournalEvent> = z.discriminatedUnion('event', [
  z.object({ event: z.literal('begin'), version: count, settings }),
  z.object({ event: z.literal('raised'), evaluations: count.exactOptional() }),
  z.object({
    event: z.literal('asked'),
    round: count,
    requests: z.array(z.object({ id, design, predicted: predictionSchema.exactOptional() })),
  }),
  z.discriminatedUnion('status', [
    z.object({ ...told, status: z.literal('measured'), reward: z.number() }),
    z.object({ ...told, status: z.literal('failed'), error: z.string() }),
    z.object({ ...told, status: z.literal('unlabelled') }),
  ]),
  z.object({
    event: z.literal('round'),
    round: count,
    figures: z.record(z.string(), figure),
    notes: z.record(z.string(), z.string()),
  }),
  z.object({
    event: z.literal('stopped'),
    reason: z.enum(['budget', 'target', 'stagnation', 'exhausted', 'aborted']),
  }),
]);

function checkEvent(content: unknown, place: string): JournalEvent {
  const result = eventSchema.safeParse(content);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw dataError(
    `${place} is no journal event: ${[path.join('.'), message].filter((part) => part !== '').join(': ')}`,
  );
}

/** The same event without keys that are not the journal's. Throws a data error for one that could not be read again. */
export function plainEvent(event: JournalEvent): JournalEvent {
  return checkEvent(event, event.event);
}

/** The line of an event, with its line feed. */
export function formatEvent(event: JournalEvent): string {
  return `${toJson(event)}\n`;
}

function checkVersion(content: unknown, place: string): void {
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : journalVersion;
  if (typeof version !== 'number' || version <= journalVersion) return;
  throw dataError(
    `${place} is of journal version ${version}, and this program reads version ${journalVersion}; use a newer version of it`,
  );
}

/**
 * The event of a line. Throws a data error, one sentence that names `place` (line and file), when the line is not one, and when a
 * newer version of this program wrote it.
 */
export function parseEvent(line: string, place: string): JournalEvent {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch (cause) {
    throw dataError(`${place} is not valid JSON, and a journal event was expected`, { cause });
  }
  checkVersion(content, place);
  const event = checkEvent(content, place);
  if (event.event !== 'begin') return event;
  return {
    ...event,
    settings: { ...event.settings, space: parseSpace(event.settings.space, `the space in ${place}`) },
  };
}
