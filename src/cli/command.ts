import { usageError } from '../base/index.ts';
import { closestName } from '../table/index.ts';
import { readFlags, type Flags, type FlagsOf } from './flags.ts';
import type { Session } from './session.ts';

interface Spec<V> {
  readonly name: string;
  /** What follows the name: `DATA.csv`. */
  readonly operand: string;
  readonly summary: string;
  /** What the help says below the usage. */
  readonly description: string;
  readonly flags: FlagsOf<V>;
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (operand: string, values: V, session: Session) => Promise<void>;
}

/** A command as the parser sees it. */
export interface Command extends Omit<Spec<unknown>, 'flags' | 'run'> {
  readonly flags: Flags;
  /** Runs on what yargs parsed: operands after the command's name, and every flag's texts. Throws usage errors for wrong ones. */
  readonly start: (
    operands: readonly string[],
    texts: Readonly<Record<string, readonly string[]>>,
    session: Session,
  ) => Promise<void>;
}

/** Throws a usage error for the first flag that the command does not have. */
function checkKnown(name: string, flags: Flags, given: readonly string[]): void {
  const unknown = given.find((flag) => !Object.hasOwn(flags, flag));
  if (unknown === undefined) return;
  const dashes = unknown.length === 1 ? '-' : '--';
  const meant = closestName(unknown, Object.keys(flags));
  throw usageError(
    `${name} has no flag ${dashes}${unknown}${meant === undefined ? '' : `; did you mean --${meant}`} (see diffopt ${name} --help)`,
  );
}

function onlyOperand({ name, operand }: { name: string; operand: string }, operands: readonly string[]): string {
  const [first, second] = operands;
  if (first === undefined || first === '') throw usageError(`${name} needs a file: diffopt ${name} ${operand}`);
  if (second !== undefined) {
    throw usageError(
      `${name} takes one file, ${operand}, but ${JSON.stringify(second)} follows ${JSON.stringify(first)}`,
    );
  }
  return first;
}

export function defineCommand<V>({ run, ...spec }: Spec<V>): Command {
  return {
    ...spec,
    flags: spec.flags,
    start: (operands, texts, session) => {
      checkKnown(spec.name, spec.flags, Object.keys(texts));
      const operand = onlyOperand(spec, operands);
      return run(operand, readFlags<V>(spec.flags, texts), session);
    },
  };
}
