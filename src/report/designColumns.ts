import type { Design, Parameter, Space } from '../space/index.ts';
import { formatDecimals } from './format.ts';
import type { Attributes, Markup } from './svg.ts';

/** A column of a table whose rows are about `R`s. */
export interface TableColumn<R> {
  readonly name: string;
  readonly attributes: Attributes;
  readonly cell: (row: R) => string | Markup;
}

const cellClass: { readonly [K in Parameter['type']]: string | undefined } = {
  real: 'number',
  integer: 'number',
  ordinal: undefined,
  categorical: undefined,
  sequence: 'letters',
};

/** A column for each parameter, numbers with the decimals of their steps, or else of the table. */
export function designColumns(
  space: Space,
  decimals: Readonly<Record<string, number>> = {},
): readonly TableColumn<{ readonly design: Design }>[] {
  return Object.entries(space.definition.parameters).map(([name, parameter]) => ({
    name,
    attributes: { class: cellClass[parameter.type] },
    cell: ({ design }) => {
      const value = design[name];
      if (typeof value !== 'number' || cellClass[parameter.type] !== 'number') return String(value ?? '');
      return formatDecimals(value, space.decimals(name) ?? decimals[name]);
    },
  }));
}
