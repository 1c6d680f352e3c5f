import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../benchmarks/data.ts';
import {
  PeerFailure,
  peer,
  peerOf,
  uniformDesign,
  type OnlineOptimizer,
  type PeerOptions,
} from '../../../benchmarks/index.ts';
import { randomStream } from '../../../src/base/index.ts';
import { createSpace, type Design } from '../../../src/space/index.ts';
import { isAlive } from '../../oracle/programs.ts';
import { itConforms, quick, spaces, type SpaceName } from '../online/conformance.ts';
import { randomPeer, type Trouble } from './random-peer.ts';

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;

function opened(
  trouble: Trouble,
  { requirements = '', space = 'mixed', ...options }: PeerOptions & { requirements?: string; space?: SpaceName } = {},
): OnlineOptimizer {
  const program = randomPeer(trouble, requirements);
  return peerOf(() => program, options)(createSpace(spaces[space]), { seed: 1, batch: 4 });
}

/** What asking comes to, where it must fail. */
async function failureOf(optimizer: OnlineOptimizer): Promise<PeerFailure> {
  const failure: unknown = await Promise.resolve(optimizer.ask(2)).then(
    () => undefined,
    (error: unknown) => error,
  );
  await optimizer.close?.();
  if (failure instanceof PeerFailure) return failure;
  throw new Error(`a PeerFailure was expected, and ${String(failure)} came`);
}

describe.skipIf(!hasPython)('a peer in plain Python (needs python3)', () => {
  itConforms(
    (space, settings) => {
      const program = randomPeer();
      return peerOf(() => program)(space, settings);
    },
    { ...quick, spaces: ['mixed', 'numbers'], rounds: 3, singles: 5 },
  );

  it('chooses among candidates', async () => {
    const stream = randomStream(5);
    const space = createSpace(spaces.mixed);
    const candidates = Array.from({ length: 6 }, () => uniformDesign(space, stream));
    const optimizer = opened('none', { candidates });
    for (const design of await optimizer.ask(20)) expect(candidates).toContainEqual(design);
    await optimizer.close?.();
  });

  it.each<[Trouble, PeerFailure['trouble'], string]>([
    ['import', 'missing', "the peer random is missing: a package cannot be imported: No module named 'no_such_package"],
    ['raise', 'failed', 'the peer random failed: ArithmeticError: the matrix is singular'],
    ['die', 'failed', 'the peer random ended with code 7 before it answered; the last it said:\n'],
    ['outside', 'failed', 'the peer random proposed a design that is not in the space: '],
    ['babble', 'failed', 'the peer random answered "Welcome!", which is no answer to hello'],
  ])('says so when it does this: %s', async (trouble, kind, sentence) => {
    const failure = await failureOf(opened(trouble));
    expect(failure.message).toContain(sentence);
    expect(failure.trouble).toBe(kind);
  });

  it('shows the end of what a crashed peer said on its standard error', async () => {
    expect((await failureOf(opened('die'))).message).toMatch(/what a library prints[\s\S]*about to die/);
  });

  it('is late after its time, and fails ever after', async () => {
    const optimizer = opened('hang', { timeoutMs: 3000 });
    await expect(optimizer.ask(1)).rejects.toThrow('the peer random took more than 3 s to answer ask');
    await expect(optimizer.ask(1)).rejects.toThrow(PeerFailure);
    await optimizer.close?.();
  });

  it.each([
    ['no-such-package-anywhere==1.0', 'the package no-such-package-anywhere is not installed; expected version 1.0'],
    [
      '# pinned\npip==0.0.1 # old',
      /the package pip is (not installed|installed in version [\d.]+); expected version 0\.0\.1/,
    ],
  ])('is missing where %s is', async (requirements, sentence) => {
    const failure = await failureOf(opened('none', { requirements }));
    expect(failure.message).toMatch(sentence);
    expect(failure.trouble).toBe('missing');
  });

  it('is killed by closing, while it thinks too', async () => {
    const program = randomPeer('hang');
    const optimizer = peerOf(() => program)(createSpace(spaces.single), { seed: 1, batch: 1 });
    await optimizer.tell([]);
    const pid = Number(readFileSync(`${program.words[1]}.pid`, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    const refused = expect(optimizer.ask(1)).rejects.toThrow('the peer random was closed');
    await optimizer.close?.();
    await refused;
    expect(isAlive(pid)).toBe(false);
    await expect(optimizer.ask(1)).rejects.toThrow('after it had been closed');
  });

  it.each<readonly [string, readonly Design[] | undefined, string]>([
    [
      'pycma',
      undefined,
      'the peer pycma does not apply: parameter kind is categorical, and it takes real, integer, ordinal',
    ],
    ['turbo', undefined, 'the peer turbo does not apply: parameter kind is categorical'],
    ['optuna-tpe', [], 'the peer optuna-tpe does not apply: it cannot choose from a list of candidates'],
  ])('%s does not apply to every task, whether it is installed or not', async (name, candidates, sentence) => {
    const options = candidates === undefined ? {} : { candidates };
    const method = peer(name as 'pycma', options);
    const failure = await failureOf(method(createSpace(spaces.mixed), { seed: 1, batch: 4 }));
    expect(failure.message).toContain(sentence);
    expect(failure.trouble).toBe('does not apply');
  });
});

describe('a Python that is not there', () => {
  it('makes a peer missing', async () => {
    const program = randomPeer('none', '', join(packageRoot(), 'no-python-here'));
    const failure = await failureOf(peerOf(() => program)(createSpace(spaces.single), { seed: 1, batch: 1 }));
    expect(failure.message).toMatch(
      /^the peer random is missing: cannot start .*no-python-here: there is no such program/,
    );
    expect(failure.trouble).toBe('missing');
  });
});
