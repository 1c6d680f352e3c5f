import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** A process as others can find it again: pids are reused, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When it started, as its system tells it; empty where that could not be found out. */
  readonly started: string;
  /** The space its pid belongs to (Linux: containers have their own); empty elsewhere. */
  readonly pids: string;
}

/** What stands for the start of a process that has ended and that its parent has not yet noticed. */
const ended = 'ended';

async function startOnLinux(pid: number): Promise<string> {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // The second field is the name in parentheses, which may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', ticks = ''] = [fields[0], fields[19]];
  return 'ZX'.includes(state) ? ended : `${ticks} ticks after boot ${boot.trim()}`;
}

async function startByPs(pid: number): Promise<string> {
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env: environment });
  return stdout.trim().replace(/\s+/g, ' ');
}

/** When a process of this host started; empty where that cannot be found out. */
export async function startOf(pid: number, platform: NodeJS.Platform = process.platform): Promise<string> {
  try {
    return await (platform === 'linux' ? startOnLinux(pid) : startByPs(pid));
  } catch {
    return '';
  }
}

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const pids = await readlink('/proc/self/ns/pid').catch(() => '');
  return { host: hostname(), pid: process.pid, started: await startOf(process.pid), pids };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootOf({ started }: ProcessIdentity): string {
  return / boot (\S+)$/.exec(started)?.[1] ?? '';
}

export type Liveness = 'alive' | 'dead' | 'unknown';

/**
 * Whether a process still runs, seen from `own`; unknown on another host (told apart by their names), and in another container of
 * this one.
 */
export async function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Promise<Liveness> {
  if (other.host !== own.host) return 'unknown';
  const comparable = other.started !== '' && own.started !== '';
  if (comparable && bootOf(other) !== bootOf(own)) return 'dead';
  if (other.pids !== own.pids) return 'unknown';
  if (!exists(other.pid)) return 'dead';
  const started = await startOf(other.pid);
  return !comparable || started === '' || started === other.started ? 'alive' : 'dead';
}
