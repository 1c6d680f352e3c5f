import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRun } from '../../src/run/index.ts';
import { folderWith } from '../support/cli.ts';
import { settings } from './runs.ts';

const filler = join(import.meta.dirname, 'filler.js');
const opener = join(import.meta.dirname, 'opener.js');

/** A shell script's output, with a folder as `$1` and further arguments after it. */
function shell(script: string, folder: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, 'sh', folder, process.execPath, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${stdout} ${stderr}`);
  return stdout;
}

/** Runs the rest of a script with mounts of its own. */
const withMounts = (script: string): string => `exec unshare --mount --map-root-user sh -ec '${script}' sh "$@"`;

function canMount(): boolean {
  const trial = withMounts('mount -t tmpfs tmpfs "$1"');
  return process.platform === 'linux' && spawnSync('sh', ['-c', trial, 'sh', '/tmp']).status === 0;
}

interface Filled {
  readonly failures: readonly { readonly kind: string; readonly message: string }[];
  readonly told: number;
  readonly kept: readonly number[];
  readonly lastByte: number;
  readonly leftovers: boolean;
  readonly freed: boolean;
  readonly later: number;
}

function check(text: string, reason: RegExp): Filled {
  const filled = JSON.parse(text) as Filled;
  const { failures, told, kept, lastByte, leftovers } = filled;
  expect(failures.map(({ kind }) => kind)).toEqual(['stopped', 'stopped', 'stopped', 'stopped', expect.any(String)]);
  for (const { message } of failures.slice(0, 3)) expect(message).toMatch(/^cannot write .*journal\.jsonl: /);
  for (const { message } of failures.slice(0, 4)) expect(message).toMatch(reason);
  expect(told).toBeGreaterThan(20);
  expect(kept).toEqual(Array.from({ length: told }, (_, i) => i));
  expect(lastByte).toBe(10);
  expect(leftovers).toBe(false);
  return filled;
}

const mounts = canMount();

describe('a disk', () => {
  it.runIf(mounts)('that is full stops the run, and all that was told is kept (needs mount)', () => {
    const script = withMounts(
      'mount -t tmpfs -o size=128k tmpfs "$1"; head -c 32768 /dev/zero > "$1/ballast"; "$2" "$3" "$1/run"',
    );
    const { told, freed, later } = check(shell(script, folderWith(), filler), /no space is left on its disk/);
    expect(freed).toBe(true);
    expect(later).toBe(told + 1);
  });

  it.runIf(process.platform !== 'win32')(
    'that permits no larger file stops the run, and all that was told is kept',
    () => {
      check(shell('ulimit -f 16; "$2" "$3" "$1/run"', folderWith(), filler), /larger than the system permits/);
    },
  );

  it.runIf(mounts)('that is read-only is refused, and the run can be read (needs mount)', () => {
    const script = withMounts(
      'mount -t tmpfs -o size=1m tmpfs "$1"; "$2" "$3" "$1/run"; mount -o remount,ro "$1"; "$2" "$3" "$1/run"; "$2" "$3" "$1/new"',
    );
    const lines = shell(script, folderWith(), opener).trim().split('\n');
    expect(lines).toEqual([
      'told 1',
      expect.stringMatching(/^stopped: cannot write .*run\/lock: its disk is read-only; 1 evaluations$/),
      expect.stringMatching(/^stopped: cannot write .*new: its disk is read-only; 0 evaluations$/),
    ]);
  });

  it.runIf(process.getuid !== undefined && process.getuid() !== 0)(
    'that does not permit writing is refused',
    async () => {
      const directory = join(folderWith(), 'run');
      await (await openRun(directory, settings)).close();
      chmodSync(directory, 0o555);
      onTestFinished(() => chmodSync(directory, 0o755));
      await expect(openRun(directory, settings)).rejects.toMatchObject({ kind: 'stopped' });
    },
  );
});
