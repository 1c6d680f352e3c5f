import { join as joinPath } from 'node:path';
import { writeWhole } from '../base/index.ts';
import { pendingRequests, type RunRecord, type StopReason } from '../run/index.ts';
import { formatCount, formatNumber, plural } from './format.ts';
import { definitions, page, paragraph, section, tile } from './page.ts';
import { calibrationSection } from './runCalibration.ts';
import { convergenceChart } from './runConvergence.ts';
import { runFactsOf, type RunFacts } from './runFacts.ts';
import { bestParametersSection, placesSection } from './runPlaces.ts';
import { roundsSection } from './runRounds.ts';
import { bestSection, failuresSection, rulesSection } from './runTables.ts';
import { element, join, truncate, type Markup } from './svg.ts';

const reasons: { readonly [R in StopReason]: string } = {
  budget: 'It stopped because all evaluations that were allowed have a result.',
  target: 'It stopped because the target was reached.',
  stagnation: 'It stopped because it found nothing better for as long as was allowed.',
  exhausted: 'It stopped because no design is left that was not tried.',
  aborted: 'It was interrupted, and can be resumed.',
};

/** Why the run stopped, or that it goes on. */
export function stateInWords(record: RunRecord): string {
  const pending = pendingRequests(record).length;
  const waiting =
    pending === 0 ? '' : ` ${plural(pending, 'design')} ${pending === 1 ? 'waits' : 'wait'} for a result.`;
  const state =
    record.stopped === undefined ? 'It has not stopped: it goes on, or can be resumed.' : reasons[record.stopped];
  return `${state}${waiting}`;
}

function improvement({ ranked: [best], bestOfData, sign, print }: RunFacts): string {
  if (best === undefined) return 'nothing was measured yet';
  if (best.first.number === 0) return 'among the past experiments';
  const found = `round ${formatCount(best.first.round)}${best.first.id === undefined ? '' : `, ${truncate(best.first.id, 24)}`}`;
  const better = sign * best.reward > sign * bestOfData;
  return better ? `${found}; ${print(bestOfData)} before` : found;
}

function tiles(facts: RunFacts): Markup {
  const { record, trials, ranked, print } = facts;
  const evaluations = trials.filter(({ asked }) => asked).length;
  const foreign = trials.length - evaluations;
  const failed = trials.filter(({ error }) => error !== undefined).length;
  const { evaluations: allowed, batch } = record.settings;
  const budget = allowed === undefined ? 'without a limit' : `of ${formatCount(allowed)} allowed`;
  const [best] = ranked;
  return element(
    'dl',
    { class: 'tiles' },
    tile('Best', best === undefined ? '\u2013' : print(best.reward), improvement(facts)),
    tile(
      'Evaluations',
      formatCount(evaluations),
      foreign === 0 ? budget : `${budget}; ${formatCount(foreign)} more not asked for`,
    ),
    tile(
      'Rounds',
      formatCount(new Set([...record.requests.values()].map(({ round }) => round)).size),
      `of ${plural(batch, 'design')}`,
    ),
    tile(
      'Failed',
      formatCount(failed),
      trials.length === 0 ? 'no results yet' : `of ${plural(trials.length, 'result')}`,
    ),
  );
}

function headline(facts: RunFacts): Markup {
  const { record, data, better } = facts;
  const past = data.length === 0 ? '' : ` It began with ${plural(data.length, 'past experiment')}.`;
  return join(
    element('h1', {}, titleOf(facts)),
    paragraph(`${stateInWords(record)}${past} ${better === 'higher' ? 'Higher' : 'Lower'} is better.`, 'lead'),
    tiles(facts),
  );
}

function titleOf({ reward, verb }: RunFacts): string {
  return `A run to ${verb} ${truncate(reward, 80)}`;
}

function optionText(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value, 6);
  if (Array.isArray(value) && value.length > 8) return `${formatCount(value.length)} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function settingsSection({ record: { settings }, space, data, record }: RunFacts): Markup {
  const { seed, direction, batch, threads, evaluations, reward, options = {} } = settings;
  const unlabelled = record.evaluations.filter(({ status }) => status === 'unlabelled').length;
  return section(
    'Settings and seed',
    paragraph('The same settings, seed and results give the same designs.', 'lead'),
    definitions([
      ['seed', String(seed)],
      ['reward', reward],
      ['direction', direction],
      ['parameters', formatCount(space.names.length)],
      ['constraints', formatCount(space.definition.constraints?.length ?? 0)],
      ['batch', formatCount(batch)],
      ['evaluations allowed', evaluations === undefined ? 'no limit' : formatCount(evaluations)],
      ['past experiments', formatCount(data.length)],
      ['designs told without a result', formatCount(unlabelled)],
      ['threads', formatCount(threads)],
      ['version', settings.package],
      ...Object.entries(options).map(([name, value]) => [name, optionText(value)] as const),
    ]),
  );
}

/**
 * One self-contained HTML page about a run, from its record alone: pictures inside, no script, nothing fetched, no time stamp. The same
 * record gives the same bytes, whatever the order in which the results of a round came.
 */
export function renderRunReport(record: RunRecord): string {
  const facts = runFactsOf(record);
  return page(
    titleOf(facts),
    headline(facts),
    convergenceChart(facts),
    bestSection(facts),
    roundsSection(facts),
    calibrationSection(facts),
    placesSection(facts),
    bestParametersSection(facts),
    rulesSection(facts),
    failuresSection(facts),
    settingsSection(facts),
  );
}

/** The report's file in a run directory. */
export function runReportFile(directory: string): string {
  return joinPath(directory, 'report.html');
}

/** Writes the report of a run, by default into its directory; it appears whole or not at all. Rejects with a `stopped` error. */
export function writeRunReport(
  directory: string,
  record: RunRecord,
  file: string = runReportFile(directory),
): Promise<void> {
  return writeWhole(file, renderRunReport(record));
}
