import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../src/base/index.ts';
import { triedSet } from '../../src/optimizer/context.ts';
import { propose, type ProposeOptions, type ProposeResult } from '../../src/optimizer/index.ts';
import { createPool } from '../../src/optimizer/pool.ts';
import { fitEnsemble, type FitSurrogate } from '../../src/reward/index.ts';
import { createDesignSet, createSpace, type Design, type SpaceDefinition } from '../../src/space/index.ts';
import { tableFromRows, type Cell, type Table, type TableOptions } from '../../src/table/index.ts';

/** Small models: these tests are about what comes out for any model, not about how good it is. */
const small: ProposeOptions = {
  training: { steps: 100, width: 32 },
  surrogate: fitEnsemble({ steps: 100, width: 16 }),
  pool: 512,
  threads: 2,
};

const everyKind: SpaceDefinition = {
  parameters: {
    a: { type: 'real', min: 0, max: 1 },
    b: { type: 'real', min: 0, max: 1 },
    temperature: { type: 'real', min: 20, max: 90, step: 0.5 },
    loading: { type: 'real', min: 0.001, max: 1, scale: 'log' },
    layers: { type: 'integer', min: 1, max: 8 },
    grade: { type: 'ordinal', values: [8, 16, 32] },
    catalyst: { type: 'categorical', values: ['A', 'B', 'C'] },
    guide: { type: 'sequence', alphabet: 'ACGT', length: 4 },
  },
  constraints: [
    { sum: ['a', 'b'], atMost: 1.2 },
    { linear: { temperature: 1, layers: 5 }, atMost: 100 },
  ],
};

type Row = Readonly<Record<string, Cell>>;

function pick<T>(stream: RandomStream, values: readonly T[]): T {
  return values[stream.integer(values.length)]!;
}

function mixedRow(stream: RandomStream): Row {
  const layers = 1 + stream.integer(8);
  const [a, b] = [stream.integer(601) / 1000, stream.integer(601) / 1000];
  const temperature = 20 + stream.integer(2 * (100 - 5 * layers - 20) + 1) / 2;
  const guide = Array.from({ length: 4 }, () => pick(stream, [...'ACGT'])).join('');
  const reward = a - (b - 0.4) ** 2 + layers / 10 + (guide.startsWith('A') ? 1 : 0);
  return {
    a,
    b,
    temperature: Math.min(90, temperature),
    loading: Number((10 ** (-3 * stream.uniform())).toPrecision(3)),
    layers,
    grade: pick(stream, [8, 16, 32]),
    catalyst: pick(stream, ['A', 'B', 'C']),
    guide,
    reward,
  };
}

function tableOf(rows: readonly Row[], options: Partial<TableOptions> = {}): Table {
  return tableFromRows(rows, { reward: 'reward', direction: 'maximize', ...options });
}

function mixedTable(count = 60, options: Partial<TableOptions> = {}): Table {
  const stream = randomStream(2);
  return tableOf(
    Array.from({ length: count }, () => mixedRow(stream)),
    { space: everyKind, ...options },
  );
}

/** All 30 designs of a 5 x 6 grid; the reward is highest at (4, 5). */
function grid(): readonly Row[] {
  return Array.from({ length: 30 }, (_, i) => ({
    a: i % 5,
    b: Math.floor(i / 5),
    reward: (i % 5) + Math.floor(i / 5),
  }));
}

const gridSpace: SpaceDefinition = {
  parameters: { a: { type: 'integer', min: 0, max: 4 }, b: { type: 'integer', min: 0, max: 5 } },
};

const designsOf = ({ proposals }: ProposeResult): readonly Design[] => proposals.map(({ design }) => design);
const textOf = (design: Design): string => JSON.stringify(Object.entries(design).sort());

