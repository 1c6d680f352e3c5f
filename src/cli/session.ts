import type { Writable } from 'node:stream';
import { writingFailed } from '../base/index.ts';

/** A stream that may be a terminal of so many columns. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command talks to. Results go to `stdout`, everything else to `stderr`. */
export interface Session {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Resolves when the text has left the stream. Throws a `stopped` error when the stream fails. */
export function print(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error instanceof Error ? reject(writingFailed('the output', error)) : resolve()));
  });
}

/** Columns of a terminal; `otherwise` for what is none, or does not say. */
export function widthOf({ columns }: OutputStream, otherwise: number): number {
  return columns === undefined || columns === 0 ? otherwise : columns;
}
