import { bestOfData } from './best-of-data.ts';
import { cmaEs } from './cma-es.ts';
import { geneticAlgorithm } from './genetic-algorithm.ts';
import type { OnlineMethod } from './method.ts';
import { sobol } from './sobol.ts';
import { uniformRandom } from './uniform.ts';

/** In the order of the tables. */
export const onlineMethodNames = ['cma-es', 'genetic-algorithm', 'best-of-data', 'sobol', 'random'] as const;
export type OnlineMethodName = (typeof onlineMethodNames)[number];

export const onlineMethods: { readonly [Name in OnlineMethodName]: OnlineMethod } = {
  'cma-es': cmaEs,
  'genetic-algorithm': geneticAlgorithm,
  'best-of-data': bestOfData,
  sobol,
  random: uniformRandom,
};
