import { randomStream, type RandomStream } from '../../src/base/index.ts';
import { explain, type Compared, type PredictRewards, type SurrogateQuality } from '../../src/reward/index.ts';
import type { LossCurve, ProposeResult } from '../../src/optimizer/index.ts';
import { createSpace, type Design, type Parameter, type Space, type Value } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';

/** What a synthetic result is about. */
export interface Problem {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly reward: (design: Design) => number;
  readonly rewardName: string;
  readonly direction: Direction;
  readonly rows: number;
  readonly unlabelled?: number;
  readonly proposals?: number;
  readonly fixed?: Design;
  readonly file?: string;
  readonly rankCorrelation?: number;
}

type Draw = (parameter: Parameter, random: RandomStream) => Value;

function chosen<T>(values: readonly T[], random: RandomStream): T {
  return values[random.integer(values.length)] as T;
}

const draw: Draw = (parameter, random) => {
  if ('values' in parameter) return chosen(parameter.values, random);
  if (parameter.type === 'sequence') {
    return Array.from({ length: parameter.length }, () => chosen([...parameter.alphabet], random)).join('');
  }
  const { min, max } = parameter;
  const step = parameter.step ?? (parameter.type === 'integer' ? 1 : undefined);
  const u = random.uniform();
  if (step !== undefined) return Number((min + Math.floor((u * (max - min)) / step) * step).toFixed(6));
  return parameter.scale === 'log' ? min * (max / min) ** u : min + u * (max - min);
};

function curve(points: number, floor: number, bestStep: number): LossCurve {
  const steps = Array.from({ length: points }, (_, i) => (i + 1) * 50);
  return {
    steps,
    train: steps.map((step) => floor + Math.exp(-step / 800)),
    heldOut: steps.map((step) => 1.2 * floor + Math.exp(-step / 800) + 0.02 * (step / 5000) ** 2),
    bestStep,
  };
}

/** A result with random rows, and proposals whose predicted reward is the true one: no model is needed to draw a report. */
export function resultOf(problem: Problem): ProposeResult {
  const random = randomStream(1).split('report');
  const whole: Space = createSpace({ parameters: problem.parameters });
  const space = whole.fix(problem.fixed ?? {});
  const sign = problem.direction === 'maximize' ? 1 : -1;
  const design = (): Design =>
    Object.fromEntries(Object.entries(problem.parameters).map(([name, parameter]) => [name, draw(parameter, random)]));
  const designs = Array.from({ length: problem.rows }, design);
  const rewards = Float64Array.from(designs, (one, i) => (i < (problem.unlabelled ?? 0) ? NaN : problem.reward(one)));
  const best = designs
    .map((one, i) => ({ design: one, reward: rewards[i] ?? NaN }))
    .filter(({ reward }) => !Number.isNaN(reward))
    .reduce((a, b) => (sign * b.reward > sign * a.reward ? b : a));
  const proposals = Array.from({ length: 10 * (problem.proposals ?? 96) }, design)
    .map((one) => ({ ...one, ...problem.fixed }))
    .map((one) => ({
      design: one,
      predicted: { mean: problem.reward(one), std: 0.05 },
      target: best.reward + 0.1 * sign,
      trust: random.uniform(),
      beyondSupport: false,
      feasible: 1,
      nearest: { row: random.integer(problem.rows), reward: best.reward, distance: random.uniform() },
    }))
    .sort((a, b) => sign * (b.predicted.mean - a.predicted.mean))
    .map((one) => ({ ...one, beyondSupport: one.trust < 0.05 }))
    .slice(0, problem.proposals ?? 96);
  const outcomes = [1, 2].flatMap((guidance) =>
    [-0.4, 0, 0.4].map((step) => {
      const middle = best.reward + sign * (0.5 * step - 0.5 / guidance);
      return {
        target: best.reward + sign * step,
        guidance,
        pulled: false,
        samples: 200,
        distinct: 150,
        predicted: [middle - 0.3, middle, middle + 0.3] as const,
        trust: 0.5 - step / 2,
        bound: sign * middle,
        chosen: step > 0,
      };
    }),
  );
  const quality: SurrogateQuality = {
    rows: 60,
    rankCorrelation: problem.rankCorrelation ?? 0.72,
    r2: 0.51,
    coverage: [{ level: 0.8, share: 0.77 }],
    calibrationError: 0.03,
  };
  return {
    table: {
      file: problem.file ?? 'experiments.csv',
      space: whole,
      inferred: true,
      columns: space.names,
      reward: problem.rewardName,
      direction: problem.direction,
      designs,
      rewards,
      failed: designs.map(() => false),
      ignored: ['note'],
      repeats: 2,
      decimals: { [problem.rewardName]: 3 },
      dialect: { delimiter: ',', decimalComma: false },
    },
    space,
    direction: problem.direction,
    proposals,
    outcomes,
    counts: { sampled: 4096, repeated: 812, measured: 35, infeasible: 4 },
    curves: { diffusion: curve(100, 0.2, 3200), surrogate: curve(60, 0.01, 1850) },
    surrogate: quality,
    compared: kinds(quality),
    explanation: { good: { rows: 0, of: 0, reward: 0 }, rules: [], influence: [] },
    settings: { surrogate: 'forest', width: 256, sampler: 'heun', learningRate: 0.001, weighted: true },
    seed: 7,
    best,
  };
}

