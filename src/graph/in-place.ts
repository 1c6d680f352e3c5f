import type { Graph, Loop, Tensor } from './tensor.ts';

/** Whether a tensor is made anew: a reshaped one may lie where what it was made from lies, and so may one that is handed on. */
function isMade(tensor: Tensor): boolean {
  return tensor.kind === 'op' && tensor.op !== 'reshape';
}

function soleLoop({ outputs, updates = [] }: Graph): Loop | undefined {
  const results = [...Object.values(outputs), ...updates.map(({ next }) => next)];
  const loops = new Set(results.map((tensor) => (tensor.kind === 'loopOutput' ? tensor.loop : undefined)));
  return loops.size === 1 ? [...loops][0] : undefined;
}

/**
 * Whether the next values of a graph's variables may be written where the present ones lie: all that it computes leaves one
 * loop, which reads its state before its first iteration is over and writes it after the last, and no state or collected tensor
 * of the last iteration can lie in a variable.
 */
export function updatesInPlace(graph: Graph): boolean {
  const loop = soleLoop(graph);
  if (loop === undefined || loop.trips === 0 || graph.updates === undefined) return false;
  const inPlace = graph.updates.every(
    ({ variable, next }) => next.kind === 'loopOutput' && loop.initial[next.index] === variable,
  );
  return inPlace && [...loop.next, ...loop.collected].every(isMade);
}
