import { z } from 'zod';
import type { Design } from '../../src/space/index.ts';
import { PeerFailure, type PeerTrouble } from './failure.ts';

type Versions = Readonly<Record<string, string>>;

/** What a peer answers, by what it was asked; see `peer_protocol.py`. */
export interface Answers {
  readonly versions: { readonly versions: Versions };
  readonly hello: { readonly ready: { readonly versions: Versions } };
  readonly ask: { readonly designs: readonly { readonly id: number; readonly design: Design }[] };
  readonly tell: { readonly told: number };
}
export type Question = keyof Answers;

const versions = z.record(z.string(), z.string());
const design = z.record(z.string(), z.union([z.string(), z.number()]));

const answers: { readonly [Asked in Question]: z.ZodType<Answers[Asked]> } = {
  versions: z.object({ versions }),
  hello: z.object({ ready: z.object({ versions }) }),
  ask: z.object({ designs: z.array(z.object({ id: z.int(), design })) }),
  tell: z.object({ told: z.int() }),
};

const refusal = z.union([
  z.object({ missing: z.string() }),
  z.object({ doesNotApply: z.string() }),
  z.object({ error: z.string() }),
]);

function sentenceOf(peer: string, given: z.infer<typeof refusal>): readonly [PeerTrouble, string] {
  if ('missing' in given) return ['missing', `the peer ${peer} is missing: ${given.missing}`];
  if ('doesNotApply' in given) return ['does not apply', `the peer ${peer} does not apply: ${given.doesNotApply}`];
  return ['failed', `the peer ${peer} failed: ${given.error}`];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The most characters of a line that a sentence shows. */
const shown = 200;

/** What a line says in answer to a question. Throws a failure for a refusal, and for a line that is no such answer. */
export function readAnswer<Asked extends Question>(peer: string, question: Asked, line: string): Answers[Asked] {
  const value = parsed(line);
  const refused = refusal.safeParse(value);
  if (refused.success) throw new PeerFailure(...sentenceOf(peer, refused.data));
  const answer = answers[question].safeParse(value);
  if (answer.success) return answer.data;
  const found = JSON.stringify(line.slice(0, shown));
  throw new PeerFailure('failed', `the peer ${peer} answered ${found}, which is no answer to ${question}`);
}
