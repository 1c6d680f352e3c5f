import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { constant, onnxRuntime, type Runtime } from '../../src/graph/index.ts';
import { createJudge, evidenceWeight } from '../../src/optimizer/judge.ts';
import { learn, type LearnOptions } from '../../src/optimizer/learn.ts';
import { hasUnlabelled, trainOnTable, triedDesigns, type TrainedDenoiser } from '../../src/optimizer/models.ts';
import { fitEnsemble, fitSurrogate, type FitSurrogate, type Surrogate } from '../../src/reward/index.ts';
import { subTable } from '../../src/optimizer/sub-table.ts';
import { tableFromRows, type Table } from '../../src/table/index.ts';
import { plane, planeRows, planeTable, tinyLearning, tinyTraining } from './tiny.ts';

/** 40 rows; those at `failing` failed and have no reward, those at `open` have none either. */
function tableWith({ failing = [], open = [] }: { failing?: readonly number[]; open?: readonly number[] }): Table {
  const rows = planeRows(40).map((row, i) => ({
    ...row,
    reward: failing.includes(i) || open.includes(i) ? null : row.reward,
    broke: failing.includes(i) ? 'yes' : 'no',
  }));
  return tableFromRows(rows, { reward: 'reward', direction: 'maximize', space: plane, failed: 'broke' });
}

const every = (n: number): readonly number[] => Array.from({ length: Math.floor(40 / n) }, (_, i) => n * i);

/** The threads that this process has started and not ended. */
function threads(): number {
  const { workers } = process.report.getReport() as unknown as { workers: readonly unknown[] };
  return workers.length;
}

async function trainOn(table: Table, surrogate?: Surrogate): Promise<TrainedDenoiser> {
  const runtime = onnxRuntime({ threads: 1 });
  try {
    const options = { stream: randomStream(1), weighting: 'exponential', training: tinyTraining } as const;
    return await trainOnTable(table, runtime, options, surrogate);
  } finally {
    await runtime.close();
  }
}

/** Does something with a surrogate of the table. */
async function withSurrogate<T>(table: Table, use: (surrogate: Surrogate) => Promise<T>): Promise<T> {
  const learned = await learn(table, tinyLearning());
  try {
    return await use(learned.surrogate);
  } finally {
    await learned.dispose();
  }
}

describe('beyond the data', () => {
  /** The most that doubt of these designs is above the surrogate's own, as a factor. */
  const raised = async (table: Table, designs: Float32Array): Promise<number> => {
    const learned = await learn(table, { ...tinyLearning(), surrogate: fitSurrogate('ensemble') });
    const { std, surrogateStd } = await learned.judge.judge(designs);
    await learned.dispose();
    return Math.max(...std.map((value, i) => value / surrogateStd[i]!));
  };

  test('predictions of designs that have numbers are doubted', async () => {
    expect(await raised(planeTable(planeRows(40)), Float32Array.of(5, -5))).toBeGreaterThan(2);
  });

  test('of choices alone, where any is far from any other, no more than the surrogate doubts them', async () => {
    const guides = Array.from({ length: 40 }, (_, i) => ({ guide: i.toString(4).padStart(4, '0'), y: i % 7 }));
    const table = tableFromRows(guides, {
      reward: 'y',
      direction: 'maximize',
      space: { parameters: { guide: { type: 'sequence', alphabet: '0123', length: 4 } } },
    });
    expect(await raised(table, table.space.encodeAll([{ guide: '3333' }, { guide: '0101' }]))).toBe(1);
  });
});

