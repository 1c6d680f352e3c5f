import {
  backtestMethods,
  nearestTo,
  type BacktestMethod,
  type BacktestResult,
  type Estimate,
} from '../optimizer/index.ts';
import { plural } from './format.ts';

/** What a method does, as a row of a table names it. */
export const methodNames: { readonly [M in BacktestMethod]: string } = {
  diffopt: 'diffopt',
  nearest: 'nearest to the best',
  chance: 'chance',
  perfect: 'perfect choice',
};

/** A mean number of designs: one decimal, none where it is whole. */
export function foundText(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** "28 to 34.1" */
export function intervalText({ low, high }: Estimate): string {
  return low === high ? '' : `${foundText(low)} to ${foundText(high)}`;
}

function withInterval(estimate: Estimate): string {
  return `${foundText(estimate.value)} (${intervalText(estimate) || 'no spread'})`;
}

/** What came back, in one sentence. */
export function recoveryInWords({ winners, decoys, count, methods }: BacktestResult): string {
  const { diffopt, nearest, chance } = methods;
  return (
    `Of the ${winners} best designs, hidden among ${winners + decoys} candidates, it found ${withInterval(diffopt.hits)} ` +
    `choosing ${count}; chance finds ${foundText(chance.hits.value)}; choosing what is nearest to the best visible designs finds ` +
    `${withInterval(nearest.hits)}.`
  );
}

function times(one: number, other: number): string {
  return `${(one / other).toFixed(1)} times as many`;
}

/** Fewer winners, or fewer chosen, make for a weak witness whatever the interval. */
const fewDesigns = 8;

function doubtInWords({ winners, count }: BacktestResult): string {
  if (winners < fewDesigns) return ` With only ${winners} hidden designs this says little.`;
  return count < fewDesigns ? ` With only ${plural(count, 'choice')} in a repeat this says little.` : '';
}

/** What that means for the user, and no more than it means. */
export function verdictInWords(result: BacktestResult): string {
  const { methods, advantage } = result;
  const [found, nearest] = [methods.diffopt.hits.value, methods.nearest.hits.value];
  const few = doubtInWords(result);
  if (advantage.chance.comparison === 'worse') {
    return `On your data diffopt is worse than chance: what it learns from the other rows points away from the best ones. Do not spend a budget on it.${few}`;
  }
  if (advantage.chance.comparison === 'undecided') {
    return `On your data diffopt is no better than chance, as far as these rows can tell: more rows or other columns are needed.${few}`;
  }
  const first = `On your data choosing by diffopt would have found ${times(found, methods.chance.hits.value)} of the best designs as chance`;
  const second = {
    better:
      nearest > 0
        ? `, and ${times(found, nearest)} as choosing what is nearest to the best known.`
        : ', and choosing what is nearest to the best known none.',
    undecided: '; that it finds more than choosing what is nearest to the best known is not shown.',
    worse: `, but choosing what is nearest to the best known finds more, ${foundText(nearest)}: stay close to the best.`,
  }[advantage.nearest.comparison];
  return `${first}${second}${few}`;
}

/** What was done, and how the intervals are to be read. */
export function protocolInWords({ repeats, winners, visible }: BacktestResult): string {
  const often = repeats.length === 1 ? 'Once' : `In each of ${repeats.length} repeats`;
  return (
    `${often}, ${visible} designs were visible and ${winners} of the others, drawn at random, stood beside the hidden ones. ` +
    `"Nearest" takes the candidates closest to one of the ${nearestTo} best visible designs. ` +
    `Half of the candidates are winners, so chance finds half of what it could; among all designs that can be made the best are rarer. ` +
    `The hidden ones are the same best fifth each time, so the 95 % intervals account for which designs there are as well as for ` +
    `the repeats; that of chance is where a single draw falls.`
  );
}

/** What was left out, if anything. */
export function remarksOn({ designs, used, alike, tied, file }: BacktestResult): readonly string[] {
  return [
    ...(used < designs
      ? [`a random ${used} of the ${designs} distinct designs of ${file} are used, to end in time`]
      : []),
    ...(alike > 0 ? [`${plural(alike, 'row')} left out: nearly the design of another row`] : []),
    ...(tied > 0 ? [`${plural(tied, 'visible design')} as good as the worst hidden one`] : []),
  ];
}

export interface MethodRow {
  readonly name: string;
  readonly found: string;
  readonly interval: string;
  /** Share of the winners. */
  readonly recall: string;
  readonly mean: number;
  readonly best: number;
}

/** The methods as rows of a table, rewards in own units. */
export function methodRows({ methods }: BacktestResult): readonly MethodRow[] {
  return backtestMethods.map((method) => {
    const { hits, recall, mean, best } = methods[method];
    return {
      name: methodNames[method],
      found: foundText(hits.value),
      interval: intervalText(hits),
      recall: `${Math.round(100 * recall)} %`,
      mean,
      best,
    };
  });
}
