import { createCodec } from './codecs.ts';
import { compile, type Compiled } from './compile.ts';
import { createDecoder } from './decoder.ts';
import { decimalGrid } from './lattice.ts';
import { griddedCodec } from './numeric.ts';
import type { Design, Space } from './types.ts';

/** Values of more last decimals than this are printed as they are: a double tells no more of them apart. */
const mostUnits = 2 ** 50;

/** A design of the space in printable values, or undefined. */
export type Rounder = (design: Design) => Design | undefined;

/** The reals without a step that are neither rounded nor part of a constraint: no last bit of them need change. */
function keptNames({ names, byName, rows }: Compiled): string[] {
  const coupled = new Set(rows.flatMap((row) => row.names));
  return names.filter((name) => byName.get(name)?.codec.count === Infinity && !coupled.has(name));
}

/**
 * Rounds reals without a step to multiples of 10^-decimals, those without an entry keeping all their decimals, to the nearest such design
 * that is found which obeys bounds, fixed values and constraints. Fixed values and parameters of one value are not rounded. The
 * rounder gives undefined when there is none, for instance when a range holds no such multiple or when a sum needs more decimals.
 */
export function createRounder(space: Space, decimals: Readonly<Record<string, number | undefined>>): Rounder {
  let impossible = false;
  const compiled = compile(space.definition, (name, parameter) => {
    const places = Object.hasOwn(decimals, name) ? decimals[name] : undefined;
    const rounds = parameter.type === 'real' && parameter.step === undefined && parameter.min < parameter.max;
    if (!rounds || places === undefined || space.fixed[name] !== undefined) return createCodec(parameter);
    if (Math.max(Math.abs(parameter.min), Math.abs(parameter.max)) * 10 ** places > mostUnits)
      return createCodec(parameter);
    const grid = decimalGrid(parameter.min, parameter.max, places);
    impossible ||= grid === undefined;
    return grid === undefined ? createCodec(parameter) : griddedCodec(parameter, grid);
  });
  if (impossible) return () => undefined;
  const decoder = createDecoder(compiled, space.fixed);
  if (decoder.contradiction !== undefined) return () => undefined;
  const kept = keptNames(compiled);
  return (design) => {
    const rounded = decoder.decode(space.encode(design), 0);
    return (
      rounded && { ...rounded, ...Object.fromEntries(kept.map((name) => [name, space.fixed[name] ?? design[name]!])) }
    );
  };
}

/** One design rounded as by `createRounder`, which is faster for many. */
export function roundDesign(
  space: Space,
  design: Design,
  decimals: Readonly<Record<string, number | undefined>>,
): Design | undefined {
  return createRounder(space, decimals)(design);
}
