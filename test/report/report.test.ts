import { describe, expect, it } from 'vitest';
import type { ProposeResult } from '../../src/optimizer/index.ts';
import { formatCount } from '../../src/report/format.ts';
import { renderProposalReport } from '../../src/report/index.ts';
import { conditionsText, factorText } from '../../src/reward/index.ts';
import { find, parse, textOf, walk, type Node } from './markup.ts';
import { awkward, binding, coating, elements, explainedResultOf, resultOf, type Problem } from './results.ts';

const empty = { steps: [], train: [], heldOut: [], bestStep: 0 };

const coatingResult = await explainedResultOf(coating);

const results: Readonly<Record<string, ProposeResult>> = {
  'mixed parameters, minimized': coatingResult,
  'eight letters': await explainedResultOf(binding),
  '86 real parameters': resultOf(elements),
  'awkward names, ten rows, one proposal': await explainedResultOf(awkward),
  'awkward names, sixty rows': await explainedResultOf({ ...awkward, rows: 60, proposals: 12 }),
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
    expect(headings).toEqual([
      '#',
      'predicted',
      'trust',
      'asked for',
      'nearest row',
      'its reward',
      'distance',
      ...result.space.names,
    ]);
  });

  it('shows the parameters that differ most when there are too many', () => {
    const { root } = page('86 real parameters');
    const figures = find(find(root, 'div', 'multiples').at(-1) ?? root, 'figure');
    expect(figures).toHaveLength(24);
    const first = figures.slice(0, 3).map((one) => textOf(find(one, 'h3')[0] ?? one));
    expect(new Set(first)).toEqual(new Set(['element 29', 'element 56', 'element 26']));
    expect(textOf(root)).toContain('The 24 of 86 parameters whose distributions differ most');
  });

  it('keeps the names of columns as text', () => {
    const { root, result } = page('awkward names, ten rows, one proposal');
    const shown = find(find(root, 'div', 'multiples').at(-1) ?? root, 'h3').map(
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
    expect(find(find(root, 'div', 'multiples').at(-1) ?? root, 'figure')).toHaveLength(
      Object.keys(problem.parameters).length,
    );
  });
});

/** The section under a heading. */
function sectionOf(root: Node, heading: string): Node {
  const found = find(root, 'section').find((one) => textOf(find(one, 'h2')[0] ?? one) === heading);
  if (found === undefined) throw new Error(`no section ${heading}`);
  return found;
}

function cellsOf(table: Node): readonly (readonly string[])[] {
  return find(table, 'tr').map((row) => row.children.map((cell) => (typeof cell === 'string' ? cell : textOf(cell))));
}

describe('what separates good from bad', () => {
  it('lists every rule with its figures, and all rows to compare with', () => {
    const { root, result } = page('eight letters');
    const { good, rules } = result.explanation;
    expect(rules.length).toBeGreaterThan(1);
    const rows = cellsOf(find(sectionOf(root, 'What separates good from bad'), 'table')[0] ?? root).slice(1);
    expect(rows).toHaveLength(rules.length + 1);
    rules.forEach((rule, i) => {
      const [words, count, share] = rows[i] ?? [];
      expect(words).toBe(conditionsText(rule.conditions));
      expect(count).toBe(formatCount(rule.rows));
      expect(share).toBe(`${Math.round(100 * rule.goodShare)}\u00a0%`);
    });
    expect(rows.at(-1)?.slice(0, 2)).toEqual(['all measured rows', formatCount(good.of)]);
  });

  it('has a bar as long as the influence, and its sign', () => {
    const { root, result } = page('mixed parameters, minimized');
    const influence = result.explanation.influence;
    const chart = find(sectionOf(root, 'What separates good from bad'), 'svg').find(
      (svg) => find(svg, 'rect').length > 1,
    )!;
    const widths = find(chart, 'rect').map((rect) => Number(rect.attributes.get('width')));
    expect(widths).toHaveLength(influence.filter(({ share }) => share > 0).length);
    widths.forEach((width, i) => expect(width / widths[0]!).toBeCloseTo(influence[i]!.share / influence[0]!.share, 2));
    const shown = find(chart, 'text', 'strong').map(textOf);
    shown.forEach((text, i) => {
      const { trend = 0 } = influence[i]!;
      expect(text.startsWith('\u2212')).toBe(trend <= -0.5);
      expect(text.startsWith('+')).toBe(trend >= 0.5);
    });
  });

  it('draws the first parameters on one scale of rewards', () => {
    const { root, result } = page('awkward names, sixty rows');
    const names = result.explanation.influence.filter(({ dependence }) => dependence !== undefined).map(factorText);
    const own = find(sectionOf(root, 'What separates good from bad'), 'div', 'multiples')[0] ?? root;
    const shown = find(own, 'h3').map((heading) => heading.attributes.get('title') ?? textOf(heading));
    expect(shown).toEqual(names);
    expect(names.length).toBeGreaterThan(1);
    expect(names).toContain('layers');
  });

  it('says so when there is no rule, and when all rewards are alike', () => {
    const explanation = { ...coatingResult.explanation, rules: [], influence: [] };
    const without = textOf(parse(renderProposalReport({ ...coatingResult, explanation })));
    expect(without).toContain('No simple rule separates them');
    expect(textOf(page('86 real parameters').root)).toContain('there is nothing to separate');
  });
});

