/** A node of a parsed document; text is unescaped. */
export interface Node {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (Node | string)[];
}

const closed = new Set(['circle', 'line', 'meta', 'path', 'rect']);
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function unescapeText(text: string): string {
  return text.replace(/&[^;]{0,8};?/g, (entity) => {
    const character = entities[entity];
    if (character === undefined) throw new Error(`stray ampersand: ${entity}`);
    return character;
  });
}

function attributesOf(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const rest = source.replace(/\s([a-zA-Z][a-zA-Z0-9-]*)="([^"<>]*)"/g, (_, name: string, value: string) => {
    if (attributes.has(name)) throw new Error(`attribute ${name} stands twice: ${source}`);
    attributes.set(name, unescapeText(value));
    return '';
  });
  if (rest.trim() !== '') throw new Error(`bad attributes: ${source}`);
  return attributes;
}

/** Parses a document of well-formed tags only: balanced, quoted, escaped, without comments. Throws at the first fault. */
export function parse(document: string): Node {
  const root: Node = { name: 'document', attributes: new Map(), children: [] };
  const open: Node[] = [root];
  const body = document.replace(/^<!doctype html>\n/, '');
  for (const [token] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const current = open.at(-1) ?? root;
    const tag = /^<(\/?)([a-zA-Z0-9]+)((?:\s[a-zA-Z][a-zA-Z0-9-]*="[^"]*")*)(\/?)>$/.exec(token);
    if (tag === null) {
      if (token.startsWith('<')) throw new Error(`bad tag: ${token}`);
      current.children.push(current.name === 'style' ? token : unescapeText(token));
      continue;
    }
    const [, end = '', name = '', attributes = '', self = ''] = tag;
    if (end !== '') {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
      continue;
    }
    const node: Node = { name, attributes: attributesOf(attributes), children: [] };
    if (self !== '' && !closed.has(name)) throw new Error(`<${name}/> would stay open`);
    current.children.push(node);
    if (self === '') open.push(node);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name ?? ''}> is not closed`);
  return root;
}

/** The node and all below it. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) if (typeof child !== 'string') yield* walk(child);
}

export function find(root: Node, name: string, className?: string): readonly Node[] {
  return [...walk(root)].filter(
    (node) =>
      node.name === name &&
      (className === undefined || (node.attributes.get('class') ?? '').split(' ').includes(className)),
  );
}

export function textOf(node: Node): string {
  return node.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
