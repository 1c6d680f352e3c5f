import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { advance, createReporter, progressLine, stageText, type StageState } from '../../src/cli/progress.ts';
import { countOf, shortenMiddle, textTable } from '../../src/cli/text.ts';

function after(
  reports: readonly (readonly [done: number, at: number])[],
  total = 1000,
  stage = 'denoiser',
): StageState {
  const states = reports.reduce<StageState | undefined>(
    (state, [done, at]) => advance(state, { stage, done, total }, at),
    undefined,
  );
  if (states === undefined) throw new Error('no reports');
  return states;
}

describe('a stage', () => {
  it('shows its share, its rate and the time that is left, from the second report on', () => {
    expect(stageText(after([[100, 0]]))).toBe('denoiser 10 %');
    expect(
      stageText(
        after([
          [100, 0],
          [200, 500],
        ]),
      ),
    ).toBe('denoiser 20 %, 200/s, 0:04 left');
    expect(
      stageText(
        after([
          [0, 0],
          [1, 60_000],
        ]),
      ),
    ).toBe('denoiser 0 %, 0.017/s, 16:39:00 left');
    expect(
      stageText(
        after(
          [
            [0, 0],
            [5e5, 100],
          ],
          1e9,
        ),
      ),
    ).toBe('denoiser 0 %, 5M/s, 3:20 left');
  });

  it('begins again when its count goes back', () => {
    expect(
      stageText(
        after([
          [900, 0],
          [1000, 100],
          [100, 200],
        ]),
      ),
    ).toBe('denoiser 10 %');
  });
});

describe('the line', () => {
  const denoiser = after([
    [100, 0],
    [200, 1000],
    [300, 2000],
  ]);
  const surrogate = after(
    [
      [500, 0],
      [600, 1000],
    ],
    1000,
    'surrogate',
  );

  it('shows what runs side by side, within the width', () => {
    expect(progressLine([denoiser, surrogate], 2000, 200)).toBe(
      'denoiser 30 %, 100/s, 0:07 left   surrogate 60 %, 100/s, 0:04 left',
    );
    expect(progressLine([denoiser, surrogate], 2000, 20)).toBe('denoiser 30 %, 100/\u2026');
  });

  it('leaves out what has finished, and what has been silent for five of its intervals', () => {
    expect(progressLine([after([[1000, 0]]), surrogate], 5999, 99)).toMatch(/^surrogate/);
    expect(progressLine([surrogate], 6001, 99)).toBe('');
  });
});

class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns = 60;
  written = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString();
    done();
  }
}

describe('the reporter', () => {
  const speak = (screen: Screen, quiet: boolean): string => {
    const reporter = createReporter(screen, quiet);
    reporter.observer({ stage: 'denoiser', done: 1, total: 4 });
    reporter.note('a remark');
    reporter.end();
    return screen.written;
  };

  it('draws on a terminal, and takes the line away for remarks and at the end', () => {
    expect(speak(new Screen(true), false)).toBe('\r\x1b[2Kdenoiser 25 %\r\x1b[2Ka remark\n');
  });

  it('writes remarks only elsewhere, and nothing when quiet', () => {
    expect(speak(new Screen(false), false)).toBe('a remark\n');
    expect(speak(new Screen(true), true)).toBe('');
  });
});

describe('a text table', () => {
  const columns = [
    { name: 'n', cells: ['1', '10'], align: 'right' },
    { name: 'smiles', cells: ['C', 'CC(C)(C)P(C1=CC=CC=C1)C(C)(C)C=O'], align: 'left' },
    { name: 'last', cells: ['x', 'y'], align: 'left' },
  ] as const;

  it('is aligned, with long texts cut in the middle', () => {
    expect(textTable(columns, 80)).toEqual({
      lines: [
        ' n  smiles                    last',
        ' 1  C                         x',
        '10  CC(C)(C)P(C1\u2026)C(C)(C)C=O  y',
      ],
      omitted: 0,
    });
  });

  it('leaves out the columns that do not fit', () => {
    expect(textTable(columns, 30)).toMatchObject({ lines: [' n  smiles', ' 1  C', expect.any(String)], omitted: 1 });
    expect(textTable(columns, 1)).toEqual({ lines: ['\u2026', '\u2026', '\u2026'], omitted: 2 });
  });

  it('counts letters, not UTF-16 units', () => {
    expect(shortenMiddle('\u{1d4d0}'.repeat(5), 4)).toBe('\u{1d4d0}\u{1d4d0}\u2026\u{1d4d0}');
  });
});

describe('a count', () => {
  it('has the plural and separated thousands', () => {
    expect([countOf(1, 'row'), countOf(0, 'row'), countOf(1234567, 'row')]).toEqual([
      '1 row',
      '0 rows',
      '1,234,567 rows',
    ]);
  });
});
