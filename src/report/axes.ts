import { element, join, label, type Markup } from './svg.ts';
import type { Frame, Scale, Tick } from './frame.ts';

/** The horizontal axis under the plot area, its name in the middle below the tick labels. */
export function bottomAxis(frame: Frame, ruler: Scale, ticks: readonly Tick[], name = ''): Markup {
  const { left, right, bottom } = frame;
  return element(
    'g',
    { class: 'axis' },
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom }),
    ...ticks.map(({ at, label: text }) => {
      const x = ruler(at);
      return join(
        element('line', { x1: x, x2: x, y1: bottom, y2: bottom + (text === '' ? 2 : 4) }),
        text === '' ? undefined : label(text, 14, { x, y: bottom + 16, 'text-anchor': 'middle' }),
      );
    }),
    name === ''
      ? undefined
      : label(name, Math.floor((right - left) / 6.3), {
          class: 'name',
          x: (left + right) / 2,
          y: bottom + 34,
          'text-anchor': 'middle',
        }),
  );
}

/** Grid lines with labels to their left; the axis's name stands above the plot area, read without turning the head. */
export function leftAxis(frame: Frame, ruler: Scale, ticks: readonly Tick[], name = ''): Markup {
  const { left, right } = frame;
  return element(
    'g',
    { class: 'axis' },
    ...ticks
      .filter((tick) => tick.label !== '')
      .map(({ at, label: text }) => {
        const y = ruler(at);
        return join(
          element('line', { class: 'grid', x1: left, x2: right, y1: y, y2: y }),
          element('text', { x: left - 6, y: y + 3.5, 'text-anchor': 'end' }, text),
        );
      }),
    name === '' ? undefined : label(name, Math.floor(frame.width / 6.3), { class: 'name', x: 0, y: 11 }),
  );
}
