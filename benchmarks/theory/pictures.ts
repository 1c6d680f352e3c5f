import { curvePicture, type Curve, type CurvePicture } from '../runner/tables/curves.ts';
import { deviation, mean } from '../statistics.ts';
import type { TheoryCell } from './experiments/cell.ts';
import { mainTask, rowsTask } from './experiments/plan.ts';
import type { TheorySettings } from './experiments/settings.ts';

export interface Picture {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** Mean and standard deviation over runs at each place. */
function curve(name: string, xs: readonly number[], valuesAt: (at: number) => readonly number[]): Curve {
  const points = xs.map((x, at) => {
    const values = valuesAt(at);
    const [middle, spread] = [mean(values), values.length < 2 ? 0 : deviation(values)];
    return { x, low: middle - spread, middle, high: middle + spread };
  });
  return { name, points };
}

function picture(file: string, drawn: CurvePicture): Picture {
  return { file, title: drawn.title, svg: curvePicture(drawn) };
}

function ofTargets(mains: readonly TheoryCell[], { targets }: TheorySettings): readonly Picture[] {
  const pick = (key: 'reward' | 'onSupport' | 'shift' | 'exactShift' | 'offSupport') => (at: number) =>
    mains.map(({ targets: measured = [] }) => measured[at]![key]);
  return [
    picture('targets.svg', {
      title: 'What samples reach against what was asked, mean and standard deviation over runs',
      xName: 'reward asked for, standard deviations of the data',
      yName: 'mean over the samples',
      curves: [
        curve('exact conditional', targets, pick('exactShift')),
        curve('reward, projected', targets, pick('onSupport')),
        curve('true reward', targets, pick('reward')),
        curve('distance from data', targets, pick('shift')),
      ],
    }),
    picture('off-support.svg', {
      title: 'How far off the subspace samples are, mean and standard deviation over runs',
      xName: 'reward asked for, standard deviations of the data',
      yName: 'length off the subspace / length on it',
      curves: [curve('conditional, weight 1', targets, pick('offSupport'))],
    }),
  ];
}

function ofRounds(mains: readonly TheoryCell[]): Picture {
  const groups = mains[0]?.rounds ?? [];
  const climbs = groups.map(({ gradient, score, pull, rounds }, group) => {
    const own = mains.map((cell) => cell.rounds![group]!);
    const valuesAt = (at: number): readonly number[] =>
      own.map((run) => (at === 0 ? run.start : run.rounds[at - 1]!.reward));
    return curve(
      score === 'fixed' ? `${gradient}, pull ${pull}` : `${gradient}, trained on`,
      Array.from({ length: rounds.length + 1 }, (_, round) => round),
      valuesAt,
    );
  });
  const level = (name: string, values: readonly number[]): Curve =>
    curve(name, [0, groups[0]?.rounds.length ?? 1], () => values);
  const ends = [...new Set(groups.map(({ pull }) => pull))].map((pull) =>
    level(
      `end, pull ${pull}`,
      mains.map((cell) => cell.rounds!.find((result) => result.pull === pull && result.score === 'fixed')!.end),
    ),
  );
  return picture('rounds.svg', {
    title: 'Rounds on a concave reward, its slope taken anew in each, mean and standard deviation over runs',
    xName: 'round',
    yName: 'reward at the mean of the samples',
    curves: [
      ...climbs,
      ...ends,
      level(
        'optimum',
        groups.slice(0, 1).map(({ best }) => best),
      ),
    ],
  });
}

function ofErrors(cells: readonly TheoryCell[], { rows }: TheorySettings): Picture {
  const pick = (key: keyof TheoryCell['errors']) => (at: number) =>
    cells.filter(({ task }) => task === rowsTask(rows[at]!)).map(({ errors }) => Math.max(1e-3, errors[key]));
  const positive = (drawn: Curve): Curve => ({
    ...drawn,
    points: drawn.points.map((point) => ({ ...point, low: Math.max(point.low, point.middle / 2) })),
  });
  return picture('errors.svg', {
    title: 'Errors of what is learnt against the number of training rows, mean and standard deviation over runs',
    xName: 'training rows',
    yName: 'error',
    logX: true,
    logY: true,
    curves: [
      positive(curve('conditional mean', rows, pick('mean'))),
      positive(curve('subspace', rows, pick('subspace'))),
      positive(curve('denoiser', rows, pick('denoiser'))),
    ],
  });
}

/** The pictures of what was measured: none where no run ended. */
export function theoryPictures(cells: readonly TheoryCell[], settings: TheorySettings): readonly Picture[] {
  const mains = cells.filter(({ task }) => task === mainTask);
  const complete = settings.rows.every((n) => cells.some(({ task }) => task === rowsTask(n)));
  return [
    ...(mains.length === 0 ? [] : [...ofTargets(mains, settings), ofRounds(mains)]),
    ...(complete ? [ofErrors(cells, settings)] : []),
  ];
}
