import { blend } from './blend.ts';
import { fitEnsemble } from './ensemble.ts';
import { fitForest } from './forest.ts';
import { fitGaussianProcess } from './gaussian-process.ts';
import { checkRows } from './quality.ts';
import {
  surrogateKinds,
  type Compared,
  type FitSurrogate,
  type Surrogate,
  type SurrogateKind,
  type SurrogateQuality,
} from './surrogate.ts';

/** A kind by name, the blend of all that suit the number of rows, or whichever of these has the best held-out predictions. */
export const surrogateChoices = ['auto', 'ensemble', 'forest', 'gaussian-process', 'blend'] as const;
export type SurrogateChoice = (typeof surrogateChoices)[number];

/** The surrogate that was kept, and all that were tried: kinds in the order of `surrogateKinds`, then their blend. */
export interface ChosenSurrogate extends Surrogate {
  readonly compared: readonly Compared[];
}

interface Kind {
  readonly fit: FitSurrogate;
  /** The most rows for which it is tried on its own accord. */
  readonly rows: number;
}

const kinds: { readonly [Name in SurrogateKind]: Kind } = {
  ensemble: { fit: fitEnsemble(), rows: Infinity },
  forest: { fit: fitForest(), rows: 2000 },
  'gaussian-process': { fit: fitGaussianProcess(), rows: 10_000 },
};

/** Intervals are calibrated already: what is left of their error counts little. */
const calibrationWeight = 0.25;

/**
 * One number for held-out predictions, at most 1: the mean of rank correlation and coefficient of determination (0 at least), less a
 * quarter of the calibration error.
 */
export function score({ rankCorrelation, r2, calibrationError }: SurrogateQuality): number {
  return (rankCorrelation + Math.max(0, r2)) / 2 - calibrationWeight * calibrationError;
}

/** What a surrogate is for: to find designs beyond the rows, better than all of them, or to choose among designs like the rows. */
export type SurrogateUse = 'beyond' | 'among';

/** Few rows that hardly tell: fewer than `rows`, on which no kind scores `score`. Then `headStart` is what the ensemble's score is worth more
 *  beyond the rows. */
const telling = { rows: 1000, score: 0.4, headStart: 0.2 } as const;

/**
 * Scores of the kinds by which they are compared. Of n rows they are uncertain by about 1 / sqrt n, and among designs like the rows the
 * Gaussian process is the best single kind on most tables: another kind must lead by half of that. The blend, which has it as a member,
 * is treated alike. Held-out rows are among the others, though: where they hardly tell, the ensemble is the safer one beyond them, since
 * a Gaussian process returns to the mean.
 */
export function standings(compared: readonly Compared[], use: SurrogateUse): readonly number[] {
  const scores = compared.map(({ quality }) => score(quality));
  const rows = compared[0]?.quality.rows ?? 0;
  const unsure = use === 'beyond' && rows < telling.rows && Math.max(...scores) < telling.score;
  const headStarts: { readonly [Name in Compared['name']]: number } = {
    ensemble: unsure ? telling.headStart : 0,
    forest: 0,
    'gaussian-process': 0.5 / Math.sqrt(Math.max(1, rows)),
    blend: 0.5 / Math.sqrt(Math.max(1, rows)),
  };
  return compared.map(({ name }, at) => scores[at]! + headStarts[name]);
}

/** The kinds that `auto` tries for a number of rows. */
export function eligible(rows: number): readonly SurrogateKind[] {
  return surrogateKinds.filter((name) => rows <= kinds[name].rows);
}

/** The kinds' own fits. */
export const fitterOf = (name: SurrogateKind): FitSurrogate => kinds[name].fit;

/** Fits kinds one after the other; disposes of those that were fitted when one fails. */
async function fitAll(
  names: readonly SurrogateKind[],
  fitter: (name: SurrogateKind) => FitSurrogate,
  ...[labelled, context]: Parameters<FitSurrogate>
): Promise<readonly Surrogate[]> {
  const fitted: Surrogate[] = [];
  try {
    for (const name of names) {
      fitted.push(await fitter(name)(labelled, { ...context, stream: context.stream.split(name) }));
    }
  } catch (error) {
    for (const surrogate of fitted) await surrogate.dispose();
    throw error;
  }
  return fitted;
}

/**
 * Fits the chosen kind. `auto` fits each that is eligible for the number of rows and keeps the one with the best standing for its use, or
 * all of them where their blend is better still; `blend` keeps all. Throws a data error for fewer than 2 rows.
 */
export const fitSurrogate =
  (
    choice: SurrogateChoice = 'auto',
    use: SurrogateUse = 'beyond',
    fitter: (name: SurrogateKind) => FitSurrogate = fitterOf,
  ): ((...args: Parameters<FitSurrogate>) => Promise<ChosenSurrogate>) =>
  async (labelled, context) => {
    checkRows(labelled.rewards);
    const several = choice === 'auto' || choice === 'blend';
    const fitted = await fitAll(several ? eligible(labelled.rewards.length) : [choice], fitter, labelled, context);
    if (fitted.length === 1) return { ...fitted[0]!, compared: [comparedOf(fitted[0]!)] };
    const mixture = blend(fitted, labelled);
    const tried = [...fitted, mixture];
    const compared = tried.map(comparedOf);
    const standing = standings(compared, use);
    const best = tried[standing.indexOf(Math.max(...standing))]!;
    if (choice === 'blend' || best === mixture) return { ...mixture, compared };
    for (const other of fitted) if (other !== best) await other.dispose();
    return { ...best, compared };
  };

const comparedOf = ({ name, quality }: Surrogate): Compared => ({ name, quality });
