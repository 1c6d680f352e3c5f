import type { ProposeResult } from '../optimizer/index.ts';
import type { Design, Parameter, Value } from '../space/index.ts';
import { formatCount } from './format.ts';
import { figure, legend, paragraph, section } from './page.ts';
import { differenceOf, pictureOf, type Sides } from './parameterPictures.ts';
import { element, type Markup } from './svg.ts';

const maxShown = 24;

interface Compared {
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

function compare({ table, space, proposals }: ProposeResult): readonly Compared[] {
  const proposed = proposals.map((proposal) => proposal.design);
  return Object.entries(space.definition.parameters).map(([name, parameter]) => {
    const sides = { data: valuesOf(table.designs, name), proposals: valuesOf(proposed, name) };
    return { name, parameter, sides, difference: differenceOf(parameter, sides) };
  });
}

function introduction(all: number, shown: number): string {
  const scope =
    shown < all
      ? `The ${formatCount(shown)} of ${formatCount(all)} parameters whose distributions differ most, largest difference first.`
      : 'Every parameter, in the order of the table.';
  return `${scope} Shares of rows on shared bins; where the outline leaves the filled bars, the proposals leave the habits of the data. Beside the bars of choices stands the share of the proposals.`;
}

function drawn(fixed: Design, { name, parameter, sides }: Compared): Markup {
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
  const all = compare(result);
  const shown = all.length <= maxShown ? all : [...all].sort((a, b) => b.difference - a.difference).slice(0, maxShown);
  return section(
    'Where the proposals differ from the data',
    paragraph(introduction(all.length, shown.length), 'lead'),
    legend([
      { swatch: 'fill', tone: 'data', text: 'data' },
      { swatch: 'hollow', tone: 'proposal', text: 'proposals' },
    ]),
    element(
      'div',
      { class: 'multiples' },
      shown.map((one) => drawn(result.space.fixed, one)),
    ),
  );
}
