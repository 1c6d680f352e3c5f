import type { ProposeResult } from '../optimizer/index.ts';
import { curveChart } from './curveChart.ts';
import { explanationSection } from './explanationSection.ts';
import { factsOf, type Facts } from './facts.ts';
import { formatNumber } from './format.ts';
import { headline } from './headline.ts';
import { outcomeChart, outcomeTable } from './outcomeChart.ts';
import { definitions, page, paragraph, section } from './page.ts';
import { parameterSection } from './parameterSection.ts';
import { projectionChart } from './projectionChart.ts';
import { proposalTable } from './proposalTable.ts';
import { rewardChart } from './rewardChart.ts';
import { surrogateSection } from './surrogateTable.ts';
import { element, truncate, type Markup } from './svg.ts';

function pair(...pictures: readonly (Markup | undefined)[]): Markup {
  return element('div', { class: 'pair' }, pictures);
}

function trainingSection({ curves }: ProposeResult): Markup | undefined {
  const denoiser = curveChart(
    'Denoiser',
    'The diffusion model that draws designs. Its loss never reaches zero: noise cannot be told apart exactly.',
    curves.diffusion,
  );
  const surrogate = curveChart('Surrogate', 'The networks that predict the reward.', curves.surrogate);
  if (denoiser === undefined && surrogate === undefined) return undefined;
  const lead =
    'Where the held-out loss turns up while the training loss falls, the model begins to learn rows by heart.';
  return section('Training', paragraph(lead, 'lead'), pair(denoiser, surrogate));
}

function overview(facts: Facts, result: ProposeResult): Markup {
  return section('Proposals against data', pair(rewardChart(facts), projectionChart(facts, result)));
}

function requestSection(facts: Facts, result: ProposeResult): Markup {
  const chart = outcomeChart(facts, result.outcomes);
  return section(
    'Requested against predicted reward',
    chart === undefined
      ? paragraph('No reward was requested: the proposals were chosen from a list of candidates.', 'lead')
      : pair(chart, outcomeTable(facts, result.outcomes)),
  );
}

function settingText(value: number | string | boolean): string {
  return typeof value === 'number' ? formatNumber(value, 6) : String(value);
}

function settingsSection({ settings, seed, table, space, direction }: ProposeResult): Markup {
  const fixed = Object.entries(space.fixed).map(([name, value]) => [`fixed: ${name}`, String(value)] as const);
  const chosen = Object.entries(settings).map(([name, value]) => [name, settingText(value)] as const);
  return section(
    'Settings and seed',
    paragraph('The same table, settings and seed give the same proposals.', 'lead'),
    definitions([
      ['seed', String(seed)],
      ['data', table.file],
      ['reward', table.reward],
      ['direction', direction],
      ['search space', table.inferred ? 'guessed from the table' : 'given'],
      ['ignored columns', table.ignored.join(', ') || 'none'],
      ...fixed,
      ...chosen,
    ]),
  );
}

/**
 * One self-contained HTML page about a call of `propose`: pictures inside, no script, nothing fetched, no time stamp, so that
 * the same result gives the same bytes. Meant for reading in a browser, light or dark, wide or narrow.
 */
export function renderProposalReport(result: ProposeResult): string {
  const facts = factsOf(result);
  return page(
    `Proposals to ${facts.verb} ${truncate(facts.reward, 80)}`,
    headline(facts, result),
    proposalTable(facts, result),
    overview(facts, result),
    requestSection(facts, result),
    explanationSection(facts, result.space.definition.parameters, result.explanation),
    parameterSection(result),
    surrogateSection(result.compared, result.settings['surrogate']),
    trainingSection(result),
    settingsSection(result),
  );
}
