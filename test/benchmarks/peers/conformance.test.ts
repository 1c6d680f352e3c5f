import { describe, it, vi } from 'vitest';
import { availability, peer, peerNames, type PeerName } from '../../../benchmarks/index.ts';
import { itConforms, quick, type Effort } from '../online/conformance.ts';

const numbers = { richest: 'numbers', spaces: ['real', 'numbers', 'single'] } as const;
/** For peers that fit a model at each question. */
const slow: Effort = { ...quick, spaces: ['real', 'mixed', 'tiny'], batch: 4, rounds: 4, singles: 8 };

const efforts: { readonly [Name in PeerName]: Effort } = {
  pycma: { ...quick, ...numbers },
  'botorch-qlogei': { ...slow, richest: 'numbers', spaces: ['real', 'mixed', 'numbers', 'tiny'] },
  turbo: { ...slow, ...numbers, batch: 8 },
  'optuna-tpe': quick,
  'nevergrad-ngopt': quick,
  hebo: slow,
  dibo: { ...slow, ...numbers, batch: 8, singles: 22 },
  'diff-bbo': { ...slow, ...numbers, batch: 8, singles: 22 },
};

// Peers whose every question takes minutes answer it with less work.
process.env['DIFFOPT_PEER_EFFORT'] = '0.02';

// A fit to each question, on a machine that does other things too.
vi.setConfig({ testTimeout: 600_000 });

const found = await Promise.all(peerNames.map(async (name) => [name, await availability(name)] as const));

describe.each(found)('%s', (name, available) => {
  if ('missing' in available) it.skip(`conforms (${available.missing})`, () => undefined);
  else itConforms(peer(name, { evaluations: 500 }), efforts[name]);
});
