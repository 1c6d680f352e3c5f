import { defaultOnline, type OptimizerOptions } from '../optimizer/index.ts';
import { fitSurrogate, surrogateChoices, type FitSurrogate } from '../reward/index.ts';
import type { Json, RunSettings } from '../run/index.ts';
import type { Design, Space } from '../space/index.ts';
import { readDesigns } from '../table/index.ts';
import {
  computingFlags,
  computingOptions,
  surrogateFlagOf,
  type ComputingValues,
  type SurrogateValues,
} from './computing.ts';
import { fixedValues } from './data.ts';
import { numberBetween, numberFlag, repeatedFlag, textFlag, wholeFromOne, type FlagsOf } from './flags.ts';
import type { Problem } from './problem.ts';
import type { Reporter } from './progress.ts';
import { countOf } from './text.ts';

export interface SearchValues extends ComputingValues, SurrogateValues {
  readonly initial: number | undefined;
  readonly exploration: number | undefined;
  readonly fix: readonly string[];
  readonly candidates: string | undefined;
  readonly diversity: number | undefined;
}

/** The flags that say how designs are looked for, round after round. */
export const searchFlags: FlagsOf<SearchValues> = {
  initial: numberFlag(
    {
      group: 'What to ask for',
      help: 'designs spread over the space before models propose, past experiments counted in',
      fallback: 'twice the number of parameters, from 10 to the batch',
    },
    wholeFromOne,
  ),
  exploration: numberFlag(
    {
      group: 'What to ask for',
      help: 'how much doubt is worth: standard deviations that a prediction gains before designs are compared, 0 to 100',
      fallback: String(defaultOnline.exploration),
    },
    numberBetween(0, 100),
  ),
  fix: repeatedFlag({ group: 'What to ask for', help: 'name=value: a parameter that keeps a value (may be repeated)' }),
  candidates: textFlag({
    group: 'What to ask for',
    help: 'a CSV file with designs to choose from: every design asked for is one of its rows',
  }),
  diversity: numberFlag(
    {
      group: 'What to ask for',
      help: 'how far apart to keep designs of a round, in distances between neighbouring designs, 0 to 1',
      fallback: `${defaultOnline.diversity}; among candidates by expected improvement`,
    },
    numberBetween(0, 1),
  ),
  ...surrogateFlagOf('auto: a Gaussian process; in spaces with sequences the best on held-out rows'),
  ...computingFlags,
};

/** The catalogue that designs are taken from: the flag's, or the rows of a table that is looked up. */
async function candidatesOf(
  { candidates: file, ...values }: SearchValues & { readonly space: string | undefined },
  { space, lookup }: Problem,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly Design[] | undefined> {
  if (file === undefined) return lookup?.designs;
  const spaceFile = values.space === undefined ? {} : { spaceFile: values.space };
  const { designs, repeats } = await readDesigns(file, space, { ...spaceFile, signal, onProgress: reporter.observer });
  reporter.note(`${file}: ${countOf(designs.length, 'candidate')}, ${repeats} repeated`);
  return designs;
}

/** The surrogate of that name; the default for what is none, which is chosen anew in each round. */
function surrogateNamed(name: Json | undefined): { readonly surrogate?: FitSurrogate } {
  const choice = surrogateChoices.find((one) => one === name);
  return choice === undefined || choice === 'auto' ? {} : { surrogate: fitSurrogate(choice) };
}

/** What is kept in a run of the surrogate that flags name. */
export function surrogateFact({ surrogate = 'auto' }: SurrogateValues): { readonly surrogate: Json } {
  return { surrogate };
}

/** The surrogate that a run was begun with. */
export function surrogateOfRun({ options = {} }: RunSettings): { readonly surrogate?: FitSurrogate } {
  return surrogateNamed(options['surrogate']);
}

/** The options that the flags stand for. */
export async function searchOptions(
  values: SearchValues & { readonly space: string | undefined },
  problem: Problem,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OptimizerOptions> {
  const { initial, exploration, diversity } = values;
  const space: Space = problem.space;
  const fix = fixedValues(space, values.fix);
  const candidates = await candidatesOf(values, problem, reporter, signal);
  return {
    ...computingOptions(values),
    ...surrogateNamed(values.surrogate),
    direction: problem.direction,
    ...(initial === undefined ? {} : { initial }),
    ...(exploration === undefined ? {} : { exploration }),
    ...(diversity === undefined ? {} : { diversity }),
    ...(fix === undefined ? {} : { fix }),
    ...(candidates === undefined ? {} : { candidates }),
  };
}