describe('rows without a reward', () => {
  const open = every(2);
  const table = tableWith({ open });

  test('take one from the surrogate, which makes another denoiser of them', async () => {
    expect(hasUnlabelled(table)).toBe(true);
    await withSurrogate(table, async (surrogate) => {
      const [plain, pseudo] = [await trainOn(table), await trainOn(table, surrogate)];
      expect(Object.keys(pseudo.model.parameters)).toEqual(Object.keys(plain.model.parameters));
      expect(pseudo.model.parameters).not.toEqual(plain.model.parameters);
      expect(pseudo.heldOut).toEqual(plain.heldOut);
      expect((await trainOn(table, surrogate)).model.parameters).toEqual(pseudo.model.parameters);
    });
  });

  test('are what the surrogate is waited for: the denoiser is the same with one thread and with two', async () => {
    const [one, two] = [await learn(table, tinyLearning()), await learn(table, { ...tinyLearning(), threads: 2 })];
    expect(two.trained.model.parameters).toEqual(one.trained.model.parameters);
    await one.dispose();
    await two.dispose();
  });

  test('are none where all rows have a reward: the surrogate is not asked', async () => {
    const full = tableWith({});
    expect(hasUnlabelled(full)).toBe(false);
    await withSurrogate(full, async (surrogate) => {
      const silent: Surrogate = { ...surrogate, predict: () => Promise.reject(new Error('asked')) };
      expect((await trainOn(full, silent)).model.parameters).toEqual((await trainOn(full)).model.parameters);
    });
  });

  test('may be proposed, as they were not tried; failed ones may not', () => {
    const both = tableWith({ open: [3, 4], failing: [7] });
    const tried = triedDesigns(both);
    expect(tried).toHaveLength(38);
    expect(tried).toContain(both.designs[7]);
    expect(tried).not.toContain(both.designs[3]);
  });
});

describe('rows that failed', () => {
  const failing = every(3);
  const table = tableWith({ failing });
  const working = Array.from({ length: 40 }, (_, row) => row).filter((row) => !failing.includes(row));

  test('do not train the denoiser: it is the one of the table without them', async () => {
    const [all, without] = [await trainOn(table), await trainOn(subTable(table, working))];
    for (const part of ['parameters', 'designs', 'reward'] as const) {
      expect(all.model[part]).toEqual(without.model[part]);
    }
    expect(all.reference).toEqual(without.reference);
    expect(all.heldOut).toEqual(without.heldOut.map((row) => working[row]!));
  });

  test('teach which experiments work', async () => {
    const left = tableWith({ failing: planeRows(40).flatMap(({ x }, i) => (x > 0.35 ? [i] : [])) });
    const learned = await learn(left, tinyLearning());
    try {
      const at = (x: number) => left.space.encodeAll([{ x, y: 0.3 }]);
      const [works] = await learned.feasibility!.predict(at(0.1));
      const [fails] = await learned.feasibility!.predict(at(0.55));
      expect(works).toBeGreaterThan(0.5);
      expect(fails).toBeLessThan(0.5);
      const { feasible } = await learned.judge.judge(at(0.55));
      expect(feasible[0]).toBe(fails);
    } finally {
      await learned.dispose();
    }
  });

  test('are needed for a model of them', async () => {
    const learned = await learn(planeTable(20), tinyLearning());
    expect(learned.feasibility).toBeUndefined();
    await learned.dispose();
  });
});

test('what evidence is worth is learnt from rows that the denoiser held out and the surrogate predicted unseen', async () => {
  const open = every(3);
  const table: Table = { ...tableWith({ open }), direction: 'minimize' };
  const options = { ...tinyLearning(), training: { ...tinyTraining, heldOutShare: 0.5 } };
  const learned = await learn(table, options);
  const { trained, surrogate, runtime } = learned;
  try {
    const labelled = [...table.rewards.keys()].filter((row) => !open.includes(row));
    const rows = trained.heldOut.filter((row) => labelled.includes(row));
    expect(rows.length).toBeGreaterThan(8);
    // How far the truth is better, which is lower, than predicted.
    const residuals = Float64Array.from(rows, (row) => {
      const at = labelled.indexOf(row);
      return (surrogate.heldOut.mean[at]! - table.rewards[row]!) / surrogate.heldOut.std[at]!;
    });
    const judge = await createJudge({
      runtime,
      model: trained.model,
      reference: trained.reference,
      surrogate,
      unseen: { designs: table.space.encodeAll(rows.map((row) => table.designs[row]!)), residuals },
      rewards: Float64Array.from(labelled, (row) => table.rewards[row]!),
      direction: 'minimize',
      caution: options.caution,
      stream: options.stream,
    });
    expect(learned.judge.evidenceWeight).toBe(judge.evidenceWeight);
    expect(judge.evidenceWeight).not.toBe(evidenceWeight(new Float64Array(), new Float64Array()));
    await judge.dispose();
  } finally {
    await learned.dispose();
  }
});