describe('proposals', () => {
  it('are as many as asked for, distinct, new and in the space, with every kind of parameter', async () => {
    const table = mixedTable();
    const result = await propose(table, { ...small, count: 40 });
    expect(result.proposals).toHaveLength(40);
    const taken = createDesignSet(table.space);
    for (const design of table.designs) taken.add(design);
    for (const { design, predicted } of result.proposals) {
      expect(table.space.problemWith(design)).toBeUndefined();
      expect(table.space.satisfies(design, 1e-9)).toBe(true);
      expect(taken.has(design)).toBe(false);
      taken.add(design);
      expect(Number.isFinite(predicted.mean)).toBe(true);
      expect(predicted.std).toBeGreaterThan(0);
    }
  });

  it('come best first: by the prediction alone where it is certain, the least first when minimizing', async () => {
    const certain: FitSurrogate = async (rows, context) => {
      const fitted = await small.surrogate!(rows, context);
      const predict: typeof fitted.predict = async (designs) => {
        const { mean } = await fitted.predict(designs);
        return { mean, std: new Float64Array(mean.length) };
      };
      return { ...fitted, predict };
    };
    for (const direction of ['maximize', 'minimize'] as const) {
      const options = { ...small, surrogate: certain, count: 20 };
      const { proposals } = await propose(mixedTable(60, { direction }), options);
      const sign = direction === 'maximize' ? 1 : -1;
      const means = proposals.map(({ predicted }) => sign * predicted.mean);
      expect(means).toEqual([...means].sort((x, y) => y - x));
      expect(new Set(means).size).toBeGreaterThan(10);
    }
  });

  it('keep fixed values', async () => {
    const fix = { layers: 3, guide: 'ACCA', a: 0.123456 };
    const { proposals, space } = await propose(mixedTable(), { ...small, count: 20, fix });
    expect(space.fixed).toEqual(fix);
    for (const { design } of proposals) expect(design).toMatchObject(fix);
  });

  it('have the decimals of the table, so that what is printed is what was scored', async () => {
    const { proposals } = await propose(mixedTable(), { ...small, count: 20 });
    for (const { design } of proposals) {
      expect(design['a']).toBe(Number(Number(design['a']).toFixed(3)));
      expect(design['b']).toBe(Number(Number(design['b']).toFixed(3)));
    }
  });

  it('are the same for the same seed, and others for another', async () => {
    const run = (seed: number) => propose(mixedTable(), { ...small, count: 10, seed });
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    const { table: _table, space: _space, ...figures } = first;
    expect(again).toMatchObject(figures);
    expect(designsOf(other)).not.toEqual(designsOf(first));
  });

  it('learn from rows without a reward, and may take up their designs', async () => {
    const rows = grid().map((row, i) => (i >= 15 ? { ...row, reward: null } : row));
    const table = tableOf(rows, { space: gridSpace });
    const result = await propose(table, { ...small, count: 15 });
    // The 15 unlabelled designs are all that is left, since those with a reward are known.
    const unlabelled = rows.slice(15).map(({ a, b }) => textOf({ a: Number(a), b: Number(b) }));
    expect(designsOf(result).map(textOf).sort()).toEqual(unlabelled.sort());
    expect(result.best.reward).toBe(6);
  });
});

describe('the direction', () => {
  it('is flipped by minimizing: rewards of the other sign give the mirrored result', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ a: i / 40, b: ((i * 7) % 40) / 40, reward: i / 10 }));
    const mirrored = rows.map((row) => ({ ...row, reward: -row.reward }));
    const up = await propose(tableOf(rows), { ...small, count: 10 });
    const down = await propose(tableOf(mirrored, { direction: 'minimize' }), { ...small, count: 10 });
    expect(down.best.design).toEqual(up.best.design);
    expect(down.outcomes.map(({ target }) => target)).toEqual(up.outcomes.map(({ target }) => -target));
    const meanOfA = ({ proposals }: ProposeResult): number =>
      proposals.reduce((sum, { design }) => sum + Number(design['a']), 0) / proposals.length;
    expect(meanOfA(up)).toBeGreaterThan(0.6);
    expect(meanOfA(down)).toBeGreaterThan(0.6);
  });
});

describe('a small finite space', () => {
  const measured = grid().filter((_, i) => i % 3 === 0);
  const left = grid().filter((_, i) => i % 3 !== 0);

  it('can be used up to its last design', async () => {
    const result = await propose(tableOf(measured, { space: gridSpace }), { ...small, pool: 64, count: left.length });
    expect(designsOf(result).map(textOf).sort()).toEqual(
      left.map(({ a, b }) => textOf({ a: Number(a), b: Number(b) })).sort(),
    );
    const { sampled, repeated, measured: known, infeasible } = result.counts;
    expect(repeated + known + infeasible).toBeLessThan(sampled);
  });

  it('refuses one more before any training', async () => {
    const stages: string[] = [];
    const options = {
      ...small,
      count: left.length + 1,
      observer: ({ stage }: { stage: string }) => stages.push(stage),
    };
    await expect(propose(tableOf(measured, { space: gridSpace }), options)).rejects.toThrow(
      'count is 21, but the space holds only 20 designs that were not measured',
    );
    expect(stages).toEqual([]);
  });

  it('is smaller with a fixed value', async () => {
    const table = tableOf(measured, { space: gridSpace });
    const remaining = left.filter(({ a }) => a === 2).length;
    const result = await propose(table, { ...small, count: remaining, fix: { a: 2 } });
    expect(new Set(designsOf(result).map(textOf)).size).toBe(remaining);
    for (const design of designsOf(result)) expect(design['a']).toBe(2);
    await expect(propose(table, { ...small, count: remaining + 1, fix: { a: 2 } })).rejects.toThrow(
      `the space holds only ${remaining} designs`,
    );
  });
});

