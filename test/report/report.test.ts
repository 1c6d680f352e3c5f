import { describe, expect, it } from 'vitest';
import type { ProposeResult } from '../../src/optimizer/index.ts';
import { renderProposalReport } from '../../src/report/index.ts';
import { find, parse, textOf, walk, type Node } from './markup.ts';
import { awkward, binding, coating, elements, resultOf, type Problem } from './results.ts';

const empty = { steps: [], train: [], heldOut: [], bestStep: 0 };

const coatingResult = resultOf(coating);

const results: Readonly<Record<string, ProposeResult>> = {
  'mixed parameters, minimized': coatingResult,
  'eight letters': resultOf(binding),
  '86 real parameters': resultOf(elements),
  'awkward names, ten rows, one proposal': resultOf(awkward),
  'candidates, nothing trained': { ...coatingResult, outcomes: [], curves: { diffusion: empty, surrogate: empty } },
  'no proposals': { ...coatingResult, proposals: [] },
};

const pages = Object.entries(results).map(([name, result]) => {
  const html = renderProposalReport(result);
  return { name, result, html, root: parse(html) };
});

function page(name: keyof typeof results): { result: ProposeResult; html: string; root: Node } {
  const found = pages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no page ${name}`);
  return found;
}

function tileValues(root: Node): Readonly<Record<string, string>> {
  const tiles = find(root, 'dl', 'tiles')[0] ?? root;
  const names = find(tiles, 'dt').map(textOf);
  const values = find(tiles, 'dd').map(textOf);
  return Object.fromEntries(names.map((name, i) => [name, values[2 * i] ?? '']));
}

describe.each(pages)('a report of $name', ({ result, html, root }) => {
  it('fetches nothing and runs nothing', () => {
    const names = new Set([...walk(root)].map((node) => node.name));
    for (const name of ['script', 'link', 'img', 'image', 'use', 'iframe', 'object', 'foreignObject', 'a', 'base']) {
      expect(names).not.toContain(name);
    }
    for (const node of walk(root)) {
      for (const [name, value] of node.attributes) {
        expect(name).not.toMatch(/^(src|srcset|href|xlink|style|on)/);
        if (name !== 'title') expect(value).not.toMatch(/url\(|https?:|\/\//);
      }
    }
    expect(textOf(find(root, 'style')[0] ?? root)).not.toMatch(/url\(|@import|@font-face|https?:/);
  });

  it('gives every picture a name to read out', () => {
    const pictures = find(root, 'svg');
    expect(pictures.length).toBeGreaterThan(2);
    for (const picture of pictures) {
      expect(picture.attributes.get('role')).toBe('img');
      const first = picture.children[0];
      expect(typeof first === 'object' ? first.name : '').toBe('title');
      expect(typeof first === 'object' ? textOf(first).length : 0).toBeGreaterThan(10);
    }
  });

  it('draws only finite numbers', () => {
    for (const svg of find(root, 'svg')) {
      for (const node of walk(svg)) {
        for (const value of node.attributes.values()) expect(value).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
    expect(textOf(find(root, 'main')[0] ?? root)).not.toMatch(/NaN|undefined|\[object/);
  });

  it('is the same bytes for the same result', () => {
    expect(renderProposalReport(structuredCloneOf(result))).toBe(html);
  });

  it('stays small', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(300_000);
  });
});

function structuredCloneOf(result: ProposeResult): ProposeResult {
  return {
    ...result,
    proposals: structuredClone(result.proposals),
    table: { ...result.table, rewards: result.table.rewards.slice() },
  };
}

describe('what a report says', () => {
  it('takes the lowest for the best when the reward is minimized', () => {
    const { root, result } = page('mixed parameters, minimized');
    const lowest = Math.min(...result.table.rewards);
    const predicted = result.proposals.map((proposal) => proposal.predicted.mean).sort((a, b) => a - b);
    const tiles = tileValues(root);
    expect(tiles['Best measured']).toBe(lowest.toFixed(3));
    expect(tiles['Best proposal, predicted']).toBe((predicted[0] ?? NaN).toFixed(3));
    const median = ((predicted[47] ?? NaN) + (predicted[48] ?? NaN)) / 2;
    expect(Number(tiles['Median proposal, predicted'])).toBeCloseTo(median, 3);
    expect(textOf(root)).toContain('Proposals to minimize reflectance');
    expect(textOf(root)).toContain('lower is better');
  });

  it('takes the highest when it is maximized, whatever the order of the proposals', () => {
    const result = resultOf(elements);
    const shuffled = { ...result, proposals: [...result.proposals].reverse() };
    const highest = Math.max(...result.proposals.map((proposal) => proposal.predicted.mean));
    expect(tileValues(parse(renderProposalReport(shuffled)))['Best proposal, predicted']).toBe(highest.toFixed(3));
  });

  it('counts labelled rows without those that have no reward', () => {
    const text = textOf(page('eight letters').root);
    expect(text).toContain('of 2,960 labelled rows');
    expect(text).toContain('from 3,000 rows of data');
  });

  it('lists the best twenty with every design column', () => {
    const { root, result } = page('86 real parameters');
    const table = find(root, 'table')[0] ?? root;
    expect(find(table, 'tr')).toHaveLength(21);
    const headings = find(find(table, 'thead')[0] ?? root, 'th').map(textOf);
    expect(headings).toEqual(['#', 'predicted', 'asked for', ...result.space.names]);
  });

  it('shows the parameters that differ most when there are too many', () => {
    const { root } = page('86 real parameters');
    const figures = find(find(root, 'div', 'multiples')[0] ?? root, 'figure');
    expect(figures).toHaveLength(24);
    const first = figures.slice(0, 3).map((one) => textOf(find(one, 'h3')[0] ?? one));
    expect(new Set(first)).toEqual(new Set(['element 29', 'element 56', 'element 26']));
    expect(textOf(root)).toContain('The 24 of 86 parameters whose distributions differ most');
  });

  it('keeps the names of columns as text', () => {
    const { root, result } = page('awkward names, ten rows, one proposal');
    const shown = find(find(root, 'div', 'multiples')[0] ?? root, 'h3').map(
      (heading) => heading.attributes.get('title') ?? textOf(heading),
    );
    expect(shown).toEqual(result.space.names.map((name) => name.replace('\u0007', '\ufffd')));
    expect(textOf(find(root, 'title')[0] ?? root)).toBe('Proposals to maximize yield <b>&"');
  });

  it('cuts long values and keeps them whole in a title', () => {
    const { root } = page('awkward names, ten rows, one proposal');
    const titles = find(root, 'text').flatMap((node) => find(node, 'title').map(textOf));
    const long = titles.filter((title) => title.startsWith('CC(C)(C)OC(=O)'));
    expect(long.length).toBeGreaterThan(0);
    for (const title of long) expect(title).toMatch(/^(CC\(C\)\(C\)OC\(=O\)N1CCC\(CC1\)){3}#\d+$/);
    const widest = Math.max(
      ...find(root, 'text').map(
        (node) => [...node.children.filter((child) => typeof child === 'string').join('')].length,
      ),
    );
    expect(widest).toBeLessThan(90);
  });

  it('says when a parameter was fixed', () => {
    const text = textOf(page('awkward names, ten rows, one proposal').root);
    expect(text).toContain('fixed at 4 for the proposals');
  });

  it('leaves out what there is nothing to say about', () => {
    const candidates = textOf(page('candidates, nothing trained').root);
    expect(candidates).toContain('chosen from a list of candidates');
    expect(candidates).not.toContain('Denoiser');
    expect(textOf(page('no proposals').root)).toContain('There is no proposal');
  });

  it('marks the kept step and changes to a log scale beyond a range of ten', () => {
    const text = textOf(page('mixed parameters, minimized').root);
    expect(text).toContain('kept: step 3,200');
    expect(text).toContain('loss (log scale)');
    const flat = { steps: [1, 2], train: [1, 2], heldOut: [2, 3], bestStep: 1 };
    const linear = { ...coatingResult, curves: { diffusion: flat, surrogate: flat } };
    expect(textOf(parse(renderProposalReport(linear)))).not.toContain('log scale');
  });

  it('does not trust a weak surrogate', () => {
    expect(textOf(page('86 real parameters').root)).toContain('treat the ranking as a guess');
  });

  it('holds the seed and every setting', () => {
    const { root, result } = page('mixed parameters, minimized');
    const list = find(root, 'dl', 'settings').at(-1) ?? root;
    const shown = Object.fromEntries(
      find(list, 'div').map((row) => [textOf(find(row, 'dt')[0] ?? row), textOf(find(row, 'dd')[0] ?? row)]),
    );
    expect(shown).toMatchObject({ seed: '7', direction: 'minimize', 'ignored columns': 'note' });
    for (const [name, value] of Object.entries(result.settings)) expect(shown[name]).toBe(String(value));
  });

  it.each([
    ['a constant column', { parameters: { ...coating.parameters, fixed: { type: 'real', min: 3, max: 4, step: 2 } } }],
    [
      'a table of two columns of letters',
      { parameters: { a: binding.parameters['sequence'], b: binding.parameters['sequence'] }, reward: () => 1 },
    ],
  ] as const)('can draw %s', (_, change) => {
    const problem = { ...coating, rows: 12, ...change } as Problem;
    const root = parse(renderProposalReport(resultOf(problem)));
    expect(find(find(root, 'div', 'multiples')[0] ?? root, 'figure')).toHaveLength(
      Object.keys(problem.parameters).length,
    );
  });
});
