import { conditionsText, type Explanation, type Rule, type Separation } from '../reward/index.ts';
import type { Parameter } from '../space/index.ts';
import { dependencePictures } from './dependencePicture.ts';
import type { Facts, RewardFacts } from './facts.ts';
import { formatCount, formatShare, plural } from './format.ts';
import { influenceChart } from './influenceChart.ts';
import { meter, paragraph, scrolling, section } from './page.ts';
import { element, shortened, truncate, type Markup } from './svg.ts';

const maxWords = 160;

/** What counts as good, and what was found. */
export function separationInWords(facts: RewardFacts, { good, rules }: Separation): string {
  if (good.rows === 0) return 'All measured rewards are much the same: there is nothing to separate.';
  const reward = truncate(facts.reward, 60);
  const bound = `${reward} ${facts.print(good.reward)} or ${facts.better}`;
  const best = `Of ${plural(good.of, 'measured row')}, ${formatCount(good.rows)} count as good: ${bound}.`;
  const found =
    rules.length === 0
      ? ' No simple rule separates them from the rest more clearly than chance could.'
      : ' The rules are the leaves of a shallow decision tree: no row obeys two of them, and those that chance could explain are left out.';
  return best + found;
}

/** Each rule with its figures, and all rows to compare with. */
export function rulesTable(facts: RewardFacts, { good, rules }: Separation): Markup {
  const headings = ['where', 'rows', 'good', `mean ${truncate(facts.reward, 24)}`];
  const line = (words: Markup, rows: number, share: number, mean: string): Markup =>
    element(
      'tr',
      {},
      words,
      element('td', { class: 'number' }, formatCount(rows)),
      element('td', {}, meter(share, formatShare(Math.round(100 * share) / 100))),
      element('td', { class: 'number' }, mean),
    );
  const row = ({ conditions, rows, goodShare, meanReward }: Rule): Markup =>
    line(
      shortened('td', conditionsText(conditions), maxWords, { class: 'words' }),
      rows,
      goodShare,
      facts.print(meanReward),
    );
  const all = facts.measured.reduce((sum, reward) => sum + reward, 0) / facts.measured.length;
  return scrolling(
    'Rules',
    element(
      'table',
      { class: 'figures' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          headings.map((name, i) => element('th', { scope: 'col', class: i % 2 === 1 ? 'number' : undefined }, name)),
        ),
      ),
      element(
        'tbody',
        {},
        rules.map(row),
        line(element('td', {}, 'all measured rows'), good.of, good.rows / good.of, facts.print(all)),
      ),
    ),
  );
}

/** What good rows have in common, and what the predicted reward depends on. */
export function explanationSection(
  facts: Facts,
  parameters: Readonly<Record<string, Parameter>>,
  explanation: Explanation,
): Markup {
  const pictures = dependencePictures(facts, parameters, explanation.influence);
  return section(
    'What separates good from bad',
    paragraph(separationInWords(facts, explanation), 'lead'),
    element(
      'div',
      { class: 'pair' },
      explanation.rules.length === 0 ? undefined : rulesTable(facts, explanation),
      influenceChart(facts.reward, explanation.influence),
    ),
    pictures.length === 0
      ? undefined
      : [
          element('div', { class: 'multiples' }, pictures),
          paragraph(
            `Predicted ${truncate(facts.reward, 60)} when only this parameter is changed: mean over rows of the table, and the span of the middle 80\u00a0% of them. Predictions, not measurements.`,
            'note',
          ),
        ],
  );
}
