import { bestOfData } from './best-of-data.ts';
import { cmaEs } from './cma-es.ts';
import { geneticAlgorithm } from './genetic-algorithm.ts';
import type { OnlineMethod } from './method.ts';
import { nearestCandidate } from './nearest-candidate.ts';
import { diffusionOptimizer, ours, untrained } from './ours.ts';
import { sobol } from './sobol.ts';
import { uniformRandom } from './uniform.ts';

/** In the order of the tables. */
export const onlineMethodNames = [
  'ours',
  'ours-untrained',
  'cma-es',
  'genetic-algorithm',
  'best-of-data',
  'sobol',
  'random',
] as const;
export type OnlineMethodName = (typeof onlineMethodNames)[number];

/** Methods that choose candidates themselves, and others that are given the nearest ones. */
export const onlineMethods: { readonly [Name in OnlineMethodName]: OnlineMethod } = {
  ours,
  'ours-untrained': diffusionOptimizer(untrained),
  'cma-es': nearestCandidate(cmaEs),
  'genetic-algorithm': nearestCandidate(geneticAlgorithm),
  'best-of-data': nearestCandidate(bestOfData),
  sobol: nearestCandidate(sobol),
  random: uniformRandom,
};