test('designs far from the rows are doubted the more where the surrogate does not doubt distance by itself', async () => {
  const forest = fitSurrogate('forest');
  const aware: FitSurrogate = async (rows, context) => ({ ...(await forest(rows, context)), doubtsDistance: true });
  const table = planeTable(40);
  // The rows end at 0.2.
  const corner = Float32Array.from([0.9, 0.9]);
  const row = table.space.encodeAll(table.designs.slice(0, 1));
  const stdOf = async (surrogate: FitSurrogate, design: Float32Array): Promise<number> => {
    const learned = await learn(table, { ...tinyLearning(), surrogate });
    try {
      return (await learned.judge.judge(design)).std[0]!;
    } finally {
      await learned.dispose();
    }
  };
  expect(await stdOf(forest, corner)).toBeGreaterThan(1.5 * (await stdOf(aware, corner)));
  expect(await stdOf(forest, row)).toBe(await stdOf(aware, row));
});

describe('what was opened', () => {
  /** Learning with a surrogate whose runtime and disposal can be looked at. */
  function watched(change: Partial<LearnOptions>, fit: FitSurrogate = fitSurrogate('gaussian-process')) {
    const seen: { runtime?: Runtime; fitted: number; disposed: number } = { fitted: 0, disposed: 0 };
    const surrogate: FitSurrogate = async (rows, context) => {
      seen.runtime = context.runtime;
      const own = await fit(rows, context);
      seen.fitted++;
      return { ...own, dispose: () => own.dispose().then(() => void seen.disposed++) };
    };
    return { seen, options: { ...tinyLearning(), surrogate, ...change } };
  }

  const isClosed = (runtime: Runtime): Promise<void> =>
    expect(runtime.compile({ outputs: { one: constant([1]) } })).rejects.toThrow();

  test.each([
    [1, 1],
    [2, 3],
  ])('is closed when it is disposed of, with %d threads', async (count, runtimes) => {
    const before = threads();
    const { seen, options } = watched({ threads: count });
    const learned = await learn(planeTable(20), options);
    expect(threads()).toBe(before + runtimes);
    await learned.dispose();
    expect(seen).toMatchObject({ fitted: 1, disposed: 1 });
    await isClosed(seen.runtime!);
    await isClosed(learned.runtime);
    expect(threads()).toBe(before);
  });

  test.each([1, 2])('is closed when training the denoiser throws, with %d threads', async (count) => {
    const before = threads();
    const failure = new Error('no more');
    const observer: LearnOptions['observer'] = ({ stage }) => {
      if (stage === 'denoiser') throw failure;
    };
    const { seen, options } = watched({ threads: count, observer });
    await expect(learn(planeTable(20), options)).rejects.toBe(failure);
    expect(seen).toMatchObject({ fitted: 1, disposed: 1 });
    await isClosed(seen.runtime!);
    expect(threads()).toBe(before);
  });

  test.each([1, 2])('is closed when fitting the surrogate throws, with %d threads', async (count) => {
    const before = threads();
    const failure = new Error('no more');
    const { seen, options } = watched({ threads: count }, () => Promise.reject(failure));
    await expect(learn(planeTable(20), options)).rejects.toBe(failure);
    await isClosed(seen.runtime!);
    expect(threads()).toBe(before);
  });

  test('is closed when fitting the failures throws', async () => {
    const before = threads();
    const failure = new Error('no more');
    const observer: LearnOptions['observer'] = ({ stage }) => {
      if (stage === 'feasibility') throw failure;
    };
    const { seen, options } = watched({ observer });
    await expect(learn(tableWith({ failing: every(4) }), options)).rejects.toBe(failure);
    expect(seen).toMatchObject({ fitted: 1, disposed: 1 });
    expect(threads()).toBe(before);
  });

  test('is closed when the signal aborts, with its reason', async () => {
    const before = threads();
    const abort = new AbortController();
    const reason = new Error('enough');
    const observer: LearnOptions['observer'] = ({ stage }) => {
      if (stage === 'denoiser') abort.abort(reason);
    };
    const { seen, options } = watched({ observer, signal: abort.signal }, fitEnsemble({ steps: 50, width: 8 }));
    await expect(learn(planeTable(20), options)).rejects.toBe(reason);
    expect(seen).toMatchObject({ fitted: 1, disposed: 1 });
    expect(threads()).toBe(before);
  });
});
