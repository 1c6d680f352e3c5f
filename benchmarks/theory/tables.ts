import { heading, paragraph, table, type Block, type TextColumn } from '../runner/tables/document.ts';
import { groupedBy, meanAndError, numberText } from '../runner/tables/text.ts';
import { mean } from '../statistics.ts';
import type { Errors, TheoryCell } from './experiments/cell.ts';
import type { Choice } from './experiments/choices.ts';
import type { Guided } from './experiments/guidance.ts';
import { logLogSlope, type SampleMeasures } from './experiments/measures.ts';
import { mainTask, rowsTask } from './experiments/plan.ts';
import type { RoundsResult } from './experiments/rounds.ts';
import type { TheorySettings } from './experiments/settings.ts';
import type { AtTarget } from './experiments/targets.ts';

type Column<Row> = TextColumn & { readonly cell: (row: Row) => string };

function right<Row>(name: string, cell: (row: Row) => string): Column<Row> {
  return { name, align: 'right', cell };
}

function left<Row>(name: string, cell: (row: Row) => string): Column<Row> {
  return { name, align: 'left', cell };
}

type Group<T> = readonly T[];

/** Mean and standard error over the runs of a group. */
function over<T>(name: string, value: (one: T) => number, decimals = 3): Column<Group<T>> {
  return right(name, (group) => meanAndError(group.map(value), decimals));
}

function groups<T>(things: readonly T[], key: (thing: T) => string): readonly Group<T>[] {
  return [...groupedBy(things, key).values()];
}

const quality: readonly Column<Group<SampleMeasures>>[] = [
  over('true reward', (m) => m.reward),
  over('projected', (m) => m.onSupport),
  over('off-support', (m) => m.offSupport),
  over('shift', (m) => m.shift),
];

function targetBlocks(mains: readonly TheoryCell[]): readonly Block[] {
  const rows = groups(
    mains.flatMap(({ targets = [] }) => targets),
    ({ target }) => `${target}`,
  );
  return [
    heading(2, 'Rising targets'),
    paragraph(
      'Samples of the conditional (weight 1). Exact conditional samples have the reward and the shift that stand beside, and no part off the subspace.',
    ),
    table<Group<AtTarget>>(
      [
        right('asked', ([first]) => `${first!.target}`),
        ...quality,
        right('exact', ([first]) => numberText(first!.exactShift)),
        over("tr E[zz'] / d", (m) => m.spread),
        right('exact', ([first]) => numberText(first!.exactSpread)),
      ],
      rows,
    ),
  ];
}

function guidanceBlocks(mains: readonly TheoryCell[], { steepness }: TheorySettings): readonly Block[] {
  const rows = groups(
    mains.flatMap(({ guidance = [] }) => guidance),
    ({ guide, target, gradient }) => JSON.stringify([guide, target, gradient]),
  );
  return [
    heading(2, 'Naive and look-ahead gradients'),
    paragraph(
      `The denoiser of the data and the gradient of a reward that is ${steepness} times as steep across the subspace as on it.`,
    ),
    table<Group<Guided>>(
      [
        left('reward', ([first]) => first!.guide),
        right('asked', ([first]) => `${first!.target}`),
        left('gradient', ([first]) => first!.gradient),
        ...quality,
        over('processor s', (m) => m.seconds, 2),
      ],
      [...rows].sort(([a], [b]) => a!.guide.localeCompare(b!.guide) * -1 || a!.target - b!.target),
    ),
  ];
}

function roundBlocks(mains: readonly TheoryCell[]): readonly Block[] {
  const rows = groups(
    mains.flatMap(({ rounds = [] }) => rounds),
    ({ gradient, score, pull }) => JSON.stringify([gradient, score, pull]),
  );
  return [
    heading(2, 'Rounds on a concave reward'),
    table<Group<RoundsResult>>(
      [
        left('gradient', ([first]) => first!.gradient),
        left('score', ([first]) => first!.score),
        right('pull', ([first]) => `${first!.pull}`),
        over('start', (m) => m.start),
        over('after 1 round', (m) => m.rounds[0]!.reward),
        over('after 4', (m) => (m.rounds[3] ?? m.rounds.at(-1)!).reward),
        over('after all', (m) => m.rounds.at(-1)!.reward),
        over('exact end', (m) => m.end),
        right('optimum', ([first]) => `${first!.best}`),
        over('off-support', (m) => m.rounds.at(-1)!.offSupport),
      ],
      rows,
    ),
  ];
}

