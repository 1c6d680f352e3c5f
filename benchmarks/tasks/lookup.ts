import { dataError } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';

/** A table used as an oracle: exact for the designs it holds, and without an answer for any other. */
export interface LookupOracle {
  /** The designs held, each once, in the table's order. */
  readonly designs: readonly Design[];
  /** The value of a design, or undefined where the table does not hold it. */
  readonly find: (design: Design) => number | undefined;
  /** The value of a design. Throws a data error where the table does not hold it: there is no nearest row. */
  readonly score: (design: Design) => number;
}

/**
 * The oracle of a table of n designs and n values, which a design is looked up in by its values of the parameters in `names`.
 * A design that stands in several rows has the mean of their values.
 *
 * @param table what error sentences call the table
 */
export function lookupOracle(
  table: string,
  names: readonly string[],
  designs: readonly Design[],
  values: ArrayLike<number>,
): LookupOracle {
  const entries = new Map<string, { readonly design: Design; sum: number; count: number }>();
  designs.forEach((design, row) => {
    const key = keyOf(names, design);
    const entry = entries.get(key) ?? { design, sum: 0, count: 0 };
    entry.sum += values[row]!;
    entry.count += 1;
    entries.set(key, entry);
  });
  const find = (design: Design): number | undefined => {
    const entry = entries.get(keyOf(names, design));
    return entry && entry.sum / entry.count;
  };
  return {
    designs: Array.from(entries.values(), ({ design }) => design),
    find,
    score: (design) => {
      const value = find(design);
      if (value !== undefined) return value;
      throw dataError(`The table ${table} does not hold the design ${keyOf(names, design)} and cannot score it.`);
    },
  };
}

/** A design as the JSON text of its values by name; a missing value is left out. */
function keyOf(names: readonly string[], design: Design): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, design[name]])));
}
