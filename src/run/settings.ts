import { usageError } from '../base/index.ts';
import { formatEvent, journalVersion, parseEvent, type RunSettings } from './events.ts';
import { toJson, type Json } from './json.ts';

/** The settings as a journal gives them back. Throws a data error when they are not valid. */
export function plainSettings(settings: RunSettings): RunSettings {
  const line = formatEvent({ event: 'begin', version: journalVersion, settings });
  const event = parseEvent(line, 'the settings of the run');
  return event.event === 'begin' ? event.settings : settings;
}

type Maybe = Json | undefined;
type JsonObject = { readonly [key: string]: Json };

interface Difference {
  readonly path: readonly string[];
  readonly before: Maybe;
  readonly now: Maybe;
}

function isObject(value: Maybe): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownValue(object: JsonObject, key: string): Maybe {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The first place where two values differ, and what stands there in each. */
function differenceOf(before: Maybe, now: Maybe, path: readonly string[]): Difference | undefined {
  if (!isObject(before) || !isObject(now)) {
    return toJson(before) === toJson(now) ? undefined : { path, before, now };
  }
  const keys = [Object.keys(before), Object.keys(now)] as const;
  for (const key of new Set(keys.flat())) {
    const inside = differenceOf(ownValue(before, key), ownValue(now, key), [...path, key]);
    if (inside !== undefined) return inside;
  }
  // The parameters' order is that of the columns.
  const ordered = path.join('.') === 'space.parameters';
  return ordered ? differenceOf(keys[0], keys[1], [...path, 'order']) : undefined;
}

const mostShown = 120;

function shown(value: Maybe): string {
  if (value === undefined) return 'nothing';
  const text = toJson(value);
  return text.length > mostShown ? `${text.slice(0, mostShown - 3)}...` : text;
}

/**
 * Whether a run may go on with other settings: 'same', or 'raised' when only more evaluations are allowed. Throws a usage error that
 * names the setting and both values for any other difference.
 */
export function compareSettings(directory: string, before: RunSettings, now: RunSettings): 'same' | 'raised' {
  const [{ evaluations: was = Infinity, ...rest }, { evaluations: is = Infinity, ...restNow }] = [before, now];
  const difference = differenceOf(rest as unknown as JsonObject, restNow as unknown as JsonObject, []);
  if (difference !== undefined) {
    const { path } = difference;
    const name = (path[0] === 'options' ? path.slice(1) : path).join('.');
    throw usageError(
      `${name} is ${shown(difference.now)}, but the run in ${directory} was begun with ${shown(difference.before)}; ` +
        `only evaluations may be raised`,
    );
  }
  if (is < was) {
    throw usageError(
      `evaluations is ${is}, but the run in ${directory} was begun with ${was === Infinity ? 'no limit' : was}; ` +
        `it may only be raised`,
    );
  }
  return is > was ? 'raised' : 'same';
}
