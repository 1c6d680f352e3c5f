import type { BacktestMethod, BacktestResult } from '../optimizer/index.ts';
import { bottomAxis, leftAxis } from './axes.ts';
import {
  foundText,
  methodNames,
  methodRows,
  protocolInWords,
  recoveryInWords,
  remarksOn,
  verdictInWords,
} from './backtestWords.ts';
import { formatCount, formatDecimals, formatNumber } from './format.ts';
import { figuresTable } from './figuresTable.ts';
import { frameFor, scale, ticksOf } from './frame.ts';
import { bars, horizontalRules, symbols, whiskers, type Tone } from './marks.ts';
import { definitions, figure, legend, page, paragraph, section, tile } from './page.ts';
import { element, join, picture, truncate, type Markup } from './svg.ts';

interface Column {
  readonly method: Exclude<BacktestMethod, 'perfect'>;
  readonly tone: Tone;
}

const columns: readonly Column[] = [
  { method: 'diffopt', tone: 'proposal' },
  { method: 'nearest', tone: 'data' },
  { method: 'chance', tone: 'unlabelled' },
];

/** Rewards with the decimals of the table, as long as those are not more than a mean deserves. */
function rewardText({ decimals }: BacktestResult): (reward: number) => string {
  return (reward) =>
    decimals !== undefined && decimals <= 4 ? formatDecimals(reward, decimals) : formatNumber(reward);
}

/** Winners found by each method: bars with intervals, and the single repeats. */
function recoveryChart(result: BacktestResult): Markup {
  const { methods, repeats, winners, count } = result;
  const most = methods.perfect.hits.value;
  const ticks = ticksOf(scale('linear', [0, most], [1, 0]), 6);
  const frame = frameFor(540, 340, ticks, false);
  const x = scale('linear', [0, columns.length], [frame.left, frame.right]);
  const y = scale('linear', [0, 1.06 * most], [frame.bottom, frame.top]);
  const drawn = columns.map(({ method, tone }, at) => {
    const { value, low, high } = methods[method].hits;
    // Beside the interval, and beside each other.
    const each = repeats.map(({ methods: own }, i) => ({
      x: at + 0.54 + (0.25 * (i + 0.5)) / repeats.length,
      y: own[method].hits,
      title: `repeat ${i + 1}: ${foundText(own[method].hits)} found`,
    }));
    return join(
      bars([{ from: at + 0.18, to: at + 0.82, height: value }], { x, y }, tone),
      method === 'chance' ? undefined : symbols(each, { x, y }, 'best', 'diamond', 26),
      whiskers([{ x: at + 0.5, low, high }], { x, y }, 'best'),
      element('text', { class: 'strong', x: x(at + 0.2), y: y(value) - 5, 'text-anchor': 'start' }, foundText(value)),
    );
  });
  return figure(
    {
      title: 'Hidden winners found',
      caption: `Of ${winners} hidden winners, choosing ${count} of ${winners + result.decoys} candidates; mean over repeats with its 95\u00a0% interval.`,
      legend: legend([
        ...columns.map(({ method, tone }) => ({ swatch: 'fill' as const, tone, text: methodNames[method] })),
        { swatch: 'ring', tone: 'best', text: 'one repeat' },
      ]),
    },
    picture(
      columns.map(({ method }) => `${methodNames[method]}: ${foundText(methods[method].hits.value)}`).join(', '),
      frame.width,
      frame.height,
      leftAxis(frame, y, ticks, 'winners found'),
      drawn,
      horizontalRules([{ at: most, label: `perfect choice: ${most}` }], { x, y }, 'best'),
      bottomAxis(
        frame,
        x,
        columns.map(({ method }, at) => ({ at: at + 0.5, label: method })),
      ),
    ),
  );
}

function methodTable(result: BacktestResult): Markup {
  const print = rewardText(result);
  const reward = truncate(result.reward, 24);
  return figuresTable(
    'Winners found by each method',
    ['choice', 'found', '95 % interval', 'of the winners', `mean ${reward}`, `best ${reward}`],
    methodRows(result).map(({ name, found, interval, recall, mean, best }) => [
      name,
      found,
      interval,
      recall,
      print(mean),
      print(best),
    ]),
  );
}

function repeatTable(result: BacktestResult): Markup {
  const print = rewardText(result);
  return figuresTable(
    'Repeats',
    [
      'repeat',
      'diffopt found',
      'its mean',
      'its best',
      'nearest found',
      'its mean',
      'its best',
      'chance, mean',
      'best there',
    ],
    result.repeats.map(({ methods: { diffopt, nearest, chance, perfect } }, i) => [
      String(i + 1),
      foundText(diffopt.hits),
      print(diffopt.mean),
      print(diffopt.best),
      foundText(nearest.hits),
      print(nearest.mean),
      print(nearest.best),
      print(chance.mean),
      print(perfect.best),
    ]),
  );
}

/** What a backtest showed, as a section for any page: the verdict, the picture, the figures by method. */
export function backtestSection(result: BacktestResult): Markup {
  return section(
    'Backtest',
    paragraph(verdictInWords(result), 'lead'),
    paragraph(recoveryInWords(result)),
    element('div', { class: 'pair' }, recoveryChart(result), methodTable(result)),
    paragraph(protocolInWords(result), 'note'),
  );
}

function tiles({ methods, winners, count, advantage }: BacktestResult): Markup {
  const { diffopt, nearest, chance } = methods;
  const over = advantage.nearest.difference;
  return element(
    'dl',
    { class: 'tiles' },
    tile('Hidden winners found', foundText(diffopt.hits.value), `of ${winners}, choosing ${count}`),
    tile(
      'Against chance',
      `${formatNumber(diffopt.hits.value / chance.hits.value, 2)}\u00d7`,
      `chance finds ${foundText(chance.hits.value)}`,
    ),
    tile(
      'Nearest to the best',
      foundText(nearest.hits.value),
      `diffopt finds ${foundText(over.value)} more (${foundText(over.low)} to ${foundText(over.high)})`,
    ),
  );
}

function facts(result: BacktestResult): Markup {
  const print = rewardText(result);
  return definitions([
    ['data', result.file],
    ['reward', result.reward],
    ['direction', result.direction],
    ['distinct designs with a reward', formatCount(result.designs)],
    ['of these, used', formatCount(result.used)],
    ['hidden winners', formatCount(result.winners)],
    ['their rewards', `${print(result.hidden.worst)} to ${print(result.hidden.best)}`],
    ['other candidates in a repeat', formatCount(result.decoys)],
    ['visible designs in a repeat', formatCount(result.visible)],
    ['chosen in a repeat', formatCount(result.count)],
    ['repeats', formatCount(result.repeats.length)],
    ['seed', String(result.seed)],
  ]);
}

/** One self-contained HTML page about a call of `backtest`. The same result gives the same bytes. */
export function renderBacktestReport(result: BacktestResult): string {
  const title = `Backtest on ${truncate(result.file, 80)}`;
  const remarks = remarksOn(result);
  return page(
    title,
    element('h1', {}, title),
    paragraph(
      `Would diffopt have found the best designs for ${truncate(result.reward, 60)}, had they not been measured yet?`,
      'lead',
    ),
    tiles(result),
    backtestSection(result),
    section('Repeats', repeatTable(result)),
    section(
      'What was done',
      remarks.length === 0 ? undefined : paragraph(`${remarks.join('; ')}.`, 'lead'),
      facts(result),
    ),
  );
}
