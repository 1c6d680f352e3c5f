import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runReportFile } from '../report/index.ts';
import {
  isAnother,
  resultsAsked,
  runModelFile,
  type Best,
  type OptimizeResult,
  type Recommended,
  type RoundReport,
} from '../optimizer/index.ts';
import type { Outcome } from '../oracle/index.ts';
import type { Run, RunSettings, StopReason } from '../run/index.ts';
import { clock, compact, type Reporter } from './progress.ts';
import { countOf } from './text.ts';

/** The files of a run that a user reads, by what they are; there is none of the best design before anything was measured, and no model before
 *  one was trained. */
export function runFiles(directory: string, best: Best | undefined): Readonly<Record<string, string>> {
  const model = join(directory, runModelFile);
  return {
    evaluations: join(directory, 'evaluations.csv'),
    ...(best === undefined ? {} : { best: join(directory, 'best.json') }),
    ...(existsSync(model) ? { model } : {}),
    report: runReportFile(directory),
  };
}

const longestReason = 160;

/** Why experiments failed, by the first of them. */
function failureText({ id, error }: { readonly id?: string | undefined; readonly error: string }): string {
  const reason = error.length > longestReason ? `${error.slice(0, longestReason - 3)}...` : error;
  return `${id ?? 'one of your own'}: ${reason}`;
}

/** That every experiment of a run failed, and why the first did; undefined where one was measured, or none failed. */
export function allFailedInWords({ evaluations }: Run['record']): string | undefined {
  const failures = evaluations.filter((one) => one.status === 'failed');
  const [first] = failures;
  if (first === undefined || evaluations.some(({ status }) => status === 'measured')) return undefined;
  const all = failures.length === 1 ? 'the experiment' : `all ${failures.length} experiments`;
  return `nothing was measured: ${all} failed, ${failureText(first)}`;
}

const rewardDigits = 6;

/** A reward in few digits, for remarks. */
function rewardText(value: number): string {
  return String(Number(value.toPrecision(rewardDigits)));
}

function bestText(reward: string, best: Best | undefined): string {
  return best === undefined ? 'nothing measured yet' : `best ${reward} ${rewardText(best.reward)}`;
}

/** How many evaluations there are: "12 of 40 evaluations". */
function progressText(done: number, { evaluations: limit }: RunSettings): string {
  return limit === undefined ? countOf(done, 'evaluation') : `${done} of ${countOf(limit, 'evaluation')}`;
}

/** How a run begins or goes on, and where it is kept; `unnamed` when the user named no directory. */
export function startInWords({ directory, resumed, record }: Run, unnamed: boolean): string {
  const hint = unnamed ? ' (--run names another directory)' : '';
  if (!resumed) return `the run is kept in ${directory}${hint}`;
  return `going on with the run in ${directory}${hint}: ${progressText(resultsAsked(record), record.settings)} done`;
}

/** Follows a run: how many evaluations there are, how fast they come, and what is best. */
export interface RunProgress {
  readonly onEvaluation: (outcome: Outcome) => void;
  readonly onRound: (report: RoundReport) => void;
}

interface Following {
  readonly settings: RunSettings;
  /** Evaluations of earlier processes. */
  readonly begun: number;
  readonly best: Best | undefined;
  readonly reporter: Reporter;
}

/** Tells the reporter how a run goes on: a line of progress on a terminal, and a remark for each round. */
export function followRun({ settings, begun, best: before, reporter }: Following): RunProgress {
  const { evaluations: limit, direction, reward } = settings;
  const sign = direction === 'maximize' ? 1 : -1;
  const startedAt = performance.now();
  let done = begun;
  let best = before?.reward;

  function speed(): readonly string[] {
    const perSecond = (1000 * (done - begun)) / Math.max(1, performance.now() - startedAt);
    if (perSecond === 0) return [];
    const left = limit === undefined || limit === done ? [] : [`${clock((limit - done) / perSecond)} left`];
    return [`${compact(perSecond)}/s`, ...left];
  }

  return {
    onEvaluation(outcome) {
      done++;
      if ('reward' in outcome && (best === undefined || sign * outcome.reward > sign * best)) best = outcome.reward;
      if (limit === undefined) return;
      const note = best === undefined ? {} : { note: `best ${rewardText(best)}` };
      reporter.observer({ stage: 'evaluations', done, total: limit, ...note });
    },
    onRound({ round, outcomes, evaluations, best: found }) {
      const failures = outcomes.filter((outcome) => 'error' in outcome);
      const failed = failures.length === 0 ? [] : [`${failures.length} failed (${failureText(failures[0]!)})`];
      const what = [`${outcomes.length} evaluated`, ...failed].join(', ');
      const far = [progressText(evaluations, settings), ...speed()].join(', ');
      reporter.note(`round ${round}: ${what}; ${bestText(reward, found)}; ${far}`);
    },
  };
}

const reasons: Readonly<Record<StopReason, string>> = {
  budget: 'all evaluations are done',
  target: 'the target is reached',
  stagnation: 'nothing better was found for as long as was allowed',
  exhausted: 'no design is left to try',
  aborted: 'interrupted; the same command goes on',
};

/** Names and values in two columns. */
export function pairsText(pairs: readonly (readonly [string, string | number])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** The best design of a run, for a person. */
export function bestInWords(reward: string, best: Best | undefined): string {
  if (best === undefined) return 'nothing was measured yet';
  return pairsText([[`best ${reward}`, best.reward], ...Object.entries(best.design)]);
}

/** What all measurements find best, where it is another design than the best measured one. */
export function recommendedInWords(
  reward: string,
  best: Best | undefined,
  recommended: Recommended | undefined,
): readonly string[] {
  if (!isAnother(recommended, best)) return [];
  const { design, predicted } = recommended;
  const rows = pairsText([[`measured ${reward}`, recommended.reward], ...Object.entries(design)]);
  const [mean, std] = [predicted.mean, predicted.std].map((value) => Number(value.toPrecision(4)));
  const why = `if measurements are noisy, rather the one that all of them together find best (${mean} ± ${std} expected of a measurement):`;
  return [`${why}\n\n${rows}`];
}

/** The end of a run for a person: why it ended, the best design, and the files that hold it all. */
export function endInWords(
  { directory, record }: Run,
  { best, recommended, stopped }: Pick<OptimizeResult, 'best' | 'recommended' | 'stopped'>,
): string {
  const parts = [
    `stopped: ${reasons[stopped]}`,
    bestInWords(record.settings.reward, best),
    ...recommendedInWords(record.settings.reward, best, recommended),
    pairsText(Object.entries(runFiles(directory, best))),
  ];
  return `${parts.join('\n\n')}\n`;
}
