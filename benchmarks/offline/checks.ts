import type { Constraint, Design, Parameter, SpaceDefinition, Value } from '../../src/space/index.ts';

/* The rules of a space once more, in their plainest form and on what was written to the file: what checks proposals should not be
   what made them. */

/** How far a sum of written numbers may miss a constraint. */
const tolerance = 1e-9;

type Row = Readonly<Record<string, string>>;

/** Whether the text of a cell is a value of a parameter of the kind. */
const accepted: {
  readonly [K in Parameter['type']]: (parameter: Extract<Parameter, { type: K }>, text: string) => boolean;
} = {
  real: (parameter, text) => inRange(parameter, Number(text)),
  integer: (parameter, text) => Number.isInteger(Number(text)) && inRange(parameter, Number(text)),
  ordinal: ({ values }, text) => values.some((value) => String(value) === text),
  categorical: ({ values }, text) => values.some((value) => String(value) === text),
  sequence: ({ alphabet, length }, text) =>
    text.length === length && Array.from(text).every((letter) => alphabet.includes(letter)),
};

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}

function inRange({ min, max, step }: Range, value: number): boolean {
  if (!(value >= min && value <= max)) return false;
  if (step === undefined) return true;
  const steps = (value - min) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

function accepts<K extends Parameter['type']>(parameter: Extract<Parameter, { type: K }>, text: string): boolean {
  const rule: (parameter: Extract<Parameter, { type: K }>, text: string) => boolean = accepted[parameter.type];
  return text !== '' && rule(parameter, text);
}

function obeys(constraint: Constraint, row: Row): boolean {
  const weights = 'sum' in constraint ? Object.fromEntries(constraint.sum.map((name) => [name, 1])) : constraint.linear;
  const total = Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * Number(row[name]), 0);
  const { equals = total, atMost = total, atLeast = total } = constraint;
  return Math.abs(total - equals) <= tolerance && total <= atMost + tolerance && total >= atLeast - tolerance;
}

/** What is wrong with a row of proposals, or undefined. */
export function rowProblem({ parameters, constraints = [] }: SpaceDefinition, row: Row): string | undefined {
  const wrong = Object.entries(parameters).find(([name, parameter]) => !accepts(parameter, row[name] ?? ''));
  if (wrong !== undefined) return `${wrong[0]} is ${JSON.stringify(row[wrong[0]])}`;
  const broken = constraints.find((constraint) => !obeys(constraint, row));
  return broken && `${JSON.stringify(broken)} does not hold`;
}

function valueOf(parameter: Parameter, text: string): Value {
  if (parameter.type === 'real' || parameter.type === 'integer') return Number(text);
  if (parameter.type === 'sequence') return text;
  return parameter.values.find((value) => String(value) === text) ?? text;
}

/** The design in a row of a CSV file. */
export function designInRow({ parameters }: SpaceDefinition, row: Row): Design {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, valueOf(parameter, row[name] ?? '')]),
  );
}

/** Whether two designs count as one: the same choices, and no real without steps more than 1e-3 of its range apart. */
function sameness({ parameters }: SpaceDefinition): (a: Design, b: Design) => boolean {
  const rules = Object.entries(parameters).map(([name, parameter]): ((a: Design, b: Design) => boolean) => {
    if (parameter.type !== 'real' || parameter.step !== undefined) return (a, b) => a[name] === b[name];
    const place = parameter.scale === 'log' ? Math.log : (value: number): number => value;
    const radius = 1e-3 * (place(parameter.max) - place(parameter.min));
    return (a, b) => Math.abs(place(Number(a[name])) - place(Number(b[name]))) <= radius;
  });
  return (a, b) => rules.every((rule) => rule(a, b));
}

/** All that is wrong with the rows of a file of proposals: broken rules, repeats, and designs that were measured. */
export function proposalProblems(
  definition: SpaceDefinition,
  rows: readonly Row[],
  measured: readonly Design[],
): readonly string[] {
  const designs = rows.map((row) => designInRow(definition, row));
  const same = sameness(definition);
  return rows.flatMap((row, at) => {
    const design = designs[at]!;
    const rule = rowProblem(definition, row);
    const repeated = designs.slice(0, at).some((earlier) => same(earlier, design));
    const known = measured.some((other) => same(other, design));
    return [
      ...(rule === undefined ? [] : [rule]),
      ...(repeated ? ['a repeat'] : []),
      ...(known ? ['measured'] : []),
    ].map((problem) => `proposal ${at + 1}: ${problem}`);
  });
}
