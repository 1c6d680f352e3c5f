import { ShapeError } from './shape.ts';
import { operands, topological, type Scope, type Tensor } from './tensor.ts';

/** In what order to compute a graph: the tensors of the outermost scope, and of each loop's body, operands first. What a body
 *  computes from outer tensors alone is in the outer list, so it is computed once. */
export interface Plan {
  readonly main: readonly Tensor[];
  readonly bodies: ReadonlyMap<Scope, readonly Tensor[]>;
}

type Scopes = ReadonlySet<Scope>;

const outside: Scopes = new Set();

/** The tensors that a tensor is computed from, those of a loop's body too. */
export function withBodies(tensor: Tensor): readonly Tensor[] {
  if (tensor.kind !== 'loopOutput') return operands(tensor);
  const { initial, next, collected } = tensor.loop;
  return [...initial, ...next, ...collected];
}

function union(a: Scopes, b: Scopes): Scopes {
  if (a === b || b.size === 0) return a;
  if (a.size === 0) return b;
  return [...b].every((scope) => a.has(scope)) ? a : new Set([...a, ...b]);
}

const leaked = "Expected what a loop's body computes to leave it as state or collected, got it used outside";

/** Plans the tensors that the roots need. Throws a ShapeError where a tensor of a loop's body is used outside the loop. */
export function planOf(roots: readonly Tensor[]): Plan {
  const order = topological(roots, withBodies);
  const scopesOf = new Map<Tensor, Scopes>();
  const depths = new Map<Scope, number>();
  const outerOf = new Map<Scope, Scopes>();
  for (const tensor of order) {
    let scopes: Scopes = tensor.kind === 'placeholder' ? new Set([tensor.scope]) : outside;
    for (const operand of withBodies(tensor)) scopes = union(scopes, scopesOf.get(operand)!);
    if (tensor.kind === 'loopOutput') {
      const own = tensor.loop.scope;
      if (scopes.has(own)) scopes = new Set([...scopes].filter((scope) => scope !== own));
      outerOf.set(own, scopes);
    }
    scopesOf.set(tensor, scopes);
  }
  const depthOf = (scope: Scope): number => {
    const known = depths.get(scope);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...[...(outerOf.get(scope) ?? outside)].map(depthOf));
    depths.set(scope, depth);
    return depth;
  };
  if (roots.some((root) => scopesOf.get(root)!.size > 0)) throw new ShapeError(leaked);
  const main: Tensor[] = [];
  const bodies = new Map<Scope, Tensor[]>([...outerOf.keys()].map((scope) => [scope, []]));
  for (const tensor of order) {
    const innermost = [...scopesOf.get(tensor)!].sort((a, b) => depthOf(b) - depthOf(a))[0];
    const place = innermost === undefined ? main : bodies.get(innermost);
    if (place === undefined) throw new ShapeError(leaked);
    place.push(tensor);
  }
  return { main, bodies };
}