/** The same with an explanation by the true reward in place of a surrogate. */
export async function explainedResultOf(problem: Problem): Promise<ProposeResult> {
  const result = resultOf(problem);
  const { space, designs, rewards, direction } = result.table;
  const predict: PredictRewards = (block) => {
    const mean = new Float64Array(block.length / space.dimension);
    mean.forEach((_, row) => (mean[row] = problem.reward(space.decode(block, row * space.dimension)!)));
    return Promise.resolve({ mean });
  };
  const explanation = await explain(space, predict, designs, rewards, { direction, stream: randomStream(2) });
  return { ...result, explanation };
}

function kinds(used: SurrogateQuality): readonly Compared[] {
  return [
    { name: 'ensemble', quality: { ...used, rankCorrelation: 0.1, r2: -0.2 } },
    { name: 'forest', quality: used },
  ];
}

function numeric(design: Design, name: string): number {
  return Number(design[name]);
}

const layers = [1, 2, 3, 4, 5, 6];
const materials = ['MgF2', 'SiO2', 'Al2O3', 'Ta2O5', 'TiO2'];

/** Twelve mixed parameters, lower is better. */
export const coating: Problem = {
  parameters: Object.fromEntries(
    layers.flatMap((i): [string, Parameter][] => [
      [`material_${i}`, { type: 'categorical', values: materials }],
      [`thickness_${i}`, { type: 'real', min: 10, max: 200, step: 0.1 }],
    ]),
  ),
  reward: (design) =>
    6 +
    layers.reduce(
      (sum, i) =>
        sum +
        Math.sin(numeric(design, `thickness_${i}`) / 40) +
        materials.indexOf(String(design[`material_${i}`])) / 10,
      0,
    ),
  rewardName: 'reflectance',
  direction: 'minimize',
  rows: 400,
};

/** Eight letters. */
export const binding: Problem = {
  parameters: { sequence: { type: 'sequence', alphabet: 'ACGT', length: 8 } },
  reward: ({ sequence }) => [...String(sequence)].filter((letter, i) => letter === 'TAATTACC'[i]).length / 8,
  rewardName: 'score',
  direction: 'maximize',
  rows: 3000,
  unlabelled: 40,
};

/** Eighty-six amounts. */
export const elements: Problem = {
  parameters: Object.fromEntries(
    Array.from({ length: 86 }, (_, i): [string, Parameter] => [`element ${i + 1}`, { type: 'real', min: 0, max: 12 }]),
  ),
  reward: (design) => numeric(design, 'element 29') + numeric(design, 'element 56') - numeric(design, 'element 26'),
  rewardName: 'critical_temp',
  direction: 'maximize',
  rows: 2000,
  rankCorrelation: 0.22,
};

const smiles = Array.from({ length: 12 }, (_, i) => `${'CC(C)(C)OC(=O)N1CCC(CC1)'.repeat(3)}#${i}`);

/** Names and values as bad as they come, ten rows, one proposal, every kind of parameter. */
export const awkward: Problem = {
  parameters: {
    '<script>alert("x")</script>': { type: 'real', min: 1e-3, max: 10, scale: 'log' },
    "solvent & 'additive' \u0007 ]]> <!-- in percent of the total volume of the flask": {
      type: 'categorical',
      values: smiles,
    },
    layers: { type: 'integer', min: 1, max: 8 },
    grade: { type: 'ordinal', values: [8, 16, 32, 64, 128] },
    'https://example.org/unit.svg': { type: 'real', min: 0, max: 1, step: 0.25 },
    guide: { type: 'sequence', alphabet: 'ACDEFGHIKLMNPQRSTVWY', length: 60 },
  },
  reward: (design) => numeric(design, 'layers') + Math.log(numeric(design, '<script>alert("x")</script>')),
  rewardName: 'yield <b>&"',
  direction: 'maximize',
  rows: 10,
  proposals: 1,
  fixed: { layers: 4 },
  file: 'a"b<c>.csv',
  rankCorrelation: NaN,
};
