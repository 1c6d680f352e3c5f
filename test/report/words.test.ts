import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { formatCount, formatDecimals, formatNumber, formatShare, formatUncertain } from '../../src/report/format.ts';
import { pairAccuracy, qualityInFigures, qualityInWords } from '../../src/report/quality.ts';
import { element, escapeText, truncate } from '../../src/report/svg.ts';
import { find, parse, textOf } from './markup.ts';

describe('numbers in print', () => {
  it('keep whole digits, drop what says nothing', () => {
    expect([0, 1234567, 0.1 + 0.2, -2.5, 1e-7, 3e9, 123456.7].map((value) => formatNumber(value))).toEqual([
      '0',
      '1234567',
      '0.3',
      '\u22122.5',
      '1e\u22127',
      '3e9',
      '123457',
    ]);
    expect(formatCount(21263)).toBe('21,263');
    expect(formatCount(999)).toBe('999');
    expect(formatDecimals(1.5, 2)).toBe('1.50');
    expect(formatShare(0.0527)).toBe('5.3\u00a0%');
    expect(formatShare(0.0001)).toBe('<\u00a00.1\u00a0%');
  });

  it('have the decimals that the deviation supports', () => {
    expect(formatUncertain(0.123456, 0.0234)).toBe('0.123 \u00b1 0.023');
    expect(formatUncertain(155.2, 12.3)).toBe('155 \u00b1 12');
    expect(formatUncertain(-1, 0)).toBe('\u22121');
  });

  it('stand for themselves to four digits', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, (number) => {
        const read = Number(formatNumber(number).replaceAll('\u2212', '-'));
        expect(Math.abs(read - number)).toBeLessThanOrEqual(5.01e-4 * Math.abs(number));
      }),
    );
  });
});

describe('trust in words', () => {
  const quality = (rankCorrelation: number, rows = 60): string => qualityInWords({ rows, rankCorrelation, r2: 0 });

  it('warns below 0.3, below 0, of few rows, and of what was not measured', () => {
    expect(quality(0.29)).toContain('hardly order unseen rows: treat the ranking as a guess');
    expect(quality(0.3)).not.toContain('guess');
    expect(quality(-0.2)).toContain('wrong way round');
    expect(quality(0.9)).toContain('closely');
    expect(quality(0.9, 5)).toContain('Only 5 rows');
    expect(quality(NaN)).toContain('could not be measured');
    expect(qualityInFigures({ rows: 1, rankCorrelation: 0.721, r2: NaN })).toBe(
      'rank correlation 0.72, R\u00b2 unknown on 1 held-out row',
    );
  });

  it('knows how often the better of two is predicted better', () => {
    expect(pairAccuracy(0)).toBe(0.5);
    expect(pairAccuracy(1)).toBeCloseTo(1, 7);
    expect(pairAccuracy(-1)).toBeCloseTo(0, 7);
    // Pearson's r of 0.8 in a bivariate normal: Spearman's is 6/pi asin(r / 2).
    const r = 0.8;
    const random = randomStream(4);
    let concordant = 0;
    const pairs = 100_000;
    for (let i = 0; i < pairs; i++) {
      const [x, y] = [random.normal(), random.normal()];
      if (x * (r * x + Math.sqrt(1 - r * r) * y) > 0) concordant++;
    }
    expect(pairAccuracy((6 / Math.PI) * Math.asin(r / 2))).toBeCloseTo(concordant / pairs, 2);
  });
});

describe('markup', () => {
  it('gives back any text that was put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (text, attribute) => {
        const node = find(parse(element('p', { title: attribute }, text).markup), 'p')[0];
        const clean = (raw: string): string =>
          raw.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
        expect(node === undefined ? '' : textOf(node)).toBe(clean(text));
        expect(node?.attributes.get('title')).toBe(clean(attribute));
      }),
      { numRuns: 300 },
    );
  });

  it('escapes what could end a tag or an attribute', () => {
    expect(escapeText(`</title><script>"x" & 'y'\u0000`)).toBe(
      '&lt;/title&gt;&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;\ufffd',
    );
    expect(escapeText('\ud800')).toBe('\ufffd');
  });

  it('cuts the middle of long text, never a character in two', () => {
    expect(truncate('abcdefghij', 6)).toBe('abc\u2026ij');
    expect(truncate('short', 5)).toBe('short');
    expect([...truncate('\u{1f9ea}'.repeat(50), 10)]).toHaveLength(10);
    expect(truncate('\u{1f9ea}'.repeat(50), 10)).not.toMatch(/\p{Surrogate}/u);
  });
});
