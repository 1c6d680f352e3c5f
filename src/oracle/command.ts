import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, messageOf } from '../base/index.ts';
import type { Answer } from './answers.ts';
import type { ProcessOptions } from './process.ts';
import { startSession, type Session, type SessionEnd } from './session.ts';
import type { Oracle, Request } from './types.ts';
import { commandWords, joinWords, type CommandWords } from './words.ts';

export interface CommandOptions extends ProcessOptions {
  /** How often in a row the command may end without an answer in between before the oracle is given up (20); once before the first. */
  readonly restarts?: number;
  /**
   * What becomes of evaluations that were under way when the command ended. `retry` (default): they are sent again one at a time, and
   * the one that was alone with the command when it ended has failed. `fail`: all of them have failed.
   */
  readonly lost?: 'retry' | 'fail';
  /** Told what the command does wrong, a sentence each: lines that are no answers, unknown ids, restarts. A process warning by default. */
  readonly onNotice?: (sentence: string) => void;
}

type Deferred = Pick<Pending, 'resolve' | 'reject'> & { readonly promise: Promise<number> };

function deferred(): Deferred {
  let settle: Pick<Pending, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<number>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle! };
}

/** An evaluation that was asked for and has no outcome yet. */
interface Pending {
  readonly request: Request;
  readonly resolve: (reward: number) => void;
  readonly reject: (error: unknown) => void;
  /** Whether the command ended while it was under way. */
  lost: boolean;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;

function warn(sentence: string): void {
  process.emitWarning(sentence, 'OracleWarning');
}

/** A command that prints all the time must not fill the screen. */
const mostNotices = 50;

/** Tells the first notices, and with the last of them that more are not told. */
function limited(onNotice: (sentence: string) => void): (sentence: string) => void {
  let told = 0;
  return (sentence) => {
    told++;
    if (told < mostNotices) onNotice(sentence);
    else if (told === mostNotices) onNotice(`${sentence}; what else it does wrong is not told`);
  };
}

/**
 * A command that stays and speaks JSON lines: it reads `{"id": "r3-17", "design": {...}}` on its input, and answers on its output, in
 * any order, `{"id": "r3-17", "reward": 0.82}` or `{"id": "r3-17", "error": "pump blocked"}`. It is started without a shell, started
 * again when it ends, and told to end by the end of its input.
 *
 * An evaluation that is given up cannot be called back. The command gets no further one before it has answered, and is started anew
 * when nothing else is under way.
 */
export async function commandOracle(command: CommandWords, options: CommandOptions = {}): Promise<Oracle> {
  const { restarts = 20, lost: policy = 'retry', onNotice: told = warn, ...processOptions } = options;
  const onNotice = limited(told);
  const words = commandWords(command);
  const name = joinWords(words);
  const closing = new AbortController();
  const waiting: Pending[] = [];
  const sent = new Map<string, Pending>();
  const givenUp = new Set<string>();
  let session: Session | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> = Promise.resolve();
  let answered = false;
  let crashes = 0;
  let gone: UserError | undefined;

  function rejectAll(error: Error): void {
    for (const pending of [...sent.values(), ...waiting.splice(0)]) pending.reject(error);
    sent.clear();
  }

  function abandonOracle(error: UserError): void {
    gone = error;
    rejectAll(error);
  }

  function receive(id: string, answer: Answer): void {
    const pending = sent.get(id);
    if (pending === undefined && !givenUp.delete(id)) {
      onNotice(`${name} answered ${JSON.stringify(id)}, which it was not asked or has answered before`);
      return;
    }
    answered = true;
    crashes = 0;
    sent.delete(id);
    if ('error' in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.reward);
    pump();
  }

  /** The command has ended by itself. */
  function crashed({ clean, sentence: ending }: SessionEnd): void {
    const lost = [...sent.values()];
    sent.clear();
    givenUp.clear();
    session = undefined;
    crashes++;
    const sentence = `${name} ${ending}`;
    if (crashes > (answered ? restarts : Math.min(restarts, 1))) {
      const often = answered ? `${crashes} times in a row` : 'before it answered anything';
      for (const pending of lost) sent.set(pending.request.id, pending);
      return abandonOracle(new UserError('stopped', `${name} ended ${often}; it ${ending}`));
    }
    // A command may end after an answer while the next evaluation is on its way; that is not the evaluation's fault.
    const guilty = answered && lost.length === 1 && (!clean || lost[0]?.lost === true);
    if (policy === 'fail' || guilty) {
      for (const pending of lost) pending.reject(new Error(sentence));
    } else {
      for (const pending of lost) pending.lost = true;
      waiting.unshift(...lost);
    }
    if (!guilty) onNotice(`${sentence}; it is started again${lost.length > 0 ? `, ${lost.length} under way` : ''}`);
    if (waiting.length > 0) start();
  }

  async function launch(): Promise<void> {
    await stopping;
    if (crashes > 0) {
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (crashes - 1));
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    if (closing.signal.aborted) return;
    const events = { onAnswer: receive, onNotice, onReady: pump };
    const started = await startSession(words, processOptions, events);
    session = started;
    void started.ended.then((ending) => {
      if (session === started) crashed(ending);
    });
  }

  function start(): void {
    starting ??= launch()
      .catch((error: unknown) => {
        abandonOracle(error instanceof UserError ? error : new UserError('stopped', messageOf(error)));
      })
      .finally(() => {
        starting = undefined;
        pump();
      });
  }

  /** Ends the command; another is started when there is something to do. */
  function stop(): void {
    const ending = session;
    session = undefined;
    givenUp.clear();
    if (ending !== undefined) stopping = ending.end();
    if (waiting.length > 0) start();
  }

  /** Sends what may be sent. */
  function pump(): void {
    if (session === undefined) {
      if (waiting.length > 0 && gone === undefined && !closing.signal.aborted) start();
      return;
    }
    if (givenUp.size > 0) {
      if (sent.size === 0) stop();
      return;
    }
    while (session.ready) {
      const [next] = waiting;
      const busy = [...sent.values()];
      if (next === undefined || (busy.length > 0 && (next.lost || busy.some(({ lost }) => lost)))) return;
      waiting.shift();
      sent.set(next.request.id, next);
      session.send(next.request);
    }
  }

  function giveUp(pending: Pending): void {
    const place = waiting.indexOf(pending);
    if (place >= 0) waiting.splice(place, 1);
    else if (sent.delete(pending.request.id)) givenUp.add(pending.request.id);
    pump();
  }

  async function evaluate(request: Request, signal: AbortSignal): Promise<number> {
    const { promise, resolve, reject } = deferred();
    const pending: Pending = { request, resolve, reject, lost: false };
    const abort = (): void => {
      reject(signal.reason);
      giveUp(pending);
    };
    signal.addEventListener('abort', abort, { once: true });
    waiting.push(pending);
    pump();
    return promise.finally(() => signal.removeEventListener('abort', abort));
  }

  start();
  await starting;
  if (gone !== undefined) throw gone;
  return {
    evaluate: async (request, { signal }) => {
      signal.throwIfAborted();
      if (gone !== undefined) throw gone;
      if (closing.signal.aborted) throw new UserError('stopped', `${name} is closed`);
      return evaluate(request, signal);
    },
    close: async () => {
      closing.abort();
      rejectAll(new UserError('stopped', `${name} is closed`));
      await starting;
      stop();
      await stopping;
    },
  };
}
