import { createHash } from 'node:crypto';
import { dataError, messageOf } from '../base/index.ts';
import { newsAmong, type Result, type RunRecord, type Tell } from '../run/index.ts';
import type { Design, Space, Value } from '../space/index.ts';
import type { ResultRow } from '../table/index.ts';

/** Part of a number that spreadsheets lose. */
const tolerance = 1e-9;

function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

function sameDesign({ names }: Space, a: Design, b: Design): boolean {
  return names.every((name) => sameValue(a[name], b[name]));
}

/** Undefined for a row whose experiment was not done yet. */
function resultOf({ reward, failed, places }: ResultRow): Result | undefined {
  if (failed) return { status: 'failed', error: `failed in ${places.row}` };
  return reward === undefined ? undefined : { status: 'measured', reward };
}

/** Ids as `ask` gives them, in whatever case they were copied. */
const askedId = /^r\d+-\d+$/i;

/** A name for an experiment that has none: the same in whichever row it stands, and `nth` among equals of a file. */
function ownId(space: Space, design: Design, result: Result, nth: number): string {
  const facts = [space.names.map((name) => design[name]), result.status, 'reward' in result ? result.reward : null];
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
  return nth === 1 ? `own-${digest}` : `own-${digest}-${nth}`;
}

/** Results as a run takes them, how many of them are of another design than was asked for, and how many rows have none yet. */
export interface Results {
  readonly tells: readonly Tell[];
  readonly changed: number;
  readonly empty: number;
}

/**
 * What the rows of a file tell. A row without an id gets one from what it says, so that the same file told again says nothing new. Throws a
 * data error, one sentence that names the cell, for an id that was never asked, and for what contradicts what was told before unless that is to be
 * corrected, or another row.
 */
export function tellsOf(rows: readonly ResultRow[], record: RunRecord, space: Space, correct: boolean): Results {
  const tells: Tell[] = [];
  const first = new Map<string, Tell>();
  const equals = new Map<string, number>();

  function nameOf(design: Design, result: Result): string {
    const plain = ownId(space, design, result, 1);
    const nth = (equals.get(plain) ?? 0) + 1;
    equals.set(plain, nth);
    return ownId(space, design, result, nth);
  }

  function tellOf({ id, design, places }: ResultRow, result: Result): Tell {
    const source = 'user';
    if (id === undefined) {
      if (design === undefined) throw dataError(`${places.row} has neither an id nor a design`);
      return { id: nameOf(design, result), design, source, ...result };
    }
    const asked = record.requests.get(id)?.design;
    if (asked === undefined && (askedId.test(id) || design === undefined) && !record.told.has(id)) {
      throw dataError(
        `${places.id} holds ${JSON.stringify(id)}, which was never asked; correct it, or leave it empty for a design of your own`,
      );
    }
    const known = record.told.get(id)?.design ?? asked;
    const isKnown = design === undefined || (known !== undefined && sameDesign(space, known, design));
    return { id, ...(isKnown ? {} : { design }), source, ...(correct ? { corrects: true } : {}), ...result };
  }

  for (const row of rows) {
    const result = resultOf(row);
    if (result === undefined) continue;
    const tell = tellOf(row, result);
    const before = first.get(tell.id!);
    try {
      const { corrects: _, ...plain } = tell;
      newsAmong(before === undefined ? [tell] : [before, plain], record, space);
    } catch (cause) {
      const remedy = before === undefined ? '; --correct takes the new one' : '';
      throw dataError(`${row.places.reward}: ${messageOf(cause)}${remedy}`, { cause });
    }
    first.set(tell.id!, before ?? tell);
    tells.push(tell);
  }
  const isChanged = ({ id, design }: Tell): boolean => {
    const asked = record.requests.get(id!)?.design;
    return design !== undefined && asked !== undefined && !sameDesign(space, asked, design);
  };
  const changed = tells.filter(isChanged).length;
  return { tells, changed, empty: rows.length - tells.length };
}
