/** Exit codes of the command line. */
export type FailureKind = 'data' | 'usage' | 'stopped';

export const exitCodes: Readonly<Record<FailureKind, number>> = { data: 1, usage: 2, stopped: 3 };

/** A failure the user can act on: one clear sentence, and the kind that decides the exit code. */
export class UserError extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'UserError';
    this.kind = kind;
  }
}

/** Bad data or a bad file. */
export function dataError(sentence: string, options?: ErrorOptions): UserError {
  return new UserError('data', sentence, options);
}

/** A bad flag, option or value. */
export function usageError(sentence: string, options?: ErrorOptions): UserError {
  return new UserError('usage', sentence, options);
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
