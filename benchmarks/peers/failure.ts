import { UserError } from '../../src/base/index.ts';

/** Why a peer gives no designs: not there as pinned, not meant for the task, failed, or not done in time. */
export type PeerTrouble = 'missing' | 'does not apply' | 'failed' | 'late';

/** A peer that gives no designs; a sentence that names it. */
export class PeerFailure extends UserError {
  readonly trouble: PeerTrouble;

  constructor(trouble: PeerTrouble, sentence: string, options?: ErrorOptions) {
    super('stopped', sentence, options);
    this.name = 'PeerFailure';
    this.trouble = trouble;
  }
}
