import { usageError } from '../base/index.ts';
import { closestName } from '../table/index.ts';
import { readFlags, type Flags, type FlagsOf } from './flags.ts';
import type { Session } from './session.ts';

/** One file for each operand. */
export type Files<Names extends readonly string[] = readonly [string]> = { readonly [At in keyof Names]: string };

interface Spec<V, Names extends readonly string[]> {
  readonly name: string;
  /** The files that follow the name, as the help names them: `DATA.csv`. */
  readonly operands: Names;
  readonly summary: string;
  /** What the help says below the usage. */
  readonly description: string;
  readonly flags: FlagsOf<V>;
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (files: Files<Names>, values: V, session: Session) => Promise<void>;
}

/** A command as the parser sees it. */
export interface Command extends Omit<Spec<unknown, readonly string[]>, 'flags' | 'run'> {
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

/** How many files, in words that fit before "file" or "files". */
function fileCount(count: number): string {
  return count === 1 ? 'one file' : count === 2 ? 'two files' : `${count} files`;
}

/** One file for each operand of the command. Throws a usage error for fewer or more. */
function filesOf<Names extends readonly string[]>(
  { name, operands }: { readonly name: string; readonly operands: Names },
  given: readonly string[],
): Files<Names> {
  const missing = operands.findIndex((_, at) => (given[at] ?? '') === '');
  if (missing >= 0) {
    const files = operands.length === 1 ? 'a file' : fileCount(operands.length);
    throw usageError(`${name} needs ${files}: diffopt ${name} ${operands.join(' ')}`);
  }
  const extra = given[operands.length];
  if (extra !== undefined && operands.length === 0) {
    throw usageError(`${name} takes no file, but ${JSON.stringify(extra)} follows it`);
  }
  if (extra !== undefined) {
    throw usageError(
      `${name} takes ${fileCount(operands.length)}, ${operands.join(' and ')}, but ${JSON.stringify(extra)} follows ${JSON.stringify(given[operands.length - 1])}`,
    );
  }
  // As many as there are operands, which the type cannot see.
  return given as unknown as Files<Names>;
}

export function defineCommand<V, Names extends readonly string[] = readonly [string]>({
  run,
  ...spec
}: Spec<V, Names>): Command {
  return {
    ...spec,
    flags: spec.flags,
    start: (operands, texts, session) => {
      checkKnown(spec.name, spec.flags, Object.keys(texts));
      const files = filesOf(spec, operands);
      return run(files, readFlags<V>(spec.flags, texts), session);
    },
  };
}
