import { messageOf } from '../../src/base/index.ts';
import { readLines, startProgram, type Program } from '../../src/oracle/index.ts';
import { readAnswer, type Answers, type Question } from './answers.ts';
import { PeerFailure } from './failure.ts';
import type { PeerProgram } from './python.ts';

export interface SessionOptions {
  /** Threads that numerical libraries may take. */
  readonly threads: number;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
}

/** A peer's process, which answers one question at a time. */
export interface PeerSession {
  /** Rejects with a failure when the peer refuses, fails, ends or is late; its process is ended then. */
  ask<Asked extends Question>(question: Asked, content?: unknown): Promise<Answers[Asked]>;
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>;
}

/** Lines of a peer's standard error that a failure shows. */
const shownLines = 12;

/** Numerical libraries read the number of their threads from these. */
const threadVariables = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NUMEXPR_NUM_THREADS'];

async function started({ name, words }: PeerProgram, threads: number, tail: string[]): Promise<Program> {
  const env = {
    ...Object.fromEntries(threadVariables.map((variable) => [variable, String(threads)])),
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const onStderr = (line: string): void => {
    tail.push(line);
    if (tail.length > shownLines) tail.shift();
  };
  try {
    return await startProgram(words, { env, onStderr });
  } catch (cause) {
    throw new PeerFailure('missing', `the peer ${name} is missing: ${messageOf(cause)}`, { cause });
  }
}

/** Starts a peer's process. Throws a `missing` failure where it cannot be started. */
export async function startPeer(peer: PeerProgram, { threads, timeoutMs }: SessionOptions): Promise<PeerSession> {
  const tail: string[] = [];
  const program = await started(peer, threads, tail);
  const { stdin, stdout } = program.child;
  const lines: string[] = [];
  let wake: () => void = () => undefined;
  let closing = false;
  readLines(stdout, (line) => {
    lines.push(line);
    wake();
  });

  function ending(how: string | undefined): PeerFailure {
    if (closing) return new PeerFailure('failed', `the peer ${peer.name} was closed`);
    const words = tail.length === 0 ? '' : `; the last it said:\n${tail.join('\n')}`;
    return new PeerFailure('failed', `the peer ${peer.name} ${how ?? 'ended with code 0'} before it answered${words}`);
  }

  async function nextLine(question: Question): Promise<string> {
    let late: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const seconds = timeoutMs / 1000;
      const sentence = `the peer ${peer.name} took more than ${seconds} s to answer ${question}`;
      late = setTimeout(() => reject(new PeerFailure('late', sentence)), timeoutMs);
    });
    const line = new Promise<void>((resolve) => {
      wake = resolve;
      if (lines.length > 0) resolve();
    });
    try {
      const end = await Promise.race([line.then(() => 'line' as const), program.ended, timeout]);
      const first = lines.shift();
      if (first === undefined) throw ending(end);
      return first;
    } finally {
      clearTimeout(late);
    }
  }

  async function exchange<Asked extends Question>(question: Asked, content: unknown): Promise<Answers[Asked]> {
    try {
      if (content !== undefined) stdin.write(`${JSON.stringify({ [question]: content })}\n`);
      return readAnswer(peer.name, question, await nextLine(question));
    } catch (failure) {
      await program.end('SIGTERM');
      throw failure;
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (question, content) => {
      const answer = last.then(() => exchange(question, content));
      last = answer.catch(() => undefined);
      return answer;
    },
    end: () => {
      closing = true;
      return program.end('stdin');
    },
  };
}
