import { excerpt, parseAnswer, type Answer } from './answers.ts';
import { readLines } from './lines.ts';
import { startProgram, type ProcessOptions } from './process.ts';
import type { Request } from './types.ts';

export interface SessionEvents {
  /** An answer that names an id. */
  readonly onAnswer: (id: string, answer: Answer) => void;
  /** A line that is no answer, as a sentence. */
  readonly onNotice: (sentence: string) => void;
  /** The program takes requests again after `ready` was false. */
  readonly onReady: () => void;
}

/** How a program ended: whether with exit code 0, and in words. */
export interface SessionEnd {
  readonly clean: boolean;
  readonly sentence: string;
}

/** One run of a program that speaks JSON lines. */
export interface Session {
  /** False while the program does not read its input. */
  readonly ready: boolean;
  /** Resolves when the program is gone. */
  readonly ended: Promise<SessionEnd>;
  send(request: Request): void;
  /** Closes its input, and ends it when it does not end itself; resolves when it is gone. */
  end(): Promise<void>;
}

/** Starts a program that speaks JSON lines. Throws as `startProgram` does. */
export async function startSession(
  words: readonly [string, ...string[]],
  options: ProcessOptions,
  { onAnswer, onNotice, onReady }: SessionEvents,
): Promise<Session> {
  const program = await startProgram(words, options);
  const { stdin, stdout } = program.child;
  let ready = true;

  function read(line: string): void {
    if (line.trim() === '') return;
    const answer = parseAnswer(line);
    if (answer?.id !== undefined) return onAnswer(answer.id, answer);
    onNotice(`the oracle command printed ${excerpt(line)}, and a JSON line {"id": ..., "reward": ...} was expected`);
  }

  async function ending(): Promise<SessionEnd> {
    const failure = await program.ended;
    const [what, words] = [failure ?? 'ended with code 0', program.lastWords()];
    return { clean: failure === undefined, sentence: words === '' ? what : `${what}: ${words}` };
  }

  readLines(stdout, read);
  stdin.on('drain', () => {
    ready = true;
    onReady();
  });
  // A program that closed one of its ends has no more to say, even where it lives on.
  stdin.on('error', () => void program.end('stdin'));
  stdout.on('end', () => void program.end('stdin'));
  return {
    get ready() {
      return ready;
    },
    ended: ending(),
    send: ({ id, design }) => {
      ready = stdin.write(`${JSON.stringify({ id, design })}\n`);
    },
    end: () => program.end('stdin'),
  };
}
