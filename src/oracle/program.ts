import { excerpt, parseAnswer } from './answers.ts';
import { readLines } from './lines.ts';
import { checkPlaceholders, fillIn } from './placeholders.ts';
import { checkProgram, startProgram, type ProcessOptions, type Program } from './process.ts';
import type { Oracle, Request } from './types.ts';
import { commandWords, type CommandWords } from './words.ts';

export interface ProgramOptions extends ProcessOptions {
  /** The names of the parameters, so that a misspelt placeholder is found at once. */
  readonly names?: readonly string[];
}

/** The reward that the last line of a program's output gives. Throws an error that says what stood there. */
function rewardIn(line: string): number {
  const text = line.trim();
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return NaN;
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  const answer = parseAnswer(text);
  if (answer === undefined) {
    const found = text === '' ? 'printed nothing' : `printed ${excerpt(text)} as its last line`;
    throw new Error(`${found}, and the reward as a number, or as JSON, was expected`);
  }
  if ('error' in answer) throw new Error(answer.error);
  return answer.reward;
}

/** The last line of its output that is not empty. Throws an error that says how the program failed. */
async function outputOf(program: Program): Promise<string> {
  let last = '';
  readLines(program.child.stdout, (line) => {
    if (line.trim() !== '') last = line;
  });
  const failure = await program.ended;
  if (failure === undefined) return last;
  const words = program.lastWords() || last;
  throw new Error(words === '' ? failure : `${failure}: ${words}`);
}

/**
 * A program that is started for each design, without a shell: `["simulate", "--t={temperature}", "{catalyst}"]`. A `{name}` in an
 * argument is replaced by the design's value, `{}` by the design as JSON. Its input is one line of JSON, the id and the design; the
 * variable DIFFOPT_ID holds the id. Its reward is the last line of its output: a number, or JSON as from an oracle command. An exit
 * code other than 0 is a failure. It is ended, with the processes it started, when its evaluation is given up.
 * Rejects with a usage error for a bad command line, and with a `stopped` error where there is no such program.
 */
export function programOracle(command: CommandWords, options: ProgramOptions = {}): Promise<Oracle> {
  return Promise.resolve().then(() => makeOracle(commandWords(command), options));
}

function makeOracle([file, ...args]: readonly [string, ...string[]], options: ProgramOptions): Oracle {
  const { names, ...processOptions } = options;
  checkPlaceholders([file, ...args], names);
  checkProgram(file, processOptions);
  const running = new Set<Program>();

  async function evaluate({ id, design }: Request, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const filled = args.map((argument) => fillIn(argument, design));
    const env = { ...processOptions.env, DIFFOPT_ID: id };
    const program = await startProgram([file, ...filled], { ...processOptions, env });
    const giveUp = (): void => void program.end('SIGTERM');
    running.add(program);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      program.child.stdin.end(`${JSON.stringify({ id, design })}\n`);
      return rewardIn(await outputOf(program));
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      running.delete(program);
      signal.removeEventListener('abort', giveUp);
    }
  }

  return {
    evaluate: (request, { signal }) => evaluate(request, signal),
    close: async () => {
      await Promise.all([...running].map((program) => program.end('SIGTERM')));
    },
  };
}
