import { planOf, type Plan } from './plan.ts';
import { formatShape, sameShape, ShapeError } from './shape.ts';
import type { Graph, InputTensor, Tensor, VariableTensor } from './tensor.ts';

/** What a graph is given by name, and in what order it is computed. */
export interface Signature {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly inputs: readonly InputTensor[];
  readonly variables: readonly VariableTensor[];
}

/** The signature of a graph. Throws a ShapeError where names clash or an update does not fit its variable. */
export function signatureOf(graph: Graph): Signature {
  const updates = graph.updates ?? [];
  const plan = planOf([...Object.values(graph.outputs), ...updates.map(({ next }) => next)]);
  const leaves = new Map<string, InputTensor | VariableTensor>();
  const declare = (leaf: InputTensor | VariableTensor): void => {
    checkName(leaf.name);
    const other = leaves.get(leaf.name) ?? leaf;
    if (other.kind !== leaf.kind || other.dtype !== leaf.dtype || !sameShape(other.shape, leaf.shape)) {
      throw new ShapeError(`Expected one tensor of the name ${leaf.name}, got two that differ`);
    }
    leaves.set(leaf.name, other);
  };
  plan.main.filter(isLeaf).forEach(declare);
  const used = [...leaves.values()];
  updates.forEach(({ variable }) => declare(variable));
  checkUpdates(updates);
  for (const name of Object.keys(graph.outputs)) {
    checkName(name);
    if (leaves.has(name))
      throw new ShapeError(`Expected outputs named unlike inputs and variables, got ${name} as both`);
  }
  return {
    graph,
    plan,
    inputs: used.filter((leaf) => leaf.kind === 'input'),
    variables: used.filter((leaf) => leaf.kind === 'variable'),
  };
}

function isLeaf(tensor: Tensor): tensor is InputTensor | VariableTensor {
  return tensor.kind === 'input' || tensor.kind === 'variable';
}

/** Names of the emitter's own begin with a slash. */
function checkName(name: string): void {
  if (name === '' || name.startsWith('/')) {
    throw new ShapeError(`Expected a name that is not empty and does not begin with a slash, got "${name}"`);
  }
}

function checkUpdates(updates: NonNullable<Graph['updates']>): void {
  const seen = new Set<string>();
  for (const { variable, next } of updates) {
    if (seen.has(variable.name)) throw new ShapeError(`Expected one update of variable ${variable.name}, got two`);
    seen.add(variable.name);
    if (variable.dtype !== next.dtype || !sameShape(variable.shape, next.shape)) {
      throw new ShapeError(
        `Expected the update of variable ${variable.name} to be ${variable.dtype} ${formatShape(variable.shape)}, got ${next.dtype} ${formatShape(next.shape)}`,
      );
    }
  }
}
