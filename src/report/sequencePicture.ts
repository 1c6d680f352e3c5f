import type { SequenceParameter } from '../space/index.ts';
import { shares, totalVariation } from './binning.ts';
import { formatShare } from './format.ts';
import { element, join, picture, pixels, type Markup } from './svg.ts';

const maxPositions = 40;
const levels = 10;

/** Share of each letter (in the alphabet's order) at each position: `length` arrays. */
export function sequenceShares(
  { alphabet, length }: SequenceParameter,
  sequences: readonly string[],
): readonly (readonly number[])[] {
  const places = new Map([...alphabet].map((letter, i) => [letter, i]));
  const counts = Array.from({ length }, () => new Array<number>(places.size).fill(0));
  for (const text of sequences) {
    counts.forEach((position, i) => {
      const letter = places.get(text[i] ?? '');
      if (letter !== undefined) position[letter] = (position[letter] ?? 0) + 1;
    });
  }
  return counts.map(shares);
}

/** The positions that are drawn: all, or those whose letters differ most, in their order. */
function drawnPositions(
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): readonly number[] {
  const gap = before.map((position, i) => totalVariation(position, after[i] ?? []));
  const byGap = gap.map((_, i) => i).sort((a, b) => (gap[b] ?? 0) - (gap[a] ?? 0) || a - b);
  return byGap.slice(0, maxPositions).sort((a, b) => a - b);
}

interface Layout {
  readonly cell: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function layoutFor(letters: number, positions: number): Layout {
  const left = 22;
  const top = 22;
  const cell = Math.max(12, Math.min(34, (480 - left) / positions, 300 / letters));
  return { cell, left, top, width: Math.max(left + cell * positions + 2, 300), height: top + cell * letters + 8 };
}

/** Cells of one depth of colour in one path. */
function cellsOf(level: number, map: readonly (readonly number[])[], { cell, left, top }: Layout): Markup | undefined {
  const size = pixels(cell - 1);
  const outlines = map.flatMap((position, i) =>
    position.flatMap((share, letter) =>
      Math.round(share * levels) === level
        ? [`M${pixels(left + i * cell)} ${pixels(top + letter * cell)}h${size}v${size}h-${size}z`]
        : [],
    ),
  );
  if (outlines.length === 0) return undefined;
  return element('path', { class: 'cell', 'fill-opacity': 0.06 + (0.94 * level) / levels, d: outlines.join('') });
}

function heatMap(
  title: string,
  alphabet: string,
  positions: readonly number[],
  map: readonly (readonly number[])[],
): Markup {
  const letters = [...alphabet];
  const layout = layoutFor(letters.length, positions.length);
  const { cell, left, top, width, height } = layout;
  const every = cell >= 16 ? 1 : 5;
  return picture(
    title,
    width,
    height,
    positions.map((position, i) =>
      i % every === 0
        ? element(
            'text',
            { x: left + (i + 0.5) * cell - 0.5, y: top - 7, 'text-anchor': 'middle' },
            String(position + 1),
          )
        : undefined,
    ),
    letters.map((letter, i) =>
      element(
        'text',
        { class: 'strong', x: left - 9, y: top + (i + 0.5) * cell + 3.5, 'text-anchor': 'middle' },
        letter,
      ),
    ),
    Array.from({ length: levels + 1 }, (_, level) => cellsOf(level, map, layout)),
    cell >= 22 ? map.map((position, i) => shareTexts(position, i, layout)) : undefined,
  );
}

/** Percentages written into the cells of one position, where there is something to say. */
function shareTexts(position: readonly number[], i: number, { cell, left, top }: Layout): Markup {
  return join(
    position.map((share, letter) =>
      share < 0.05
        ? undefined
        : element(
            'text',
            {
              class: share >= 0.55 ? 'percent inverse' : 'percent',
              x: left + (i + 0.5) * cell - 0.5,
              y: top + (letter + 0.5) * cell + 3.5,
              'text-anchor': 'middle',
            },
            String(Math.round(share * 100)),
          ),
    ),
  );
}

/** Letters x positions in the data and, beside them, among the proposals, headed by what these places are called: the deeper the colour, the commoner the letter. */
export function sequenceDrawing(
  name: string,
  parameter: SequenceParameter,
  [data, proposals]: readonly [data: readonly string[], proposals: readonly string[]],
  places: readonly [data: string, proposals: string],
): Markup {
  const [before, after] = [sequenceShares(parameter, data), sequenceShares(parameter, proposals)];
  const positions = drawnPositions(before, after);
  const pick = (map: readonly (readonly number[])[]): readonly (readonly number[])[] =>
    positions.map((position) => map[position] ?? []);
  const side = (which: string, map: readonly (readonly number[])[]): Markup =>
    element(
      'div',
      {},
      element('p', { class: 'note' }, which),
      heatMap(
        `Share of each letter at each position of ${name}, ${which}: ${consensusText(parameter, map)}`,
        parameter.alphabet,
        positions,
        map,
      ),
    );
  const some =
    positions.length < parameter.length
      ? element('p', { class: 'note' }, `${positions.length} of ${parameter.length} positions: those that differ most.`)
      : undefined;
  return join(some, element('div', { class: 'maps' }, side(places[0], pick(before)), side(places[1], pick(after))));
}

function consensusText({ alphabet }: SequenceParameter, map: readonly (readonly number[])[]): string {
  const letters = [...alphabet];
  return map
    .map((position) => {
      const top = Math.max(...position);
      return `${letters[position.indexOf(top)] ?? ''} ${formatShare(top)}`;
    })
    .join(', ');
}
