import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkWritable, usageError } from '../base/index.ts';

/** A file of a command: the flag or operand that names it, and its name; without a name it is not used. */
export interface NamedFile {
  readonly role: string;
  readonly file: string | undefined;
}

function placeOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/**
 * Makes sure, before any work, that every output can be written and that none would replace an input or another output. Throws a
 * usage or data error.
 */
export function checkOutputs(inputs: readonly NamedFile[], outputs: readonly NamedFile[]): void {
  const taken = new Map<string, string>();
  for (const { role, file } of inputs) if (file !== undefined) taken.set(placeOf(file), role);
  for (const { role, file } of outputs) {
    if (file === undefined) continue;
    checkWritable(file);
    const place = placeOf(file);
    const other = taken.get(place);
    // Devices such as /dev/null take any number of outputs.
    if (other !== undefined && !place.startsWith('/dev/')) {
      throw usageError(`${role} and ${other} are both ${file}; name another file for ${role}`);
    }
    taken.set(place, role);
  }
}