describe('a space no larger than the pool', () => {
  it('is listed: the designs that the surrogate likes best are found however seldom they are sampled', async () => {
    // Few samples of 400 designs; rewards rise towards 0, the surrogate likes what is far from there.
    const axis = { type: 'integer', min: 0, max: 19 } as const;
    const space: SpaceDefinition = { parameters: { a: axis, b: axis } };
    const rows = Array.from({ length: 20 }, (_, i) => ({ a: i % 5, b: Math.floor(i / 5), reward: -(i % 5) - i / 50 }));
    const table = tableOf(rows, { space });
    const likesLarge: FitSurrogate = async (labelled, context) => ({
      ...(await fitEnsemble({ steps: 50, width: 8 })(labelled, context)),
      predict: (designs) => {
        const mean = Float64Array.from({ length: designs.length / 2 }, (_, i) => designs[2 * i]! + designs[2 * i + 1]!);
        return Promise.resolve({ mean, std: new Float64Array(mean.length) });
      },
    });
    const { proposals } = await propose(table, { ...small, surrogate: likesLarge, pool: 400, count: 6 });
    const sums = proposals.map(({ design: { a, b } }) => Number(a) + Number(b));
    // One of six is the best sample that is left; the others are the best of all.
    expect(sums.slice(0, 5)).toEqual([38, 37, 37, 36, 36]);
  });
});

describe('candidates', () => {
  it('are what proposals are taken from, measured and repeated ones left out', async () => {
    const table = mixedTable();
    const stream = randomStream(9);
    const { designs } = tableOf(
      Array.from({ length: 30 }, () => mixedRow(stream)),
      { space: everyKind },
    );
    const catalogue = [...designs, ...designs.slice(0, 5), ...table.designs.slice(0, 7)];
    const result = await propose(table, { ...small, count: 30, candidates: catalogue });
    expect(new Set(designsOf(result))).toEqual(new Set(designs));
    expect(result.outcomes).toEqual([]);
    expect(result.counts).toMatchObject({ sampled: 0, measured: 7, repeated: 5 });
    for (const { target } of result.proposals) expect(target).toBeUndefined();
    await expect(propose(table, { ...small, count: 31, candidates: catalogue })).rejects.toThrow(
      'count is 31, but the candidates hold only 30 designs that were not measured',
    );
  });

  it('are left out where they differ from fixed values', async () => {
    const table = mixedTable();
    const stream = randomStream(10);
    const { designs } = tableOf(
      Array.from({ length: 60 }, () => mixedRow(stream)),
      { space: everyKind },
    );
    const fitting = designs.filter(({ catalyst }) => catalyst === 'B');
    const options = { ...small, count: fitting.length, candidates: designs, fix: { catalyst: 'B' } };
    expect(new Set(designsOf(await propose(table, options)))).toEqual(new Set(fitting));
  });
});

