import { dataError } from '../base/index.ts';
import type { Tell } from '../run/index.ts';
import type { Design } from '../space/index.ts';

/** What somebody tells of a design: its reward (own units, finite), why its experiment failed, or, with neither, that it exists. */
export interface Evaluation {
  /** The id that it was asked under, or one of the teller's own, under which nothing is told twice. */
  readonly id?: string;
  /** May be left out for an id that was asked. */
  readonly design?: Design;
  readonly reward?: number | undefined;
  readonly error?: string | undefined;
  /** It takes the place of what was told under its id before, where that is something else. */
  readonly corrects?: boolean | undefined;
}

function nameOf({ id }: Evaluation): string {
  return id === undefined ? 'an evaluation' : `evaluation ${JSON.stringify(id)}`;
}

function checkTexts(evaluation: Evaluation): void {
  for (const field of ['id', 'error'] as const) {
    const value: unknown = evaluation[field];
    if (value === undefined || (typeof value === 'string' && (field === 'error' || value !== ''))) continue;
    throw dataError(`the ${field} of ${nameOf(evaluation)} is ${JSON.stringify(value)}, and a text was expected`);
  }
}

/** As the history takes it. Throws a data error for an evaluation that has both a reward and an error. */
export function tellOf(evaluation: Evaluation): Tell {
  checkTexts(evaluation);
  const { id, design, reward, error, corrects } = evaluation;
  if (reward !== undefined && error !== undefined) {
    throw dataError(`${nameOf(evaluation)} has the reward ${reward} and the error ${JSON.stringify(error)}; give one`);
  }
  const told = {
    ...(id === undefined ? {} : { id }),
    ...(design === undefined ? {} : { design }),
    source: 'user' as const,
    ...(corrects === true ? { corrects } : {}),
  };
  if (reward !== undefined) return { ...told, status: 'measured', reward };
  return error !== undefined ? { ...told, status: 'failed', error } : { ...told, status: 'unlabelled' };
}
