import type { Constraint, Parameter, SpaceDefinition } from '../space/index.ts';

type Kind = Parameter['type'];
type Words = { readonly [K in Kind]: (parameter: Extract<Parameter, { type: K }>) => string };

type Numeric = Extract<Parameter, { min: number }>;

function rangeWords({ min, max, step, scale }: Numeric): string {
  const range = min === max ? `always ${min}` : `${min} to ${max}`;
  return `${range}${step === undefined ? '' : ` in steps of ${step}`}${scale === 'log' ? ', log scale' : ''}`;
}

const mostShown = 6;
const longest = 40;

function listWords(values: readonly (number | string)[]): string {
  const shown = values.slice(0, mostShown).map((value) => {
    const text = JSON.stringify(String(value)).slice(1, -1);
    return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
  });
  const more = values.length > mostShown ? ` and ${values.length - mostShown} more` : '';
  return `${values.length} ${values.length === 1 ? 'value' : 'values'}: ${shown.join(', ')}${more}`;
}

const words: Words = {
  real: rangeWords,
  integer: rangeWords,
  ordinal: ({ values }) => listWords(values),
  categorical: ({ values }) => listWords(values),
  sequence: ({ alphabet, length }) => `${length} ${length === 1 ? 'letter' : 'letters'} of ${alphabet}`,
};

function parameterWords<K extends Kind>(parameter: Extract<Parameter, { type: K }>): string {
  const describe = words[parameter.type] as (parameter: Extract<Parameter, { type: K }>) => string;
  return describe(parameter);
}

function constraintWords(constraint: Constraint): string {
  const terms =
    'sum' in constraint
      ? constraint.sum
      : Object.entries(constraint.linear).map(([name, weight]) => `${weight} ${name}`);
  const { equals, atMost, atLeast } = constraint;
  const bounds = [
    equals === undefined ? [] : [`= ${equals}`],
    atLeast === undefined ? [] : [`>= ${atLeast}`],
    atMost === undefined ? [] : [`<= ${atMost}`],
  ].flat();
  return `${terms.join(' + ')} ${bounds.join(', ')}`;
}

/** A space for people: one line per parameter (name, kind, values) and per constraint, without a final line end. */
export function describeSpace({ parameters, constraints = [] }: SpaceDefinition): string {
  const entries = Object.entries(parameters);
  const width = Math.max(...entries.map(([name]) => name.length), 0);
  return [
    ...entries.map(
      ([name, parameter]) => `${name.padEnd(width)}  ${parameter.type.padEnd(11)}  ${parameterWords(parameter)}`,
    ),
    ...constraints.map(constraintWords),
  ].join('\n');
}

/** JSON on one line with blanks between its parts. Texts keep their line breaks escaped, so only the layout's are replaced. */
function inOneLine(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}

/** `space.json` of a space: JSON text with a line per parameter and constraint. */
export function formatSpace({ parameters, constraints = [] }: SpaceDefinition): string {
  const lines = Object.entries(parameters).map(
    ([name, parameter]) => `    ${JSON.stringify(name)}: ${inOneLine(parameter)}`,
  );
  const block = `{\n  "parameters": {\n${lines.join(',\n')}\n  }`;
  if (constraints.length === 0) return `${block}\n}\n`;
  return `${block},\n  "constraints": [\n${constraints.map((one) => `    ${inOneLine(one)}`).join(',\n')}\n  ]\n}\n`;
}
