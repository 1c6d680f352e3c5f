import { element, join, shortened, type Child, type Markup } from './svg.ts';
import { style } from './style.ts';
import type { Tone } from './marks.ts';

export type Swatch = 'fill' | 'dot' | 'diamond' | 'ring' | 'circle' | 'stroke' | 'dash' | 'hollow' | 'cross';

/** What one kind of mark means. */
export interface Key {
  readonly swatch: Swatch;
  readonly tone: Tone;
  readonly text: string;
}

export interface FigureText {
  readonly title: string;
  readonly caption?: string | undefined;
  readonly legend?: Child;
  readonly className?: string;
}

/** One self-contained HTML document: its style inside, nothing fetched, no script. */
export function page(title: string, ...content: readonly Child[]): string {
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', {
      'http-equiv': 'Content-Security-Policy',
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    element('title', {}, title),
    element('style', {}, { markup: style }),
  );
  const body = element('body', {}, element('main', {}, ...content));
  return `<!doctype html>\n${element('html', { lang: 'en' }, head, body).markup}\n`;
}

export function section(title: string, ...content: readonly Child[]): Markup {
  return element('section', {}, element('h2', {}, title), ...content);
}

export function paragraph(text: Child, className?: string): Markup {
  return element('p', { class: className }, text);
}

/** A picture with its heading, what it shows in words, and the meaning of its marks. */
export function figure({ title, caption, legend, className }: FigureText, ...drawing: readonly Child[]): Markup {
  const heading = element(
    'figcaption',
    {},
    shortened('h3', title, 60),
    caption === undefined ? undefined : element('p', {}, caption),
    legend,
  );
  const attributes = { class: className === undefined ? 'card' : `card ${className}` };
  return element('figure', attributes, heading, element('div', { class: 'drawing' }, ...drawing));
}

export function swatch({ swatch: shape, tone }: Pick<Key, 'swatch' | 'tone'>): Markup {
  return element('span', { class: `swatch ${shape} ${tone}` });
}

export function legend(keys: readonly Key[], ...more: readonly Child[]): Markup {
  return element(
    'ul',
    { class: 'legend' },
    keys.map((key) => element('li', {}, swatch(key), key.text)),
    ...more,
  );
}

/** Names and values in columns, for settings and counts. */
export function definitions(rows: readonly (readonly [string, string])[]): Markup {
  const entries = rows.map(([name, value]) =>
    element('div', {}, shortened('dt', name, 60), shortened('dd', value, 60)),
  );
  return element('dl', { class: 'settings card' }, entries);
}

/** A large figure with its name above and a remark below. */
export function tile(name: string, value: string, remark: string): Markup {
  return element(
    'div',
    { class: 'card' },
    join(element('dt', {}, name), element('dd', {}, value), element('dd', {}, remark)),
  );
}

/** A share of one, 0 to 1, as a small bar before its figure. */
export function meter(share: number, text: string): Markup {
  const filled = Math.round(20 * Math.min(1, Math.max(0, share)));
  return join(
    element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span', { class: `w${filled}` })),
    text,
  );
}

/** A box of its own that scrolls sideways, by keyboard too, when what it holds is wide. */
export function scrolling(name: string, content: Child): Markup {
  return element('div', { class: 'card scroll', tabindex: '0', role: 'region', 'aria-label': name }, content);
}
