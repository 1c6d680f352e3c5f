import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../data.ts';
import { peerScripts, type PeerName } from './catalogue.ts';
import { PeerFailure } from './failure.ts';

/** A peer as a program: its name in sentences, and its command line. */
export interface PeerProgram {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
}

const folder = join(packageRoot(), 'benchmarks', 'peers');

function given(variable: string): string | undefined {
  const value = process.env[variable] ?? '';
  return value === '' ? undefined : value;
}

function environment(name: string): string | undefined {
  const places = [join('bin', 'python'), join('Scripts', 'python.exe')];
  return places.map((place) => join(folder, name, place)).find((path) => existsSync(path));
}

/** DIFFOPT_PYTHON_TURBO, DIFFOPT_PYTHON_BOTORCH_QLOGEI, ... */
export function pythonVariable(name: PeerName): string {
  return `DIFFOPT_PYTHON_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * The Python that runs a peer, the first of: the variable of the peer, DIFFOPT_PYTHON, the virtual environments `.venv-<peer>` and
 * `.venv` beside the peers, and `python3`.
 */
export function pythonOf(name: PeerName): string {
  return (
    given(pythonVariable(name)) ??
    given('DIFFOPT_PYTHON') ??
    environment(`.venv-${name}`) ??
    environment('.venv') ??
    'python3'
  );
}

/** A peer's program. Throws a `missing` failure where its script is not there: the npm package holds no Python. */
export function programOfPeer(name: PeerName): PeerProgram {
  const script = join(folder, peerScripts[name]);
  if (existsSync(script)) return { name, words: [pythonOf(name), script] };
  throw new PeerFailure(
    'missing',
    `the peer ${name} is missing: there is no ${script}; peers run from a checkout of the repository, not from the npm package`,
  );
}
