import { dataError, usageError, type UserError } from '../base/index.ts';
import { compile, encodedConstraints, exactTolerances, type Compiled } from './compile.ts';
import { rowProblem, rowViolation } from './constraints.ts';
import { createDecoder, type Decoder } from './decoder.ts';
import { parseDefinition } from './definition.ts';
import { listed, shown } from './numbers.ts';
import type { Design, EncodedColumn, EncodedConstraint, Space, SpaceDefinition, Value } from './types.ts';

/** Part of a constraint's scale by which a measured row may miss it. */
const measuredTolerance = 1e-6;

class CompiledSpace implements Space {
  readonly definition: SpaceDefinition;
  readonly names: readonly string[];
  readonly dimension: number;
  readonly columns: readonly EncodedColumn[];
  readonly constraints: readonly EncodedConstraint[];
  readonly fixed: Design;
  readonly size: number;
  private readonly compiled: Compiled;
  private readonly decoder: Decoder;
  private readonly tolerances: readonly number[];

  /** `refuse` makes the error for constraints that nothing satisfies. */
  constructor(compiled: Compiled, fixed: Design, refuse: (contradiction: string) => UserError) {
    this.compiled = compiled;
    this.fixed = Object.freeze(fixed);
    this.definition = compiled.definition;
    this.names = compiled.names;
    this.dimension = compiled.dimension;
    this.columns = compiled.columns.map(({ column }) => column);
    this.constraints = encodedConstraints(compiled);
    this.tolerances = exactTolerances(compiled);
    this.size = compiled.columns.reduce(
      (size, { column, codec }) => size * (fixed[column.name] === undefined ? codec.count : 1),
      1,
    );
    this.decoder = createDecoder(compiled, fixed);
    if (this.decoder.contradiction !== undefined) throw refuse(this.decoder.contradiction);
  }

  fix(values: Design): Space {
    const added = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, this.checkFixed(name, value)]),
    );
    const text = Object.entries(added)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ');
    return new CompiledSpace(this.compiled, bare({ ...this.fixed, ...added }), (contradiction) =>
      usageError(`with ${text} fixed, ${contradiction}`),
    );
  }

  private checkFixed(name: string, value: Value): Value {
    const codec = this.compiled.byName.get(name)?.codec;
    if (codec === undefined) throw usageError(unknownName(this, name));
    const problem = codec.problemWith(value);
    if (problem !== undefined) throw usageError(`the fixed ${name} ${problem}`);
    return codec.normalize(value);
  }

  encode(design: Design): Float64Array {
    return this.write(design, new Float64Array(this.dimension), 0);
  }

  encodeAll(designs: readonly Design[]): Float32Array {
    const matrix = new Float32Array(designs.length * this.dimension);
    designs.forEach((design, i) => this.write(design, matrix, i * this.dimension));
    return matrix;
  }

  private write<T extends Float32Array | Float64Array>(design: Design, target: T, offset: number): T {
    for (const { column, codec } of this.compiled.columns) {
      const value = design[column.name];
      const problem = codec.problemWith(value);
      if (value === undefined || problem !== undefined) throw dataError(`the design's ${column.name} ${problem ?? ''}`);
      codec.encode(value, target, offset + column.offset);
    }
    return target;
  }

  decode(vector: ArrayLike<number>, offset: number = 0): Design | undefined {
    return this.decoder.decode(vector, offset);
  }

  problemWith(design: Design): string | undefined {
    for (const { column, codec } of this.compiled.columns) {
      const { name } = column;
      const problem = codec.problemWith(design[name]);
      if (problem !== undefined) return `${name} ${problem}`;
      const fixed = this.fixed[name];
      if (fixed !== undefined && codec.normalize(design[name]!) !== fixed) {
        return `${name} is ${shown(design[name])}, but it is fixed at ${shown(fixed)}`;
      }
    }
    for (const [r, row] of this.compiled.rows.entries()) {
      const problem = rowProblem(row, design, measuredTolerance * this.compiled.scales[r]!);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  satisfies(design: Design, tolerance?: number): boolean {
    return this.compiled.rows.every((row, r) => rowViolation(row, design) <= (tolerance ?? this.tolerances[r]!));
  }

  decimals(name: string): number | undefined {
    return this.compiled.byName.get(name)?.codec.lattice?.decimals;
  }
}

/** A copy that inherits nothing, so that looking up a parameter named "constructor" finds no other. */
function bare(design: Design): Design {
  return Object.assign(Object.create(null) as Record<string, Value>, design);
}

/** The sentence for a name that no parameter has. */
export function unknownName(space: Space, name: string): string {
  return `there is no parameter ${JSON.stringify(name)}; the parameters are ${listed(space.names)}`;
}

/**
 * The space of a definition, which is checked and copied. Throws a data error, one sentence that begins with `source`, when the
 * definition is not valid or when no design satisfies its constraints.
 */
export function createSpace(definition: SpaceDefinition, source: string = 'space'): Space {
  const compiled = compile(parseDefinition(definition, source));
  return new CompiledSpace(compiled, bare({}), (contradiction) => dataError(`${source}: ${contradiction}`));
}

/**
 * The definition in `space.json`, as text or already parsed. Throws a data error, one sentence that names the file and the place,
 * when it is not valid or when no design satisfies its constraints.
 */
export function parseSpace(source: unknown, fileName: string): SpaceDefinition {
  return createSpace(parseDefinition(source, fileName), fileName).definition;
}
