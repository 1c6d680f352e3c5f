import { formatShape, ShapeError } from '../shape.ts';
import type { Signature } from '../signature.ts';
import type { InputTensor, VariableTensor } from '../tensor.ts';
import type { NamedValues, Program, Values } from './types.ts';

type Leaf = InputTensor | VariableTensor;

/** Sizes that symbols have taken, and in which tensor. */
type Sizes = Map<string, { readonly size: number; readonly where: string }>;

function described({ kind, name, shape }: Leaf): string {
  return `${kind} ${name} ${formatShape(shape)}`;
}

function checkShape(leaf: Leaf, shape: readonly number[], sizes: Sizes): void {
  const fits =
    shape.length === leaf.shape.length &&
    leaf.shape.every((dim, axis) => typeof dim === 'string' || dim === shape[axis]);
  if (!fits) throw new ShapeError(`Expected values that fit ${described(leaf)}, got shape ${formatShape(shape)}`);
  leaf.shape.forEach((dim, axis) => {
    if (typeof dim === 'number') return;
    const size = shape[axis]!;
    const known = sizes.get(dim) ?? { size, where: described(leaf) };
    if (known.size !== size) {
      throw new ShapeError(
        `Expected size ${dim} of ${described(leaf)} to be ${known.size} as in ${known.where}, got ${size}`,
      );
    }
    sizes.set(dim, known);
  });
}

function checkValues(what: string, { shape, data }: Values): void {
  const size = shape.reduce((total, dim) => total * dim, 1);
  if (data.length !== size) {
    throw new ShapeError(`Expected ${size} values for ${what} given as ${formatShape(shape)}, got ${data.length}`);
  }
}

function checkType(leaf: Leaf, { data }: Values): void {
  if (data instanceof Int32Array !== (leaf.dtype === 'int')) {
    const expected = leaf.dtype === 'int' ? 'an Int32Array' : 'a Float32Array or Float64Array';
    throw new ShapeError(`Expected ${expected} for ${described(leaf)}, got ${data.constructor.name}`);
  }
}

/**
 * A program whose values are checked before the runtime sees them, the same on every runtime. Values that the graph does not use
 * are passed over.
 */
export function checkedProgram(
  { inputs, variables }: Pick<Signature, 'inputs' | 'variables'>,
  program: Program,
): Program {
  const written = new Map<string, readonly number[]>();
  let disposed = false;
  const checkAlive = (): void => {
    if (disposed) throw new Error('The program was disposed');
  };
  const take = (values: NamedValues): void => {
    checkAlive();
    for (const [name, value] of Object.entries(values)) {
      const leaf = variables.find((variable) => variable.name === name);
      checkValues(leaf === undefined ? `variable ${name}` : described(leaf), value);
      if (leaf === undefined) continue;
      checkShape(leaf, value.shape, new Map());
      checkType(leaf, value);
    }
    for (const [name, { shape }] of Object.entries(values)) written.set(name, shape);
  };
  return {
    write: async (values) => {
      take(values);
      await program.write(values);
    },
    give: async (values) => {
      take(values);
      await program.give(values);
    },
    read: async (names) => {
      checkAlive();
      return program.read(names);
    },
    run: async (values) => {
      checkAlive();
      const sizes: Sizes = new Map();
      for (const leaf of variables) {
        const shape = written.get(leaf.name);
        if (shape === undefined) throw new ShapeError(`Expected ${described(leaf)} to be written before the first run`);
        checkShape(leaf, shape, sizes);
      }
      for (const leaf of inputs) {
        const value = values[leaf.name];
        if (value === undefined) throw new ShapeError(`Expected a value for ${described(leaf)}, got none`);
        checkValues(described(leaf), value);
        checkShape(leaf, value.shape, sizes);
        checkType(leaf, value);
      }
      return program.run(Object.fromEntries(inputs.map(({ name }) => [name, values[name]!])));
    },
    dispose: async () => {
      if (disposed) return;
      disposed = true;
      await program.dispose();
    },
  };
}

/** What a runtime says when a variable without a value is read. */
export function unwritten(name: string): Error {
  return new Error(`Expected variable ${name} to be written before it is read`);
}
