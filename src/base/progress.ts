/** What long work tells its observer. `done` of `total` units are finished; `note` is a short figure such as a loss. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly note?: string;
}

export type Observer = (progress: Progress) => void;

export const ignoreProgress: Observer = () => undefined;
