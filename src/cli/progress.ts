import type { Observer, Progress } from '../base/index.ts';
import { widthOf, type OutputStream } from './session.ts';
import { shortenEnd } from './text.ts';

/** One kind of work that is under way. Times in milliseconds. */
export interface StageState {
  readonly latest: Progress;
  readonly first: number;
  readonly firstAt: number;
  readonly latestAt: number;
  /** The longest time between two reports so far. */
  readonly interval: number;
}

/** A stage that has been silent for so many of its own intervals has ended early. */
const silentIntervals = 5;
const shortestSilence = 1500;
const redrawEvery = 100;

const suffixes = ['', 'k', 'M', 'G'] as const;

/** Three significant digits: 0.5, 118, 3.2k. */
export function compact(value: number): string {
  const thousands = value < 1000 ? 0 : Math.min(suffixes.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** thousands;
  return `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(2))}${suffixes[thousands]}`;
}

export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}

/** What is known of a stage after another report. A stage whose count goes back has begun again. */
export function advance(state: StageState | undefined, latest: Progress, now: number): StageState {
  if (state === undefined || latest.done < state.latest.done) {
    return { latest, first: latest.done, firstAt: now, latestAt: now, interval: 0 };
  }
  return { ...state, latest, latestAt: now, interval: Math.max(state.interval, now - state.latestAt) };
}

/** `denoiser 45 %, loss 0.213, 118/s, 0:12 left` */
export function stageText({ latest, first, firstAt, latestAt }: StageState): string {
  const { stage, done, total, note } = latest;
  const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
  const rate = latestAt > firstAt ? (1000 * (done - first)) / (latestAt - firstAt) : 0;
  const speed = rate > 0 ? [`${compact(rate)}/s`, `${clock((total - done) / rate)} left`] : [];
  return [`${stage} ${percent} %`, ...(note === undefined ? [] : [note]), ...speed].join(', ');
}

/** The stages under way in one line of at most `width` columns. */
export function progressLine(stages: readonly StageState[], now: number, width: number): string {
  const running = stages.filter(
    ({ latest, latestAt, interval }) =>
      latest.done < latest.total && now - latestAt <= Math.max(shortestSilence, silentIntervals * interval),
  );
  return shortenEnd(running.map(stageText).join('   '), width);
}

/** Speaks to the user while work goes on. */
export interface Reporter {
  readonly observer: Observer;
  /** A remark for the user, in lines of its own. */
  readonly note: (text: string) => void;
  /** Takes the progress line away. */
  end(): void;
}

/** Remarks go to the stream unless `quiet`; on a terminal one line of progress stands below them, redrawn in place. */
export function createReporter(stream: OutputStream, quiet: boolean): Reporter {
  const drawn = stream.isTTY === true && !quiet;
  const stages = new Map<string, StageState>();
  let drawnAt = -Infinity;
  let shown = '';

  const draw = (line: string): void => {
    if (line !== shown) stream.write(`\r\x1b[2K${line}`);
    shown = line;
  };

  return {
    observer: (progress) => {
      if (!drawn) return;
      const now = performance.now();
      stages.set(progress.stage, advance(stages.get(progress.stage), progress, now));
      if (now - drawnAt < redrawEvery) return;
      drawnAt = now;
      draw(progressLine([...stages.values()], now, widthOf(stream, 80) - 1));
    },
    note: (text) => {
      if (quiet) return;
      draw('');
      stream.write(`${text}\n`);
    },
    end: () => draw(''),
  };
}
