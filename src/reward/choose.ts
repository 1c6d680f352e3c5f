import { fitEnsemble } from './ensemble.ts';
import { fitForest } from './forest.ts';
import { fitGaussianProcess } from './gaussian-process.ts';
import { checkRows } from './quality.ts';
import {
  surrogateNames,
  type FitSurrogate,
  type Surrogate,
  type SurrogateName,
  type SurrogateQuality,
} from './surrogate.ts';

/** A kind by name, or the one with the best held-out predictions. */
export type SurrogateChoice = SurrogateName | 'auto';

/** A kind that was tried. */
export interface Compared {
  readonly name: SurrogateName;
  readonly quality: SurrogateQuality;
}

/** The surrogate that was kept, and all that were tried, in the order of `surrogateNames`. */
export interface ChosenSurrogate extends Surrogate {
  readonly compared: readonly Compared[];
}

interface Kind {
  readonly fit: FitSurrogate;
  /** The most rows for which it is tried on its own accord. */
  readonly rows: number;
}

const kinds: { readonly [Name in SurrogateName]: Kind } = {
  ensemble: { fit: fitEnsemble(), rows: Infinity },
  forest: { fit: fitForest(), rows: 2000 },
  'gaussian-process': { fit: fitGaussianProcess(), rows: 2000 },
};

/**
 * One number for held-out predictions, at most 1: ranking is what proposals need, so the rank correlation and the coefficient of
 * determination (0 at least) count alike, less the calibration error.
 */
export function score({ rankCorrelation, r2, calibrationError }: SurrogateQuality): number {
  return (rankCorrelation + Math.max(0, r2)) / 2 - calibrationError;
}

/** The kinds that `auto` tries for a number of rows. */
export function eligible(rows: number): readonly SurrogateName[] {
  return surrogateNames.filter((name) => rows <= kinds[name].rows);
}

/** The kinds' own fits. */
export const fitterOf = (name: SurrogateName): FitSurrogate => kinds[name].fit;

/**
 * Fits the chosen kind; `auto` fits each that is eligible for the number of rows, one after the other, and keeps the one with the
 * best held-out score. Throws a data error for fewer than 2 rows.
 */
export const fitSurrogate =
  (
    choice: SurrogateChoice = 'auto',
    fitter: (name: SurrogateName) => FitSurrogate = fitterOf,
  ): ((...args: Parameters<FitSurrogate>) => Promise<ChosenSurrogate>) =>
  async (labelled, context) => {
    checkRows(labelled.rewards);
    const names = choice === 'auto' ? eligible(labelled.rewards.length) : [choice];
    const compared: Compared[] = [];
    let best: Surrogate | undefined;
    try {
      for (const name of names) {
        const fitted = await fitter(name)(labelled, { ...context, stream: context.stream.split(name) });
        compared.push({ name, quality: fitted.quality });
        const worse = best === undefined || score(fitted.quality) > score(best.quality) ? best : fitted;
        if (worse !== fitted) best = fitted;
        await worse?.dispose();
      }
    } catch (error) {
      await best?.dispose();
      throw error;
    }
    return { ...best!, compared };
  };
