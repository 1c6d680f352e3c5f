import { z } from 'zod';
import { dataError } from '../base/index.ts';
import { rowWeightings, samplers, type SamplerName, type WeightingName } from '../diffusion/index.ts';
import { runtimeNames } from '../graph/index.ts';
import { designSchema } from '../run/index.ts';
import type { OptimizerOptions } from './optimizer-options.ts';
import { variationNames } from './variations.ts';

/** Options that can be kept as JSON: a function is none, and another machine has its own threads. */
export type PlainOptions = Omit<OptimizerOptions, 'surrogate' | 'threads'>;

const number = z.number().exactOptional();

const samplerNames = Object.keys(samplers) as [SamplerName, ...SamplerName[]];
const weightingNames = Object.keys(rowWeightings) as [WeightingName, ...WeightingName[]];

const training = z.strictObject({
  width: number,
  blocks: number,
  batch: number,
  steps: number,
  learningRate: number,
  weightDecay: number,
  rewardDropout: number,
  averageDecay: number,
  clipNorm: number,
  heldOutShare: number,
  patience: number,
});

const shape = {
  direction: z.enum(['maximize', 'minimize']).exactOptional(),
  batch: number,
  initial: number,
  exploration: number,
  realSteps: number,
  evaluations: number,
  target: number,
  stagnation: number,
  diversity: number,
  fix: designSchema.exactOptional(),
  candidates: z.array(designSchema).exactOptional(),
  pool: number,
  generations: number,
  variations: z.array(z.enum(variationNames)).exactOptional(),
  guidances: z.array(z.number()).exactOptional(),
  stretches: z.array(z.number()).exactOptional(),
  sampler: z.enum(samplerNames).exactOptional(),
  samplerSteps: number,
  weighting: z.enum(weightingNames).exactOptional(),
  caution: number,
  training: training.exactOptional(),
  seed: number,
  runtime: z.enum(runtimeNames).exactOptional(),
} satisfies { readonly [K in keyof Required<PlainOptions>]: z.ZodType };

/** The names of the options that can be kept. */
export const plainOptionNames = Object.keys(shape) as readonly (keyof PlainOptions)[];

/** Those of the options that are given and can be kept. */
export function plainOptions(options: OptimizerOptions): PlainOptions {
  const given = plainOptionNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/** Types alone: ranges are checked where options are used. */
export const plainOptionsSchema: z.ZodType<PlainOptions> = z.strictObject(shape);

const nouns: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `${nouns[issue.expected] ?? issue.expected} was expected`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')} was expected`;
  if (issue.code === 'unrecognized_keys') return `it has the unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'measured, failed or unlabelled was expected as its status';
  if (issue.code === 'too_small') return `at least ${issue.minimum} was expected`;
  return issue.message;
}

const longest = 80;

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing');
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** The value, if it has the shape. Throws a data error, one sentence that names the first place where it has not. */
export function readShape<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const found = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
  const place = [name, ...issue.path.map(String)].join('.');
  throw dataError(`${place} is ${shown(found)}, and ${expectation(issue)}`);
}
