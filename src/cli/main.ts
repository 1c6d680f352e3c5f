#!/usr/bin/env node
import { UserError, exitCodes, messageOf } from '../base/index.ts';
import { ask } from './ask.ts';
import { backtest } from './backtest.ts';
import { benchmark } from './benchmark.ts';
import { optimize } from './optimize.ts';
import { parseCommandLine } from './parse.ts';
import { propose } from './propose.ts';
import { repair } from './repair.ts';
import { report } from './report.ts';
import { sample } from './sample.ts';
import { print, widthOf, type Session } from './session.ts';
import { tell } from './tell.ts';
import { train } from './train.ts';

const commands = [propose, repair, backtest, optimize, ask, tell, report, train, sample, benchmark];
const interrupted = 130;
const unexpected = 1;

const debugging = (process.env['DIFFOPT_DEBUG'] ?? '') !== '';

function explain(error: unknown): void {
  const words = error instanceof UserError ? error.message : `unexpected error: ${messageOf(error)}`;
  const hint = error instanceof UserError || debugging ? '' : ' (DIFFOPT_DEBUG=1 shows where)';
  process.stderr.write(`diffopt: ${words.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '')}${hint}\n`);
  if (debugging && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

async function run(args: readonly string[], session: Session): Promise<void> {
  const request = await parseCommandLine(args, commands, widthOf(session.stdout, 100));
  if (request.kind === 'text') await print(session.stdout, request.text);
  else await request.command.start(request.operands, request.texts, session);
}

/** A module of the user's that calls `process.exit` must not make half of the work look done. */
function endedByOthers(code: number): void {
  if (code !== 0) return;
  explain(new UserError('stopped', 'the process was ended before its work was done, by code that it loaded'));
  process.exitCode = exitCodes.stopped;
}

function leave(code: number): never {
  process.removeListener('exit', endedByOthers);
  process.exit(code);
}

/** Whoever read our output has seen enough (`diffopt ... | head`). Other failures reach whoever wrote. */
function leaveWithReader({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') leave(0);
}

async function main(): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => {
    // A second signal ends the process at once, and with it the programs that it started.
    if (abort.signal.aborted) leave(interrupted);
    abort.abort(new Error('interrupted'));
  };
  process.on('exit', endedByOthers);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.stdout.on('error', leaveWithReader);
  process.stderr.on('error', () => undefined);
  try {
    await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, signal: abort.signal });
    return 0;
  } catch (error) {
    if (abort.signal.aborted) {
      process.stderr.write('diffopt: interrupted\n');
      return interrupted;
    }
    explain(error);
    return error instanceof UserError ? exitCodes[error.kind] : unexpected;
  } finally {
    process.removeListener('exit', endedByOthers);
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

process.exitCode = await main();