/** Powers of the number of rows that the theory promises; `rateSources` says where. */
const rates: Readonly<Record<keyof Errors, (latent: number) => string>> = {
  mean: () => '-0.5',
  subspace: () => '-0.25',
  denoiser: (latent) => `${(-1 / (latent + 5)).toFixed(3)}`,
};

const rateSources =
  'The theory, quoted from memory of the papers: -0.5 is that of any mean; the square of the distance of subspaces falls as ' +
  '((D d^2 + D^2 d) / n)^(1/2) (Yuan et al. 2023, arXiv:2307.07055); the square of the error of a score with any smooth latent density as ' +
  'n^(-2 / (d + 5)) (Chen et al. 2023, arXiv:2302.07194), where a Gaussian one, which these are, allows n^(-1).';

const errorNames: Readonly<Record<keyof Errors, string>> = {
  mean: 'conditional mean',
  subspace: 'subspace',
  denoiser: 'denoiser',
};

function errorBlocks(cells: readonly TheoryCell[], { rows, latent, within }: TheorySettings): readonly Block[] {
  const at = (n: number): readonly TheoryCell[] => cells.filter(({ task }) => task === rowsTask(n));
  const seen = rows.filter((n) => at(n).length > 0);
  if (seen.length < 2) return [];
  const slope = (key: keyof Errors): number => {
    const means = seen.map((n) => mean(at(n).map(({ errors }) => errors[key])));
    return means.every((value) => value > 0) ? logLogSlope(seen, means) : NaN;
  };
  return [
    heading(2, 'Errors against the number of rows'),
    paragraph(
      `All rows with measured rewards. Conditional mean and subspace by samples at target ${within}. ${rateSources}`,
    ),
    table<keyof Errors>(
      [
        left('error of', (key) => errorNames[key]),
        ...seen.map((n) =>
          right<keyof Errors>(`${n} rows`, (key) =>
            meanAndError(
              at(n).map(({ errors }) => errors[key]),
              3,
            ),
          ),
        ),
        right('slope', (key) => numberText(slope(key), 2)),
        right('theory', (key) => rates[key](latent)),
      ],
      Object.keys(errorNames) as readonly (keyof Errors)[],
    ),
  ];
}

function choiceBlocks(
  cells: readonly TheoryCell[],
  mains: readonly TheoryCell[],
  { rows, target }: TheorySettings,
): readonly Block[] {
  const sampled = groups(
    mains.flatMap(({ choices = [] }) => choices),
    ({ what, choice }) => JSON.stringify([what, choice]),
  );
  const trained = groups(
    cells.filter(({ task }) => !rows.some((n) => task === rowsTask(n))),
    ({ task }) => task,
  );
  const ofQuality = quality.map(({ name, align, cell }): Column<Group<TheoryCell>> => ({
    name,
    align,
    cell: (group) => cell(group.map((one) => one.quality)),
  }));
  return [
    heading(2, 'Choices'),
    paragraph(`At target ${target}. Sampling: by the base model, different from the first row in one thing.`),
    table<Group<Choice>>(
      [
        left('what', ([first]) => first!.what),
        left('choice', ([first]) => first!.choice),
        ...quality,
        over('processor s', (m) => m.seconds, 2),
      ],
      sampled,
    ),
    paragraph('Training: different from the base in one thing. Memory is that of the whole process.'),
    table<Group<TheoryCell>>(
      [
        left('training', ([first]) => first!.task),
        right('runs', (group) => `${group.length}`),
        ...ofQuality,
        over('denoiser error', (m) => m.errors.denoiser),
        over('training, processor s', (m) => m.trainingSeconds, 1),
        over('sampling, processor s', (m) => m.samplingSeconds, 2),
        over('peak MB', (m) => m.megabytes, 0),
      ],
      trained,
    ),
  ];
}

/** All that was measured, as tables. */
export function theoryBlocks(cells: readonly TheoryCell[], settings: TheorySettings): readonly Block[] {
  const mains = cells.filter(({ task }) => task === mainTask);
  return [
    ...(mains.length === 0 ? [] : [...targetBlocks(mains), ...guidanceBlocks(mains, settings), ...roundBlocks(mains)]),
    ...errorBlocks(cells, settings),
    ...choiceBlocks(cells, mains, settings),
  ];
}
