import { z } from 'zod';
import { countSchema, designSchema, idSchema, predictionSchema } from './events.ts';
import type { AskedRequest, Evaluation } from './history.ts';

const evaluation = {
  id: idSchema.exactOptional(),
  design: designSchema,
  source: z.enum(['oracle', 'user', 'table']),
  round: countSchema,
  asks: countSchema,
};

/** What a history is made of, as JSON. */
export const askedRequestSchema: z.ZodType<AskedRequest> = z.strictObject({
  id: idSchema,
  design: designSchema,
  round: countSchema,
  predicted: predictionSchema.exactOptional(),
});

export const evaluationSchema: z.ZodType<Evaluation> = z.discriminatedUnion('status', [
  z.strictObject({ ...evaluation, status: z.literal('measured'), reward: z.number() }),
  z.strictObject({ ...evaluation, status: z.literal('failed'), error: z.string() }),
  z.strictObject({ ...evaluation, status: z.literal('unlabelled') }),
]);
