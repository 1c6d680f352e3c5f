import type { Compared, SurrogateQuality } from '../reward/index.ts';
import { formatNumber, formatShare, plural } from './format.ts';
import { paragraph, scrolling, section } from './page.ts';
import { element, type Markup } from './svg.ts';

function figure(value: number): string {
  return Number.isFinite(value) ? formatNumber(Math.round(value * 100) / 100, 3) : 'unknown';
}

function cells({ rows, rankCorrelation, r2, coverage, calibrationError }: SurrogateQuality): readonly string[] {
  return [
    String(rows),
    figure(rankCorrelation),
    figure(r2),
    ...coverage.map(({ share }) => formatShare(Math.round(100 * share) / 100)),
    figure(calibrationError),
  ];
}

/** The surrogates that were fitted, with what each predicted of rows that it was not trained on; `used` names the one in use. */
export function surrogateSection(compared: readonly Compared[], used: unknown): Markup | undefined {
  const first = compared[0];
  if (first === undefined) return undefined;
  const levels = first.quality.coverage.map(({ level }) => `in ${formatShare(level)} interval`);
  const headings = ['rows', 'rank correlation', 'R\u00b2', ...levels, 'calibration error'];
  return section(
    'How well the reward is predicted',
    paragraph(
      `${plural(compared.length, 'surrogate')}, judged on rows that ${compared.length === 1 ? 'it' : 'each'} was not trained on. An honest interval of 80\u00a0% holds the truth for 80\u00a0% of them.`,
      'lead',
    ),
    scrolling(
      'Surrogates',
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'surrogate'),
            headings.map((name) => element('th', { scope: 'col', class: 'number' }, name)),
          ),
        ),
        element(
          'tbody',
          {},
          compared.map((one) =>
            element(
              'tr',
              {},
              element(
                'th',
                { scope: 'row', class: one.name === used ? 'key' : undefined },
                one.name,
                one.name === used ? element('span', { class: 'badge' }, 'used') : undefined,
              ),
              cells(one.quality).map((text) => element('td', { class: 'number' }, text)),
            ),
          ),
        ),
      ),
    ),
  );
}