describe('trust in a report', () => {
  it('compares the surrogates and marks the one in use', () => {
    const { root, result } = page('eight letters');
    const rows = cellsOf(find(sectionOf(root, 'How well the reward is predicted'), 'table')[0] ?? root);
    expect(rows.slice(1).map(([name]) => name)).toEqual(['ensemble', 'forestused']);
    expect(rows[0]?.slice(1)).toEqual([
      'rows',
      'rank correlation',
      'R\u00b2',
      ...result.surrogate.coverage.map(({ level }) => `in ${100 * level}\u00a0% interval`),
      'calibration error',
    ]);
    expect(rows[1]?.slice(1, 4)).toEqual(['60', '0.1', '\u22120.2']);
  });

  it('marks proposals beyond the data and no others', () => {
    const { root, result } = page('mixed parameters, minimized');
    const rows = cellsOf(find(root, 'table')[0] ?? root).slice(1);
    result.proposals.slice(0, 20).forEach((proposal, i) => {
      expect(rows[i]?.[2]).toBe(`${proposal.trust.toFixed(2)}${proposal.beyondSupport ? 'beyond the data' : ''}`);
      expect(rows[i]?.[4]).toBe(String(proposal.nearest.row + 1));
    });
    const beyond = { ...result.proposals[0]!, beyondSupport: true };
    const marked = parse(renderProposalReport({ ...result, proposals: [beyond, ...result.proposals.slice(1)] }));
    expect(cellsOf(find(marked, 'table')[0] ?? root)[1]?.[2]).toContain('beyond the data');
  });

  it('shows how likely experiments are to work only where some may not', () => {
    const { root, result } = page('mixed parameters, minimized');
    expect(textOf(find(root, 'thead')[0] ?? root)).not.toContain('works');
    const doubtful = result.proposals.map((proposal) => ({ ...proposal, feasible: 0.25 }));
    const table = find(parse(renderProposalReport({ ...result, proposals: doubtful })), 'table')[0] ?? root;
    expect(cellsOf(table)[0]?.[3]).toBe('works');
    expect(cellsOf(table)[1]?.[3]).toBe('25\u00a0%');
  });

  it('rings the requests that were chosen, and draws the trust of every request', () => {
    const { root, result } = page('mixed parameters, minimized');
    const own = sectionOf(root, 'Requested against predicted reward');
    const halos = find(own, 'g', 'halo').flatMap((group) => find(group, 'path'));
    expect(halos).toHaveLength(result.outcomes.filter(({ chosen }) => chosen).length);
    const below = find(own, 'svg')[1] ?? own;
    expect(find(below, 'g', 'symbols').flatMap((group) => find(group, 'path'))).toHaveLength(result.outcomes.length);
    const [headings = [], ...rows] = cellsOf(find(own, 'table')[0] ?? own);
    expect(rows.filter((row) => row.at(-1) === 'chosen')).toHaveLength(halos.length);
    // Bounds are larger when better; the table has them in the reward's own units.
    for (const row of rows) expect(row[headings.indexOf('judged by')]).toBe(row[headings.indexOf('median')]);
  });

  it('keeps requests that the slope pulled apart from those of the same guidance', () => {
    const drawn = resultOf(coating).outcomes;
    const outcomes = [...drawn, ...drawn.slice(0, 3).map((outcome) => ({ ...outcome, pulled: true }))];
    const root = parse(renderProposalReport({ ...coatingResult, outcomes }));
    const own = sectionOf(root, 'Requested against predicted reward');
    const keys = find(find(own, 'ul', 'legend')[0] ?? own, 'li').map(textOf);
    expect(keys.slice(0, 3)).toEqual(['guidance 1', 'guidance 2', 'guidance 1 and the surrogate\u2019s slope']);
    const titles = new Set(find(own, 'title').map(textOf));
    expect(
      [...titles].filter((title) => title.includes('with guidance 1 and the surrogate\u2019s slope')),
    ).toHaveLength(3);
    expect([...titles].filter((title) => title.includes('with guidance 1: '))).toHaveLength(3);
    const [headings = [], ...rows] = cellsOf(find(own, 'table')[0] ?? own);
    const [guidance, slope] = [headings.indexOf('guidance'), headings.indexOf('slope')];
    expect(rows.map((row) => [row[guidance], row[slope]])).toEqual([
      ...Array.from({ length: 3 }, () => ['1', '']),
      ...Array.from({ length: 3 }, () => ['2', '']),
      ...Array.from({ length: 3 }, () => ['1', 'yes']),
    ]);
  });
});
