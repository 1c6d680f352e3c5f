import type { Design, EncodedColumn, Parameter, Space, Value } from '../space/index.ts';

/** A parameter, or, of a sequence, one position. */
export interface Factor {
  readonly parameter: string;
  /** From 1. */
  readonly position?: number;
}

export type ConditionRelation = 'above' | 'at most' | 'is' | 'is not';

/** What a design must be like, in own units. An ordinal value is above those that stand before it in the list. */
export interface Condition extends Factor {
  readonly relation: ConditionRelation;
  readonly value: Value;
}

/** "temperature", "guide position 3". */
export function factorText({ parameter, position }: Factor): string {
  return position === undefined ? parameter : `${parameter} position ${position}`;
}

function sameFactor(a: Factor, b: Factor): boolean {
  return a.parameter === b.parameter && a.position === b.position;
}

/** Conditions joined by "and", the name of a factor said once: "temperature above 50 and at most 70 and catalyst is B". */
export function conditionsText(conditions: readonly Condition[]): string {
  return conditions
    .map((condition, i) => {
      const before = conditions[i - 1];
      const repeated = before !== undefined && sameFactor(before, condition);
      return `${repeated ? '' : `${factorText(condition)} `}${condition.relation} ${condition.value}`;
    })
    .join(' and ');
}

/** The number that a scalar parameter's value is compared by: itself, or its place in the list. */
export function magnitude(parameter: Parameter, value: Value): number {
  return parameter.type === 'ordinal'
    ? parameter.values.findIndex((one) => String(one) === String(value))
    : Number(value);
}

const holds: { readonly [R in ConditionRelation]: (parameter: Parameter, own: Value, value: Value) => boolean } = {
  above: (parameter, own, value) => magnitude(parameter, own) > magnitude(parameter, value),
  'at most': (parameter, own, value) => magnitude(parameter, own) <= magnitude(parameter, value),
  is: (_, own, value) => String(own) === String(value),
  'is not': (_, own, value) => String(own) !== String(value),
};

function ownValue({ parameter, position }: Factor, design: Design): Value {
  const value = design[parameter]!;
  return position === undefined ? value : (Array.from(String(value))[position - 1] ?? '');
}

/** True when the design of the space obeys all conditions. */
export function matches(space: Space, conditions: readonly Condition[], design: Design): boolean {
  return conditions.every((condition) =>
    holds[condition.relation](
      space.definition.parameters[condition.parameter]!,
      ownValue(condition, design),
      condition.value,
    ),
  );
}

/** The values that one of a column's one-hot groups stands for. */
export function choicesOf({ parameter }: EncodedColumn): readonly Value[] {
  if ('values' in parameter) return parameter.values;
  return parameter.type === 'sequence' ? Array.from(parameter.alphabet) : [];
}

/** Of conditions found one after the other, each within the one before: those that say something, one factor's together. */
export function merged(space: Space, conditions: readonly Condition[]): readonly Condition[] {
  const firsts = conditions.filter((one, i) => conditions.findIndex((other) => sameFactor(one, other)) === i);
  return firsts.flatMap((first) =>
    tightest(
      space,
      conditions.filter((one) => sameFactor(one, first)),
    ),
  );
}

function tightest(space: Space, group: readonly Condition[]): readonly Condition[] {
  const known = group.find(({ relation }) => relation === 'is');
  if (known !== undefined) return [known];
  const first = group[0]!;
  if (first.relation === 'is not') {
    const column = space.columns.find(({ name }) => name === first.parameter)!;
    const excluded = new Set(group.map(({ value }) => value));
    const left = choicesOf(column).filter((value) => !excluded.has(value));
    return left.length === 1 ? [{ ...first, relation: 'is', value: left[0]! }] : group;
  }
  return (['above', 'at most'] as const).flatMap(
    (relation) => group.findLast((one) => one.relation === relation) ?? [],
  );
}

/** The number with the fewest decimals in [low, high), as near to their middle as that allows; on a log scale the geometric one. */
export function roundBetween(low: number, high: number, log: boolean, allowed: (value: number) => boolean): number {
  const middle = log ? Math.sqrt(low * high) : low + (high - low) / 2;
  const first = -1 - Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-300)));
  for (let decimals = first; decimals < first + 18; decimals++) {
    const near = Math.round(middle * 10 ** decimals);
    // Half way between two, only the lower one may lie below `high`.
    const value = [near, near - 1]
      .map((whole) => Number(`${whole}e${-decimals}`))
      .find((one) => one >= low && one < high && allowed(one));
    if (value !== undefined) return value;
  }
  return low;
}
