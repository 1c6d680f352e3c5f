import {
  add,
  cos,
  divide,
  expandLike,
  gather,
  matMul,
  multiply,
  negate,
  pad,
  relu,
  reshape,
  scalar,
  scatterAdd,
  sigmoid,
  sign,
  sin,
  slice,
  square,
  subtract,
  sum,
  transpose,
} from './ops.ts';
import { withBodies } from './plan.ts';
import { broadcastAxes, formatShape, sameShape, ShapeError } from './shape.ts';
import {
  topological,
  type AnyOpTensor,
  type OpName,
  type OpTensor,
  type Reduction,
  type Shape,
  type Tensor,
} from './tensor.ts';

/** From the gradient of an op's output to those of its inputs; undefined where there is none. A gradient may have the shape
 *  that the input was broadcast to. */
type GradientRule<Op extends OpName> = (gradient: Tensor, output: OpTensor<Op>) => readonly (Tensor | undefined)[];

/** 1 where x > 0, else 0. */
const step = (x: Tensor): Tensor => relu(sign(x));

/** The shape with reduced axes kept as 1. */
function keptShape(shape: Shape, { axes }: Reduction): Shape {
  return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

function inputAt(output: { readonly inputs: readonly Tensor[] }, index: number): Tensor {
  return output.inputs[index]!;
}

/** The gradient before it was broadcast, where a product with `x` broadcasts it again. */
function unexpanded(gradient: Tensor, x: Tensor): Tensor {
  const expands = gradient.kind === 'op' && gradient.op === 'expandLike' && sameShape(gradient.shape, x.shape);
  return expands ? inputAt(gradient, 0) : gradient;
}

const noGradient = (): readonly undefined[] => [undefined, undefined];

const gradientRules: { readonly [Op in OpName]: GradientRule<Op> } = {
  abs: (g, y) => [multiply(g, sign(inputAt(y, 0)))],
  cos: (g, y) => [negate(multiply(g, sin(inputAt(y, 0))))],
  exp: (g, y) => [multiply(g, y)],
  log: (g, y) => [divide(g, inputAt(y, 0))],
  negate: (g) => [negate(g)],
  relu: (g, y) => [multiply(g, sign(y))],
  round: noGradient,
  // s' = s (1 - s)
  sigmoid: (g, y) => [multiply(g, multiply(y, subtract(1, y)))],
  // y' = s + y (1 - s) = y + s (1 - y), so that x need not be kept
  silu: (g, y) => [multiply(g, add(y, multiply(sigmoid(inputAt(y, 0)), subtract(1, y))))],
  sign: noGradient,
  sin: (g, y) => [multiply(g, cos(inputAt(y, 0)))],
  sqrt: (g, y) => [divide(multiply(g, 0.5), y)],
  tanh: (g, y) => [multiply(g, subtract(1, square(y)))],
  add: (g) => [g, g],
  // d(a/b) = da/b - (a/b) db/b
  divide: (g, y) => {
    const share = divide(g, inputAt(y, 1));
    return [share, negate(multiply(share, y))];
  },
  maximum: (g, y) => {
    const first = step(subtract(inputAt(y, 0), inputAt(y, 1)));
    return [multiply(g, first), multiply(g, subtract(1, first))];
  },
  minimum: (g, y) => {
    const first = step(subtract(inputAt(y, 1), inputAt(y, 0)));
    return [multiply(g, first), multiply(g, subtract(1, first))];
  },
  multiply: (g, y) => {
    const [a, b] = [inputAt(y, 0), inputAt(y, 1)];
    if (a === b) return [multiply(multiply(unexpanded(g, a), 2), a), undefined];
    return [multiply(unexpanded(g, b), b), multiply(unexpanded(g, a), a)];
  },
  subtract: (g) => [g, negate(g)],
  // C = A B: dA = dC B^T, dB = A^T dC; each transposed back where the operand came transposed.
  matMul: (g, y) => {
    const [a, b] = [inputAt(y, 0), inputAt(y, 1)];
    const { transposeA, transposeB } = y.attributes;
    const left = transposeA
      ? matMul(b, g, { transposeA: transposeB, transposeB: true })
      : matMul(g, b, { transposeB: !transposeB });
    const right = transposeB
      ? matMul(g, a, { transposeA: true, transposeB: transposeA })
      : matMul(a, g, { transposeA: !transposeA });
    return [left, right];
  },
  sum: (g, y) => {
    const x = inputAt(y, 0);
    return [expandLike(reshape(g, keptShape(x.shape, y.attributes)), x)];
  },
  // Shared by all that are largest.
  max: (g, y) => {
    const x = inputAt(y, 0);
    const kept = keptShape(x.shape, y.attributes);
    const largest = subtract(1, step(subtract(expandLike(reshape(y, kept), x), x)));
    const count = sum(largest, y.attributes.axes, true);
    return [multiply(largest, expandLike(divide(reshape(g, kept), count), x))];
  },
  argMax: noGradient,
  // dx = y (dy - sum(dy y))
  softmax: (g, y) => {
    const weighted = multiply(g, y);
    return [subtract(weighted, multiply(y, sum(weighted, [y.shape.length - 1], true)))];
  },
  reshape: (g, y) => [reshape(g, inputAt(y, 0).shape)],
  transpose: (g, y) => {
    const { permutation } = y.attributes;
    return [
      transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  expandLike: (g) => [g, undefined],
  concat: (g, y) => {
    const { axis } = y.attributes;
    let start = 0;
    return y.inputs.map(({ shape }) => {
      const end = start + (shape[axis] as number);
      const part = slice(g, axis, start, end);
      start = end;
      return part;
    });
  },
  slice: (g, y) => {
    const { axis, start, end } = y.attributes;
    return [pad(g, axis, start, (inputAt(y, 0).shape[axis] as number) - end)];
  },
  pad: (g, y) => {
    const { axis, before } = y.attributes;
    return [slice(g, axis, before, before + (inputAt(y, 0).shape[axis] as number))];
  },
  gather: (g, y) => {
    const [data, indices] = [inputAt(y, 0), inputAt(y, 1)];
    const [rows, ...rest] = data.shape;
    if (typeof rows !== 'number' || indices.shape.length !== 1) {
      throw new ShapeError(
        `A gradient through gather needs data of known size and indices [k], got ${formatShape(data.shape)}, ${formatShape(indices.shape)}`,
      );
    }
    return [scatterAdd(indices, reshape(g, [indices.shape[0]!, ...rest]), rows), undefined];
  },
  scatterAdd: (g, y) => [undefined, gather(g, inputAt(y, 0))],
  toFloat: noGradient,
};

/** Sums the gradient over the axes along which the input was broadcast. */
function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  // The sum has fewer signs to change.
  if (gradient.kind === 'op' && gradient.op === 'negate') return negate(unbroadcast(inputAt(gradient, 0), shape));
  return reshape(sum(gradient, broadcastAxes(shape, gradient.shape), true), shape);
}

function inputGradients(output: AnyOpTensor, gradient: Tensor): readonly (Tensor | undefined)[] {
  // One call through the table: the union of rules and the union of tensors agree by the tag `op`.
  const rule = gradientRules[output.op] as GradientRule<OpName>;
  return rule(gradient, output);
}

/** The targets and all that depends on them, through loops too. */
function activeTensors(output: Tensor, targets: readonly Tensor[]): ReadonlySet<Tensor> {
  const active = new Set<Tensor>();
  for (const tensor of topological([output], withBodies)) {
    if (targets.includes(tensor) || withBodies(tensor).some((x) => active.has(x))) active.add(tensor);
  }
  return active;
}

/**
 * Gradients of a scalar with respect to tensors of the same scope, in reverse mode; zeros where the scalar does not depend on a
 * tensor. `seed` replaces the scalar's gradient of 1 (shape of `output`, any rank then). Gradients do not pass through a loop:
 * a ShapeError where one would have to.
 */
export function gradients(output: Tensor, targets: readonly Tensor[], seed?: Tensor): readonly Tensor[] {
  if (seed === undefined && output.shape.length !== 0) {
    throw new ShapeError(`Expected a scalar to differentiate, got ${formatShape(output.shape)}`);
  }
  if (seed !== undefined && !sameShape(seed.shape, output.shape)) {
    throw new ShapeError(`Expected a seed of ${formatShape(output.shape)}, got ${formatShape(seed.shape)}`);
  }
  const order = topological([output]);
  const active = activeTensors(output, targets);
  const sums = new Map<Tensor, Tensor>([[output, seed ?? scalar(1)]]);
  for (const tensor of [...order].reverse()) {
    const gradient = sums.get(tensor);
    if (gradient === undefined || !active.has(tensor)) continue;
    if (tensor.kind === 'loopOutput' && !targets.includes(tensor)) {
      throw new ShapeError('Expected no loop between the scalar and what it is differentiated by, got one');
    }
    if (tensor.kind !== 'op') continue;
    inputGradients(tensor, gradient).forEach((part, index) => {
      const operand = tensor.inputs[index];
      if (part === undefined || operand === undefined || !active.has(operand)) return;
      const own = unbroadcast(part, operand.shape);
      const before = sums.get(operand);
      sums.set(operand, before === undefined ? own : add(before, own));
    });
  }
  return targets.map((target) => sums.get(target) ?? expandLike(scalar(0), target));
}
