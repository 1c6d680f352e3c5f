/** Text that is markup already. Plain strings are escaped wherever they meet it, so nothing from a table can become a tag. */
export interface Markup {
  readonly markup: string;
}

export type Child = Markup | string | undefined | readonly Child[];

export type Attributes = Readonly<Record<string, string | number | undefined>>;

const closedTags = new Set(['circle', 'line', 'meta', 'path', 'rect']);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Control characters and lone surrogates are not allowed in markup at all, escaped or not.

const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu;

/** The text, safe between tags and inside quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A pixel coordinate with at most two decimals. */
export function pixels(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

function attributeText([name, value]: readonly [string, string | number | undefined]): string {
  if (value === undefined) return '';
  return ` ${name}="${typeof value === 'number' ? pixels(value) : escapeText(value)}"`;
}

function childText(child: Child): string {
  if (child === undefined) return '';
  if (typeof child === 'string') return escapeText(child);
  return 'markup' in child ? child.markup : child.map(childText).join('');
}

/** `<name attributes>children</name>`; numbers among the attributes are pixels, undefined ones are left out. */
export function element(name: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const open = `<${name}${Object.entries(attributes).map(attributeText).join('')}`;
  const content = childText(children);
  return { markup: content === '' && closedTags.has(name) ? `${open}/>` : `${open}>${content}</${name}>` };
}

export function join(...children: readonly Child[]): Markup {
  return { markup: childText(children) };
}

/**
 * At most `length` characters, an ellipsis in place of what was cut from the middle: long names tend to differ at their ends.
 * Never cuts a surrogate pair in two.
 */
export function truncate(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  return `${characters.slice(0, head).join('')}\u2026${characters.slice(characters.length - (length - 1 - head)).join('')}`;
}

/** SVG text of at most `length` characters; what was cut is in its title. */
export function label(text: string, length: number, attributes: Attributes): Markup {
  const short = truncate(text, length);
  return element('text', attributes, short, short === text ? undefined : element('title', {}, text));
}

/** HTML text of at most `length` characters in an element; what was cut is in its title. */
export function shortened(name: string, text: string, length: number, attributes: Attributes = {}): Markup {
  const short = truncate(text, length);
  return element(name, short === text ? attributes : { ...attributes, title: text }, short);
}

/** A picture for everyone: `title` is what a screen reader says. */
export function picture(title: string, width: number, height: number, ...children: readonly Child[]): Markup {
  const attributes = { viewBox: `0 0 ${pixels(width)} ${pixels(height)}`, role: 'img', width, height };
  return element('svg', attributes, element('title', {}, title), ...children);
}
