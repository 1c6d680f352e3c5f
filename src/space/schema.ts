import { z } from 'zod';
import { lettersOf } from './sequence.ts';
import type { Constraint, Parameter } from './types.ts';

const finite = z.number();
const whole = z.number().int();
const scale = z.enum(['linear', 'log']).exactOptional();
const step = finite.positive().exactOptional();
const choice = z.union([finite, z.string().min(1)]);

const values = z
  .array(choice)
  .min(1)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const value of list) {
      if (seen.has(String(value)))
        context.addIssue({ code: 'custom', message: `holds ${JSON.stringify(value)} twice` });
      seen.add(String(value));
    }
  });

const alphabet = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const letters = lettersOf(text);
    const twice = letters.find((letter, at) => letters.indexOf(letter) !== at);
    if (twice !== undefined)
      context.addIssue({ code: 'custom', message: `holds the letter ${JSON.stringify(twice)} twice` });
    const blank = letters.find((letter) => letter.trim() === '' || /\p{Surrogate}/u.test(letter));
    if (blank !== undefined) {
      context.addIssue({ code: 'custom', message: `holds ${JSON.stringify(blank)}, which is no letter` });
    }
  });

type Shapes = { readonly [K in Parameter['type']]: z.ZodType<Extract<Parameter, { type: K }>> };

/** What each kind of parameter is made of. */
const shapes = {
  real: z.strictObject({ type: z.literal('real'), min: finite, max: finite, scale, step }),
  integer: z.strictObject({
    type: z.literal('integer'),
    min: whole,
    max: whole,
    scale,
    step: whole.positive().exactOptional(),
  }),
  ordinal: z.strictObject({ type: z.literal('ordinal'), values }),
  categorical: z.strictObject({ type: z.literal('categorical'), values }),
  sequence: z.strictObject({ type: z.literal('sequence'), alphabet, length: whole.min(1).max(100_000) }),
} satisfies Shapes;

export const parameterTypes = Object.keys(shapes) as readonly Parameter['type'][];

const parameter: z.ZodType<Parameter> = z.discriminatedUnion('type', [
  shapes.real,
  shapes.integer,
  shapes.ordinal,
  shapes.categorical,
  shapes.sequence,
]);

const relation = { equals: finite.exactOptional(), atMost: finite.exactOptional(), atLeast: finite.exactOptional() };
const sumConstraint = z.strictObject({ sum: z.array(z.string()).min(1), ...relation });
const linearConstraint = z.strictObject({ linear: z.record(z.string(), finite), ...relation });

const constraintShapes = { sum: sumConstraint, linear: linearConstraint };

/** One constraint, by the key that says which it is. */
export const constraintSchemas: { readonly [K in 'sum' | 'linear']: z.ZodType<Constraint> } = constraintShapes;

const definitionShape = z.strictObject({
  parameters: z.record(z.string().min(1), parameter),
  constraints: z.array(z.unknown()).exactOptional(),
});

/** A definition whose constraints are still to be read one by one. */
export interface RawDefinition {
  parameters: Record<string, Parameter>;
  constraints?: unknown[];
}

export const definitionSchema: z.ZodType<RawDefinition> = definitionShape;

function keysOf(shape: { readonly shape: object }): readonly string[] {
  return Object.keys(shape.shape);
}

/** The keys that an object at a place of the definition may have. */
export function acceptedKeys(path: readonly PropertyKey[], at: unknown): readonly string[] {
  if (path.length === 0) return keysOf(definitionShape);
  const holder = (typeof at === 'object' && at !== null ? at : {}) as Record<string, unknown>;
  if (path[0] === 'constraints') return keysOf(constraintShapes['linear' in holder ? 'linear' : 'sum']);
  const type = parameterTypes.find((name) => name === holder['type']);
  return type === undefined ? [] : keysOf(shapes[type]);
}
