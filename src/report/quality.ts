import type { SurrogateQuality } from '../optimizer/index.ts';
import { formatNumber, plural } from './format.ts';

type QualityFigures = Omit<SurrogateQuality, 'coverage' | 'calibrationError'>;

const fewRows = 20;

const verdicts: readonly { readonly below: number; readonly words: string }[] = [
  { below: 0, words: 'Predictions order unseen rows the wrong way round: do not trust the ranking.' },
  { below: 0.3, words: 'Predictions hardly order unseen rows: treat the ranking as a guess.' },
  {
    below: 0.6,
    words: 'Predictions order unseen rows roughly: the ranking leans the right way, single places mean little.',
  },
  { below: 0.85, words: 'Predictions order unseen rows well: the ranking is useful, neighbouring places are not.' },
  { below: Infinity, words: 'Predictions order unseen rows closely: the ranking can be relied on near the data.' },
];

/**
 * How often the better of two random rows is predicted to be the better one, from Spearman's rank correlation, for a bivariate
 * normal: 1/2 + tau/2 with tau = 2/pi asin(2 sin(pi rho / 6)) (Kruskal 1958).
 */
export function pairAccuracy(rankCorrelation: number): number {
  return 0.5 + Math.asin(Math.max(-1, Math.min(1, 2 * Math.sin((Math.PI * rankCorrelation) / 6)))) / Math.PI;
}

/** What a held-out rank correlation means, in plain words. */
export function qualityInWords({ rows, rankCorrelation }: QualityFigures): string {
  if (!Number.isFinite(rankCorrelation)) {
    return 'How well predictions order unseen rows could not be measured: treat the ranking as a guess.';
  }
  const verdict = verdicts.find(({ below }) => rankCorrelation < below)?.words ?? '';
  const pair = `Of two unseen rows, the better one is predicted to be better about ${Math.round(
    100 * pairAccuracy(rankCorrelation),
  )} times in 100.`;
  const few = rows < fewRows ? ` Only ${plural(rows, 'row')} stood behind this: it may be far off.` : '';
  return `${verdict} ${pair}${few}`;
}

/** The figures themselves. */
export function qualityInFigures({ rows, rankCorrelation, r2 }: QualityFigures): string {
  return `rank correlation ${figure(rankCorrelation)}, R\u00b2 ${figure(r2)} on ${plural(rows, 'held-out row')}`;
}

function figure(value: number): string {
  return Number.isFinite(value) ? formatNumber(Math.round(value * 100) / 100, 3) : 'unknown';
}
