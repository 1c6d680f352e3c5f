import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { cellsOf, diffopt, folderWith } from '../support/cli.ts';

/** Mixtures: a + b + c = 1, a + 0.1 n <= 0.9, t - 2 n >= -10, with n whole. */
const mixtureSpace: SpaceDefinition = {
  parameters: {
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: 0, max: 1 },
    c: { type: 'real', min: 0, max: 1 },
    n: { type: 'integer', min: 1, max: 8 },
    t: { type: 'real', min: 0, max: 20, step: 0.5 },
  },
  constraints: [
    { sum: ['a', 'b', 'c'], equals: 1 },
    { linear: { a: 1, n: 0.1 }, atMost: 0.9 },
    { linear: { t: 1, n: -2 }, atLeast: -10 },
  ],
};

function mixtures(): string {
  const stream = randomStream(5);
  const lines = ['a,b,c,n,t,score'];
  while (lines.length < 61) {
    const [a, b, n, t] = [stream.integer(1001), stream.integer(1001), 1 + stream.integer(8), stream.integer(41) / 2];
    const c = 1000 - a - b;
    if (c < 0 || a + 100 * n > 900 || t - 2 * n < -10) continue;
    const parts = [a, b, c].map((part) => (part / 1000).toFixed(3)).join();
    lines.push(`${parts},${n},${t.toFixed(1)},${((a + 2 * b) / 1000 + n - t / 10).toFixed(2)}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('constraints hold in the CSV as it is read back', () => {
  it.each([{ fixed: {} }, { fixed: { a: '0.25' } }, { fixed: { a: '0.3333' } }, { fixed: { n: '8', c: '0.1' } }])(
    'with $fixed',
    async ({ fixed }) => {
      const folder = folderWith({ 'data.csv': mixtures(), 'space.json': JSON.stringify(mixtureSpace) });
      const fixes = Object.entries(fixed).flatMap(([name, value]) => ['--fix', `${name}=${value}`]);
      const args = ['propose', 'data.csv', '--reward', 'score', '--space', 'space.json', '--count', '30', '--quiet'];
      const { code, stdout, stderr } = await diffopt([...args, ...fixes], folder);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const { header, rows } = cellsOf(stdout);
      expect(rows).toHaveLength(30);
      for (const row of rows) {
        const [a = NaN, b = NaN, c = NaN, n = NaN, t = NaN] = row.map(Number);
        expect(Math.abs(a + b + c - 1)).toBeLessThanOrEqual(1e-9);
        expect(a + 0.1 * n).toBeLessThanOrEqual(0.9 + 1e-9);
        expect(t - 2 * n).toBeGreaterThanOrEqual(-10 - 1e-9);
        expect(Math.min(a, b, c)).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(n) && n >= 1 && n <= 8 && Number.isInteger(2 * t) && t >= 0 && t <= 20).toBe(true);
        for (const [name, value] of Object.entries(fixed))
          expect(Number(row[header.indexOf(name)])).toBe(Number(value));
      }
    },
  );
});
