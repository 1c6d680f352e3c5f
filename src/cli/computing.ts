import type { RuntimeName } from '../graph/index.ts';
import { fitSurrogate, surrogateChoices, type FitSurrogate, type SurrogateChoice } from '../reward/index.ts';
import { choiceFlag, numberFlag, switchFlag, textFlag, wholeFromOne, wholeNumber, type FlagsOf } from './flags.ts';

/** The runtimes that a user can choose; the third, float64 reference is for tests. */
const runtimes = ['onnx', 'tensorflow'] as const satisfies readonly RuntimeName[];

export interface SeedValues {
  readonly seed: number | undefined;
}

export interface ThreadsValues {
  readonly threads: number | undefined;
}

export interface ComputingValues extends SeedValues, ThreadsValues {
  readonly runtime: RuntimeName | undefined;
}

export interface TalkValues {
  readonly json: boolean;
  readonly quiet: boolean;
}

export interface OutputValues extends TalkValues {
  readonly out: string | undefined;
}

export const seedFlag: FlagsOf<SeedValues> = {
  seed: numberFlag(
    { group: 'Computing', help: 'the same data, flags and seed give the same result', fallback: '0' },
    wholeNumber,
  ),
};

export const threadsFlag: FlagsOf<ThreadsValues> = {
  threads: numberFlag(
    { group: 'Computing', help: 'processor threads', fallback: 'one per processor, at most 8' },
    wholeFromOne,
  ),
};

export const computingFlags: FlagsOf<ComputingValues> = {
  ...seedFlag,
  runtime: choiceFlag(
    {
      group: 'Computing',
      help: 'what computes: onnx, or tensorflow where @tensorflow/tfjs-node is installed',
      fallback: 'onnx',
    },
    runtimes,
  ),
  ...threadsFlag,
};

export interface SurrogateValues {
  readonly surrogate: SurrogateChoice | undefined;
}

export function surrogateFlagOf(fallback: string): FlagsOf<SurrogateValues> {
  return {
    surrogate: choiceFlag(
      { group: 'Computing', help: `what predicts rewards: ${surrogateChoices.join(', ')}`, fallback },
      surrogateChoices,
    ),
  };
}

export const surrogateFlag: FlagsOf<SurrogateValues> = surrogateFlagOf('auto: the best on held-out rows');

export const talkFlags: FlagsOf<TalkValues> = {
  json: switchFlag({ group: 'Output', help: 'print one JSON object instead of text' }),
  quiet: switchFlag({ group: 'Output', help: 'no remarks and no progress on stderr, errors only' }),
};

export const outputFlags: FlagsOf<OutputValues> = {
  out: textFlag({ group: 'Output', help: 'write the CSV here, gzipped when the name ends in .gz', fallback: 'stdout' }),
  ...talkFlags,
};

/** The option that the flag stands for. */
export function surrogateOption({ surrogate }: SurrogateValues): { readonly surrogate?: FitSurrogate } {
  return surrogate === undefined || surrogate === 'auto' ? {} : { surrogate: fitSurrogate(surrogate) };
}

/** The options that the computing flags stand for. */
export function computingOptions({ seed, runtime, threads }: ComputingValues): {
  readonly seed?: number;
  readonly runtime?: RuntimeName;
  readonly threads?: number;
} {
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(threads === undefined ? {} : { threads }),
  };
}