describe('options', () => {
  it.each<[ProposeOptions, string]>([
    [{ count: 0 }, 'count is 0, a whole number of at least 1 was expected'],
    [{ count: 1.5 }, 'count is 1.5, a whole number of at least 1 was expected'],
    [{ pool: -1 }, 'pool is -1, a whole number of at least 1 was expected'],
    [{ threads: 0 }, 'threads is 0, a whole number of at least 1 was expected'],
    [{ target: NaN }, 'target is NaN, a finite number was expected'],
    [{ generations: -1 }, 'generations is -1, a whole number of at least 0 was expected'],
    [{ diversity: 1.1 }, 'diversity is 1.1, a number from 0 to 1 was expected'],
    [{ caution: -0.5 }, 'caution is -0.5, a number from 0 to 100 was expected'],
    [{ quantile: 1.01 }, 'quantile is 1.01, a number from 0 to 1 was expected'],
    [{ guidances: [1, 21] }, 'guidance is 21, a number from 0 to 20 was expected'],
    [{ guidances: [] }, 'no guidance is given, at least one was expected'],
    [{ stretches: [] }, 'no stretch is given, at least one was expected'],
    [{ stretches: [NaN] }, 'stretch is NaN, a number from -1000 to 1000 was expected'],
    [{ samplerSteps: 0 }, 'samplerSteps is 0, a whole number of at least 1 was expected'],
    [{ target: 1, quantile: 0.5 }, 'target and quantile both say what to ask for; give one of them'],
    [{ fix: { catalyst: 'Z' } }, 'the fixed catalyst is "Z", not one of A, B, C'],
  ])('%j is refused', async (options, sentence) => {
    await expect(propose(mixedTable(), options)).rejects.toThrow(sentence);
  });

  it('a candidate that is no design of the space is refused before any training', async () => {
    const stages: string[] = [];
    const candidates = [{ ...mixedTable().designs[0], layers: 9 }];
    const observer = ({ stage }: { stage: string }) => stages.push(stage);
    await expect(propose(mixedTable(), { ...small, candidates, count: 1, observer })).rejects.toThrow('layers');
    expect(stages).toEqual([]);
  });

  it('as many designs are found as asked for, however small the pool', async () => {
    const { proposals } = await propose(mixedTable(), { ...small, pool: 1, count: 60 });
    expect(proposals).toHaveLength(60);
  });

  it('a surrogate is disposed of once it is not needed', async () => {
    let disposed = 0;
    const fitted = fitEnsemble({ steps: 100, width: 16 });
    const surrogate: typeof fitted = async (rows, context) => {
      const own = await fitted(rows, context);
      return { ...own, dispose: () => own.dispose().then(() => void disposed++) };
    };
    await propose(mixedTable(), { ...small, surrogate, count: 2 });
    expect(disposed).toBe(1);
  });

  it('a target is asked for with every guidance weight, and pulled with the least', async () => {
    const { outcomes } = await propose(mixedTable(), { ...small, count: 5, target: 2, guidances: [0, 1] });
    expect(outcomes.map(({ target, guidance, pulled }) => [target, guidance, pulled])).toEqual([
      [2, 0, false],
      [2, 1, false],
      [2, 0, true],
    ]);
  });
});

describe('an abort signal', () => {
  it('stops before the start, while training and while sampling, with its own reason', async () => {
    const reason = new Error('enough');
    await expect(propose(mixedTable(), { ...small, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const last of ['denoiser', 'surrogate', 'sampling']) {
      const abort = new AbortController();
      const observer = ({ stage }: { stage: string }): void => {
        if (stage === last) abort.abort(reason);
      };
      const pool = 4096;
      await expect(propose(mixedTable(), { ...small, pool, observer, signal: abort.signal })).rejects.toBe(reason);
    }
  });
});

describe('the pool', () => {
  const space = createSpace(everyKind);

  it('makes an error of samples that are not finite, never a design', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (let at = 0; at < space.dimension; at++) {
        const pool = createPool(space, triedSet(space, []), {});
        const sample = new Float32Array(space.dimension);
        sample[at] = bad;
        expect(() => pool.addSamples(sample, 1, 0), `coordinate ${at} is ${bad}`).toThrow(/finite/);
        expect(pool.candidates).toEqual([]);
      }
    }
  });

  it('makes a design of the space of any finite sample, or counts it as infeasible', () => {
    const pool = createPool(space, triedSet(space, []), { a: 3, b: 3, loading: 4 });
    const stream = randomStream(4);
    const samples = new Float32Array(300 * space.dimension);
    for (let i = 0; i < samples.length; i++) samples[i] = stream.normal() * 10 ** (6 * stream.uniform() - 2);
    const designs = pool.addSamples(samples, 1, 0);
    for (const design of designs) {
      expect(space.problemWith(design)).toBeUndefined();
      expect(space.satisfies(design, 1e-9)).toBe(true);
    }
    const { sampled, repeated, infeasible } = pool.counts;
    expect(sampled).toBe(300);
    expect(designs.length + infeasible).toBe(300);
    expect(pool.candidates.length + repeated).toBe(designs.length);
    expect(infeasible).toBeLessThan(30);
  });
});

describe('fixed values finer than the data', () => {
  it('leave the constraints satisfiable: the other parts get as many decimals as they need', () => {
    const parts = { type: 'real', min: 0, max: 1 } as const;
    const mixture = createSpace({
      parameters: { a: parts, b: parts, c: parts },
      constraints: [{ sum: ['a', 'b', 'c'], equals: 1 }],
    }).fix({ a: 0.3333 });
    const pool = createPool(mixture, triedSet(mixture, []), { a: 2, b: 2, c: 2 });
    const samples = randomStream(1).fillNormal(new Float32Array(50 * mixture.dimension));
    const designs = pool.addSamples(samples, 1, 0);
    expect(designs).toHaveLength(50);
    for (const { a, b, c } of designs) {
      expect(a).toBe(0.3333);
      expect(b).toBe(Number(Number(b).toFixed(4)));
      expect(Math.abs(Number(a) + Number(b) + Number(c) - 1)).toBeLessThanOrEqual(1e-9);
    }
  });
});
