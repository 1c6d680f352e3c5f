import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

export interface KillOptions {
  /** How long to go on after the marker, in ms (0). */
  readonly delay?: number;
  readonly cwd?: string;
}

/**
 * Starts a compiled script, kills it (SIGKILL) when it prints a line that begins with `marker`, and resolves with the lines that it
 * printed, that one too, once it is gone. Rejects when it ends without such a line.
 */
export async function killAt(
  script: string,
  args: readonly string[],
  marker: string,
  { delay = 0, cwd }: KillOptions = {},
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const exited = once(child, 'close');
  const complaints = text(child.stderr);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (!line.startsWith(marker)) continue;
    if (delay > 0) await wait(delay);
    child.kill('SIGKILL');
  }
  await exited;
  if (child.signalCode === 'SIGKILL' && lines.some((line) => line.startsWith(marker))) return lines;
  throw new Error(`${script} ended without "${marker}": ${lines.join(' | ')} ${await complaints}`);
}

/** Prints a line at once, whatever happens to the process next. */
export function announce(line: string): void {
  writeSync(1, `${line}\n`);
}

/** For the child: prints the marker and waits to be killed. */
export function awaitDeath(marker: string): Promise<never> {
  announce(marker);
  setInterval(() => undefined, 1000);
  return new Promise(() => undefined);
}
