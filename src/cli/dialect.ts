import { z } from 'zod';
import type { Json, RunSettings } from '../run/index.ts';
import { plainDialect, type Dialect } from '../table/index.ts';

const dialectSchema = z.object({ delimiter: z.string(), decimalComma: z.boolean() });

/** What a run keeps of how its data are written: nothing for commas and decimal points. */
export function dialectFact({ delimiter, decimalComma }: Dialect): { readonly dialect?: Json } {
  const plain = delimiter === plainDialect.delimiter && !decimalComma;
  return plain ? {} : { dialect: { delimiter, decimalComma } };
}

/** How the data of a run are written, and what is asked for with them. */
export function dialectOfRun({ options = {} }: RunSettings): Dialect {
  return dialectSchema.safeParse(options['dialect']).data ?? plainDialect;
}
