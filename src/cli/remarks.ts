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

/** Columns that numbers of more than three powers of ten stand in, none of them 0 or less. */
function spansOf({ space: { definition } }: Table): readonly string[] {
  return Object.entries(definition.parameters).flatMap(([name, parameter]) =>
    parameter.type === 'real' && parameter.min > 0 && parameter.max >= 1000 * parameter.min ? [name] : [],
  );
}

/** What parts of a whole come to. */
const wholes = [1, 100] as const;

/** Shares are rounded. */
const mixtureTolerance = 0.011;

/** Numbers from 0 on that add up to a whole in every row: shares of a mixture. */
function mixtureOf({ space: { definition }, designs }: Table): { names: readonly string[]; whole: number } | undefined {
  if (designs.length < leastRows) return undefined;
  for (const whole of wholes) {
    const names = Object.entries(definition.parameters).flatMap(([name, parameter]) =>
      (parameter.type === 'real' || parameter.type === 'integer') && parameter.min >= 0 && parameter.max <= whole
        ? [name]
        : [],
    );
    const parts = names.filter((name) => designs.some((design) => design[name] !== designs[0]![name]));
    // Of most choices the first row shows that they are none.
    const isMixture = (among: readonly string[]): boolean =>
      among.length > 1 &&
      designs.every((design) => {
        const sum = among.reduce((total, name) => total + Number(design[name]), 0);
        return Math.abs(sum - whole) <= mixtureTolerance * whole;
      });
    const mixture = [parts, ...parts.map((left) => parts.filter((name) => name !== left))].find(isMixture);
    if (mixture !== undefined) return { names: mixture, whole };
  }
  return undefined;
}

/** What a guess of the space may have wrong, a sentence each. */
export function remarksOnGuess(table: Table): readonly string[] {
  const mixture = mixtureOf(table);
  return [
    ...countersOf(table).map(
      (name) =>
        `column ${JSON.stringify(name)} counts the rows: if it is no parameter, leave it out with --ignore ${asArgument(name)}`,
    ),
    ...spansOf(table).map(
      (name) =>
        `column ${JSON.stringify(name)} spans powers of ten: if its ratios matter rather than its differences, give it "scale": "log" in a space`,
    ),
    ...(mixture === undefined
      ? []
      : [
          `${mixture.names.map((name) => JSON.stringify(name)).join(', ')} add up to ${mixture.whole} in every row: if they must, say so in a space with ` +
            `"constraints": [${JSON.stringify({ sum: mixture.names, equals: mixture.whole })}]`,
        ]),
  ];
}
