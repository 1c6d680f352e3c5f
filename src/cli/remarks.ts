import { quantile } from '../base/index.ts';
import { asArgument, type Table } from '../table/index.ts';

/** Fewer rows may count, or add up, by chance. */
const leastRows = 5;

/** Columns of whole numbers that go up by one from row to row, beside others. */
function countersOf({ space: { definition }, columns, designs }: Table): readonly string[] {
  if (columns.length < 2 || designs.length < leastRows) return [];
  return columns.filter(
    (name) =>
      definition.parameters[name]?.type === 'integer' &&
      designs.every((design, row) => row === 0 || Number(design[name]) === Number(designs[row - 1]![name]) + 1),
  );
}

/** How many times as large as the tenth part from below the tenth part from above is in numbers that span powers of ten; 9 in even ones from 0. */
const leastSpan = 100;

/** Columns of positive numbers that span powers of ten. */
function spansOf({ space: { definition }, designs }: Table): readonly string[] {
  return Object.entries(definition.parameters).flatMap(([name, parameter]) => {
    if (parameter.type !== 'real' || !(parameter.min > 0) || parameter.max < leastSpan * parameter.min) return [];
    const values = Float64Array.from(designs, (design) => Number(design[name]));
    return quantile(values, 0.9) >= leastSpan * quantile(values, 0.1) ? [name] : [];
  });
}

/** What parts of a whole come to. */
const wholes = [1, 100] as const;

/** What rounding may add up to at most, as a share of the whole. */
const mostRounding = 0.02;

/** Of more names there are too many subsets: all of them, and all but one. */
const mostNamesInSubsets = 12;

/** The subsets of some names, larger ones first. */
function subsetsOf(names: readonly string[]): readonly (readonly string[])[] {
  if (names.length > mostNamesInSubsets) return [names, ...names.map((left) => names.filter((name) => name !== left))];
  const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_, at) => (bits >> at) & 1));
  return subsets.sort((a, b) => b.length - a.length);
}

/** Numbers from 0 on that add up to a whole in every row: shares of a mixture. */
function mixtureOf({
  space: { definition },
  designs,
  decimals,
}: Table): { names: readonly string[]; whole: number } | undefined {
  if (designs.length < leastRows) return undefined;
  for (const whole of wholes) {
    const names = Object.entries(definition.parameters).flatMap(([name, parameter]) =>
      (parameter.type === 'real' || parameter.type === 'integer') && parameter.min >= 0 && parameter.max <= whole
        ? [name]
        : [],
    );
    const parts = names.filter((name) => designs.some((design) => design[name] !== designs[0]![name]));
    // Of most choices the first row shows that they are none.
    const isMixture = (among: readonly string[]): boolean => {
      const rounding = among.reduce((total, name) => total + 0.5 * 10 ** -(decimals[name] ?? 0), 1e-9);
      const tolerance = Math.min(rounding, mostRounding * whole);
      const isWhole = (sum: number): boolean => Math.abs(sum - whole) <= tolerance;
      return (
        among.length > 1 &&
        designs.every((design) => isWhole(among.reduce((total, name) => total + Number(design[name]), 0)))
      );
    };
    const mixture = subsetsOf(parts).find(isMixture);
    if (mixture !== undefined) return { names: mixture, whole };
  }
  return undefined;
}

const mostNames = 12;

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => JSON.stringify(name));
  return [...shown, ...(names.length > mostNames ? [`${names.length - mostNames} more`] : [])].join(', ');
}

/** What a guess of the space may have wrong, a sentence each. */
export function remarksOnGuess(table: Table): readonly string[] {
  const [mixture, spans] = [mixtureOf(table), spansOf(table)];
  return [
    ...countersOf(table).map(
      (name) =>
        `column ${JSON.stringify(name)} counts the rows: if it is no parameter, leave it out with --ignore ${asArgument(name)}`,
    ),
    ...(spans.length === 0
      ? []
      : [
          `${namesText(spans)} ${spans.length === 1 ? 'spans' : 'span'} powers of ten: where ratios matter rather than differences, say "scale": "log" in a space`,
        ]),
    ...(mixture === undefined
      ? []
      : [
          `${namesText(mixture.names)} add up to ${mixture.whole} in every row: if they must, say so in a space with ` +
            `"constraints": [${JSON.stringify({ sum: mixture.names, equals: mixture.whole })}]`,
        ]),
  ];
}
