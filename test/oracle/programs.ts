import { join } from 'node:path';
import type { Outcome, Request } from '../../src/oracle/index.ts';
import { folderWith } from '../support/cli.ts';

/** A program in JavaScript, in a folder of its own: its command line. */
export function programOf(source: string): readonly [string, string] {
  return [process.execPath, join(folderWith({ 'program.mjs': source }), 'program.mjs')];
}

/** An oracle command: calls `answer(request, write)` for each line; `write` prints an object as JSON, a text as it is. */
export function commandOf(body: string, before = ''): readonly [string, string] {
  return programOf(`
    import { createInterface } from 'node:readline';
    const write = (what) => process.stdout.write((typeof what === 'string' ? what : JSON.stringify(what)) + '\\n');
    ${before}
    for await (const line of createInterface({ input: process.stdin })) {
      const { id, design } = JSON.parse(line);
      const x = design.x;
      ${body}
    }`);
}

/** Requests r0, r1, ... with x = 0, 1, ... */
export function requests(count: number): readonly Request[] {
  return Array.from({ length: count }, (_, x) => ({ id: `r${x}`, design: { x } }));
}

/** The outcomes of `requests` whose reward is x, but for the failed ones. */
export function rewardsOf(count: number, errors: Readonly<Record<string, string>> = {}): readonly Outcome[] {
  return requests(count).map(({ id, design }) => {
    const error = errors[id];
    return error === undefined ? { id, reward: Number(design['x']) } : { id, error };
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
