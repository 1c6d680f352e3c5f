import type { ProposeResult } from '../optimizer/index.ts';
import type { Design, Parameter, Space, Value } from '../space/index.ts';
import { formatCount } from './format.ts';
import { figure, legend, paragraph, section } from './page.ts';
import { differenceOf, pictureOf, type SideNames, type Sides } from './parameterPictures.ts';
import { element, type Markup } from './svg.ts';

const maxShown = 24;

export interface Compared {
  readonly name: string;
  readonly parameter: Parameter;
  readonly sides: Sides;
  readonly difference: number;
}

function valuesOf(designs: readonly Design[], name: string): readonly Value[] {
  return designs.flatMap((design) => {
    const value = design[name];
    return value === undefined ? [] : [value];
  });
}

const proposalNames: SideNames = {
  figures: ['in the data', 'proposed'],
  places: ['in the data', 'among the proposals'],
};

/** Every parameter's values in two sets of designs. */
export function compareParameters(
  { definition }: Space,
  [data, proposals]: readonly [data: readonly Design[], proposals: readonly Design[]],
  names: SideNames,
): readonly Compared[] {
  return Object.entries(definition.parameters).map(([name, parameter]) => {
    const sides = { data: valuesOf(data, name), proposals: valuesOf(proposals, name), names };
    return { name, parameter, sides, difference: differenceOf(parameter, sides) };
  });
}

/** The parameters that are drawn, and which these are, in words. */
export function mostDifferent(all: readonly Compared[]): {
  readonly shown: readonly Compared[];
  readonly scope: string;
} {
  if (all.length <= maxShown) return { shown: all, scope: 'Every parameter, in the order of the table.' };
  const shown = [...all].sort((a, b) => b.difference - a.difference).slice(0, maxShown);
  const counts = `${formatCount(shown.length)} of ${formatCount(all.length)}`;
  return {
    shown,
    scope: `The ${counts} parameters whose distributions differ most, largest difference first.`,
  };
}

function introduction(scope: string): string {
  return `${scope} Shares of rows on shared bins; where the outline leaves the filled bars, the proposals leave the habits of the data. Beside the bars of choices stands the share of the proposals.`;
}

/** One parameter's picture; the caption says so where it is fixed. */
export function parameterFigure(fixed: Design, { name, parameter, sides }: Compared): Markup {
  const rule = pictureOf(parameter);
  const value = fixed[name];
  return figure(
    {
      title: name,
      caption: value === undefined ? rule.words(parameter, sides) : `fixed at ${String(value)} for the proposals`,
      ...(parameter.type === 'sequence' ? { className: 'wide' } : {}),
    },
    rule.draw(name, parameter, sides),
  );
}

/** Each parameter's values in the data against those of the proposals. */
export function parameterSection(result: ProposeResult): Markup {
  const { table, space, proposals } = result;
  const proposed = proposals.map(({ design }) => design);
  const { shown, scope } = mostDifferent(compareParameters(space, [table.designs, proposed], proposalNames));
  return section(
    'Where the proposals differ from the data',
    paragraph(introduction(scope), 'lead'),
    legend([
      { swatch: 'fill', tone: 'data', text: 'data' },
      { swatch: 'hollow', tone: 'proposal', text: 'proposals' },
    ]),
    element(
      'div',
      { class: 'multiples' },
      shown.map((one) => parameterFigure(space.fixed, one)),
    ),
  );
}
