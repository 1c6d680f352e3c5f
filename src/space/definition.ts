import { dataError, messageOf, type UserError } from '../base/index.ts';
import { linearRow, weightsOf } from './constraints.ts';
import { listed } from './numbers.ts';
import { constraintSchemas, definitionSchema } from './schema.ts';
import { issueText } from './sentences.ts';
import type { Constraint, Parameter, SpaceDefinition } from './types.ts';

/** The most steps that a parameter may have: coordinates are doubles in [-1, 1] and tell no more of them apart. */
const mostSteps = 2 ** 50;
/** The same for steps on a log scale, which crowd at the upper end. */
const mostLogSteps = 1e12;

type Refusal = (problem: string) => UserError;

type NumericParameter = Extract<Parameter, { min: number }>;

function rangeProblem(parameter: NumericParameter): string | undefined {
  const { min, max, scale, type } = parameter;
  if (min > max) return `has min ${min} above max ${max}`;
  if (!Number.isFinite(max - min))
    return `has the range ${min} to ${max}, which is too wide for floating-point numbers`;
  if (scale === 'log' && min <= 0) return `has a log scale, which needs min above 0, but min is ${min}`;
  if (scale === 'log' && !Number.isFinite(max / min))
    return `has the range ${min} to ${max}, which is too wide for a log scale`;
  const step = parameter.step ?? (type === 'integer' ? 1 : undefined);
  if (step === undefined || min === max) return undefined;
  const most = scale === 'log' ? mostLogSteps : mostSteps;
  const steps = (scale === 'log' ? max : max - min) / step;
  return steps > most ? `has a step of ${step}, which is too fine for the range ${min} to ${max}` : undefined;
}

function checkParameters({ parameters }: SpaceDefinition, refuse: Refusal): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    const problem = 'min' in parameter ? rangeProblem(parameter) : undefined;
    if (problem !== undefined) throw refuse(`parameters.${name} ${problem}`);
  }
}

function termProblem(name: string, parameter: Parameter | undefined, names: readonly string[]): string | undefined {
  if (parameter === undefined)
    return `names ${JSON.stringify(name)}, which is no parameter; the parameters are ${listed(names)}`;
  if (!('min' in parameter))
    return `names ${name}, which is ${parameter.type}; constraints need real or integer parameters`;
  return parameter.scale === 'log'
    ? `names ${name}, which has a log scale; constraints need a linear scale`
    : undefined;
}

function constraintProblem(constraint: Constraint, parameters: SpaceDefinition['parameters']): string | undefined {
  const terms = weightsOf(constraint);
  const names = terms.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `names ${twice} twice`;
  for (const name of names) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const problem = termProblem(name, parameter, Object.keys(parameters));
    if (problem !== undefined) return problem;
  }
  if (!terms.some(([, weight]) => weight !== 0)) return 'has no weight other than 0';
  const { lower, upper, text } = linearRow(constraint, 0);
  if (lower === -Infinity && upper === Infinity) return 'has no bound; give it equals, atMost or atLeast';
  return lower > upper ? `contradicts itself: ${text}` : undefined;
}

function checkConstraints({ parameters, constraints = [] }: SpaceDefinition, refuse: Refusal): void {
  constraints.forEach((constraint, index) => {
    const problem = constraintProblem(constraint, parameters);
    if (problem !== undefined) throw refuse(`constraints[${index}] ${problem}`);
  });
}

function parseConstraint(input: unknown, index: number, refuse: Refusal): Constraint {
  const place = ['constraints', index];
  const holder = typeof input === 'object' && input !== null ? input : {};
  if ('sum' in holder === 'linear' in holder) {
    const has = 'sum' in holder ? 'has both "sum" and' : 'has neither "sum" nor';
    throw refuse(`constraints[${index}] ${has} "linear"; give it one of them`);
  }
  const result = constraintSchemas['sum' in holder ? 'sum' : 'linear'].safeParse(input);
  if (result.success) return result.data;
  throw refuse(issueText(result.error.issues[0]!, input, place));
}

/** The line and column of a JSON error, where its message holds a position. */
function jsonPlace(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return ` at line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = messageOf(error)
      .replace(/\s+/g, ' ')
      .replace(/ in JSON at position.*$/, '')
      .replace(/ is not valid JSON$/, '');
    throw dataError(`${fileName}: not valid JSON${jsonPlace(text, messageOf(error))}: ${reason}`);
  }
}

function hasReservedName(input: unknown): boolean {
  const parameters: unknown =
    typeof input === 'object' && input !== null && 'parameters' in input ? input.parameters : {};
  return typeof parameters === 'object' && parameters !== null && Object.hasOwn(parameters, '__proto__');
}

/**
 * A space's definition, checked in all but the feasibility of its constraints (`createSpace` checks that). `source` is JSON text or
 * what such a text holds. Throws a data error that names `fileName` and the place.
 */
export function parseDefinition(source: unknown, fileName: string): SpaceDefinition {
  const refuse: Refusal = (problem) => dataError(`${fileName}: ${problem}`);
  const input = typeof source === 'string' ? parseJson(source, fileName) : source;
  if (hasReservedName(input)) throw refuse('parameters has a parameter named "__proto__", which JavaScript reserves');
  const result = definitionSchema.safeParse(input);
  if (!result.success) throw refuse(issueText(result.error.issues[0]!, input));
  const { parameters, constraints } = result.data;
  if (Object.keys(parameters).length === 0) throw refuse('parameters is empty; a space has one parameter at least');
  const definition: SpaceDefinition = {
    parameters,
    ...(constraints && { constraints: constraints.map((entry, index) => parseConstraint(entry, index, refuse)) }),
  };
  checkParameters(definition, refuse);
  checkConstraints(definition, refuse);
  return definition;
}
