import { argmax } from './argmax.ts';
import { bestOfData } from './best-of-data.ts';
import { diffusionOnly } from './diffusion-only.ts';
import { geneticAlgorithm } from './genetic-algorithm.ts';
import { gradientAscent } from './gradient-ascent.ts';
import type { Method } from './method.ts';
import { ours } from './ours.ts';
import { random, randomUnseen, type RandomMethod } from './random.ts';

/** In the order of the tables. */
export const methodNames = [
  'ours',
  'argmax',
  'gradient-ascent',
  'genetic-algorithm',
  'diffusion-only',
  'best-of-data',
] as const;
export type MethodName = (typeof methodNames)[number];

export const methods: { readonly [Name in MethodName]: Method } = {
  ours,
  argmax,
  'gradient-ascent': gradientAscent,
  'genetic-algorithm': geneticAlgorithm,
  'diffusion-only': diffusionOnly,
  'best-of-data': bestOfData,
};

export const randomMethodNames = ['random', 'random-unseen'] as const;
export type RandomMethodName = (typeof randomMethodNames)[number];

export const randomMethods: { readonly [Name in RandomMethodName]: RandomMethod } = {
  random,
  'random-unseen': randomUnseen,
};

export type AnyMethodName = MethodName | RandomMethodName;
export const anyMethodNames: readonly AnyMethodName[] = [...methodNames, ...randomMethodNames];

/** Methods that need a list of all designs. */
const listing: readonly AnyMethodName[] = ['argmax', 'random-unseen'];

/** Whether a method can be used where all designs are listed, or are not. */
export function applies(method: AnyMethodName, listed: boolean): boolean {
  return listed || !listing.includes(method);
}

/** What the tables say of each method. */
export const methodNotes: { readonly [Name in AnyMethodName]: string } = {
  ours: '**this package**',
  'gradient-ascent': 'gradient ascent, same surrogate',
  'genetic-algorithm': 'genetic algorithm, same surrogate',
  'diffusion-only': 'diffusion without surrogate',
  argmax: 'argmax of the surrogate over all designs',
  'best-of-data': 'mutations of the best rows',
  random: 'random designs',
  'random-unseen': 'random designs that are not in the data',
};
