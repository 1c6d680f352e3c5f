import { nearestCandidate, uniformDesign, type Evaluation, type OnlineMethod } from '../../benchmarks/index.ts';
import { randomStream } from '../../src/index.ts';

/** Steps from the best design, a third of the range at first, and shorter the longer nothing better was found. */
const localSearch: OnlineMethod = (space, { seed }) => {
  const stream = randomStream(seed).split('local search');
  let best: Float64Array = new Float64Array(space.dimension);
  let [least, reach] = [Infinity, 0.6];
  const learn = ({ design, cost = Infinity }: Evaluation): void => {
    if (cost < least) [best, least, reach] = [space.encode(design), cost, Math.min(0.6, 1.5 * reach)];
    else reach = Math.max(1e-3, 0.97 * reach);
  };
  const step = () => space.decode(best.map((x) => Math.min(1, Math.max(-1, x + reach * stream.normal()))));
  return {
    ask: (count) =>
      Array.from({ length: count }, () => (least < Infinity ? step() : undefined) ?? uniformDesign(space, stream)),
    tell: (evaluations) => evaluations.forEach(learn),
  };
};

/** Where only candidates can be measured it is given the nearest ones. */
export const onlineMethods: Readonly<Record<string, OnlineMethod>> = { 'local-search': nearestCandidate(localSearch) };
