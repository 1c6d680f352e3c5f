import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ModelProtoSchema } from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError, mean, randomStream } from '../../src/base/index.ts';
import { defaultSampling, sampleDesigns, samplingGraph, type SamplerName } from '../../src/diffusion/index.ts';
import { describeModel, emitModel, input, mapValues, multiply, onnxRuntime } from '../../src/graph/index.ts';
import {
  modelFile,
  readModel,
  sampleModel,
  sampleNoise,
  sampleStream,
  type LoadedModel,
  type TrainedDenoiser,
} from '../../src/optimizer/index.ts';
import { createRounder, createSpace, type Design } from '../../src/space/index.ts';
import type { Table } from '../../src/table/index.ts';
import { warpFor, warped } from '../../src/optimizer/warp.ts';
import { mixedSpace, mixedTable, tiedTable, trainQuickly } from './mixed.ts';

const runtime = onnxRuntime({ threads: 1 });
afterAll(() => runtime.close());

const table = mixedTable();
const tied = tiedTable();
let trained: TrainedDenoiser;
let tiedTrained: TrainedDenoiser;
let bytes: Uint8Array;
let model: LoadedModel;
beforeAll(async () => {
  [trained, tiedTrained] = await Promise.all([trainQuickly(table), trainQuickly(tied)]);
  bytes = modelFile(trained, table);
  model = readModel(bytes, 'model.onnx');
});

describe('a saved model', () => {
  test('has the same bytes every time', () => {
    expect(Buffer.compare(modelFile(trained, table), bytes)).toBe(0);
  });

  test('says what it was trained on', () => {
    const { facts, space } = model;
    expect(facts).toMatchObject({
      version: 1,
      reward: 'yield',
      direction: 'maximize',
      columns: ['guide', 'temperature', 'layers', 'loading', 'solvent, "wet"', 'grade', 'pressure'],
      decimals: { temperature: 1, loading: 4, layers: 0, grade: 0, pressure: 2, yield: 2 },
      schedule: 'karras',
      sampler: 'dpm-solver-2m',
      steps: 24,
      rows: 120,
      labelledRows: 120,
    });
    expect(space.definition).toEqual(createSpace(mixedSpace).definition);
    expect(facts.best).toBe(Math.max(...table.rewards));
    expect(facts.normalization.reward.mean).toBeCloseTo(mean(table.rewards), 9);
    expect(facts.normalization.designs.mean.length).toBe(space.dimension);
    expect(facts.sigmas.length).toBe(24);
  });

  test('has the inputs and outputs of the contract, for any ONNX Runtime', () => {
    const { inputs, outputs, metadata } = describeModel(bytes);
    const { dimension, names } = model.space;
    expect(Object.fromEntries(inputs.map(({ name, shape, dtype }) => [name, [shape, dtype]]))).toEqual({
      noise: [['n', dimension], 'float'],
      target: [['n'], 'float'],
      guidance: [[], 'float'],
      fixed: [['n', dimension], 'float'],
      fixed_mask: [['n', dimension], 'float'],
    });
    expect(outputs).toEqual(names.map((name) => `design/${name}`));
    expect(Object.keys(metadata)).toEqual(['diffusion-optimizer']);
  });

  test('of bent rewards is asked for rewards in their own units', async () => {
    const skewed = { ...table, rewards: table.rewards.map((reward) => -Math.exp(-reward / 4)) };
    const warp = warpFor(skewed.rewards, 'maximize');
    const bent = await trainQuickly(warped(skewed, warp));
    const plain = readModel(modelFile(bent, warped(skewed, warp)), 'plain.onnx');
    const own = readModel(modelFile(bent, skewed, defaultSampling, warp.bend), 'own.onnx');
    expect(own.facts.best).toBe(Math.max(...skewed.rewards));
    expect(own.facts.normalization.reward.bend).toEqual(warp.bend);
    const target = Float64Array.from(skewed.rewards).sort()[30]!;
    const draw = (file: LoadedModel, asked: number) => sampleModel(file, { count: 40, target: asked, threads: 1 });
    const [told, expected] = [await draw(own, target), await draw(plain, warp.forward(target))];
    const near = told.designs.filter(
      (design, i) => Math.abs(Number(design['temperature']) - Number(expected.designs[i]!['temperature'])) < 0.21,
    );
    expect(near.length).toBeGreaterThanOrEqual(39);
    // What the target says as it stands would ask for something else.
    expect((await draw(plain, target)).designs).not.toEqual(expected.designs);
  });

  test('keeps the fixed values of the space that it is for', async () => {
    const fix = { layers: 3, grade: 16 };
    const file = readModel(modelFile(trained, { ...table, space: table.space.fix(fix) }), 'fixed.onnx');
    expect(file.facts.fixed).toEqual(fix);
    const { designs } = await sampleModel(file, { count: 20, fix: { guide: 'ACGT' } });
    for (const design of designs) expect(design).toMatchObject({ ...fix, guide: 'ACGT' });
  });

  test('of a stochastic sampler takes the noise of its steps too', () => {
    const file = modelFile(trained, table, { sampler: 'euler-ancestral', steps: 12 });
    const noise = describeModel(file).inputs.find(({ name }) => name === 'step_noise');
    expect(noise?.shape).toEqual([12, 'n', model.space.dimension]);
  });

  test('keeps a minimised reward’s direction and best', () => {
    const { facts } = readModel(modelFile(tiedTrained, tied), 'tied.onnx');
    expect(facts.direction).toBe('minimize');
    expect(facts.best).toBe(Math.min(...tied.rewards));
    expect(facts.normalization.reward.std).toBeLessThan(0);
  });
});

/** Designs drawn in memory, without any file. */
async function drawInMemory(
  { model: denoiser }: TrainedDenoiser,
  { space, decimals }: Table,
  sampler: SamplerName,
  count: number,
  seed: number,
  target: number,
): Promise<Design[]> {
  const sampling = { ...defaultSampling, sampler, slabs: space.constraints };
  const program = await runtime.compile(samplingGraph(denoiser, sampling, (designs) => ({ designs })));
  const samples = await sampleDesigns(program, {
    dimension: space.dimension,
    sampling,
    targets: new Float64Array(count).fill(target),
    guidance: 2,
    stream: sampleStream(seed, 0),
  });
  await program.dispose();
  const printable = createRounder(space, decimals);
  return Array.from({ length: count }, (_, row) => printable(space.decode(samples, row * space.dimension)!)!);
}

describe('sampling from a file', () => {
  test.each(['dpm-solver-2m', 'heun', 'euler-ancestral'] as const)(
    'with %s gives what the model in memory gives',
    async (sampler) => {
      const file = modelFile(trained, table, { sampler, steps: defaultSampling.steps });
      const { designs } = await sampleModel(readModel(file, 'm.onnx'), {
        count: 60,
        seed: 3,
        target: 20,
        guidance: 2,
        threads: 1,
      });
      const expected = await drawInMemory(trained, table, sampler, 60, 3, 20);
      // A number between two printable ones may be rounded otherwise after its way through float32.
      const same = designs.filter((design, i) =>
        table.columns.every((name) => design[name] === expected[i]![name]),
      ).length;
      expect(same).toBeGreaterThanOrEqual(59);
      designs.forEach((design, i) => {
        expect(Math.abs((design['temperature'] as number) - (expected[i]!['temperature'] as number))).toBeLessThan(
          0.11,
        );
      });
    },
  );

  test('gives the same designs for the same seed, and others for another', async () => {
    const draw = (seed: number) => sampleModel(model, { count: 40, seed, threads: 1 });
    const first = await draw(5);
    expect(await draw(5)).toEqual(first);
    expect(
      (await sampleModel(readModel(bytes.slice(), 'copy.onnx'), { count: 40, seed: 5, threads: 1 })).designs,
    ).toEqual(first.designs);
    expect((await draw(6)).designs).not.toEqual(first.designs);
    expect((await sampleModel(model, { count: 10, seed: 5, threads: 1 })).designs).toEqual(first.designs.slice(0, 10));
  });

  test('gives printable designs of the space, whatever is asked for', async () => {
    for (const target of [-1e30, 0, 25, 1e30]) {
      const { designs, infeasible } = await sampleModel(model, { count: 30, target, guidance: 20 });
      expect(designs.length).toBe(30);
      expect(infeasible).toBe(0);
      for (const design of designs) {
        expect(model.space.problemWith(design)).toBeUndefined();
        expect(Number((design['temperature'] as number).toFixed(1))).toBe(design['temperature']);
      }
    }
  });

  test('asks for the best of the data unless told otherwise', async () => {
    const [unasked, asked] = [
      await sampleModel(model, { count: 20, seed: 1 }),
      await sampleModel(model, { count: 20, seed: 1, target: model.facts.best, guidance: 1.5 }),
    ];
    expect(unasked.designs).toEqual(asked.designs);
    const low = await sampleModel(model, { count: 200, seed: 1, target: Math.min(...table.rewards), guidance: 2 });
    const high = await sampleModel(model, { count: 200, seed: 1, guidance: 2 });
    const heat = ({ designs }: typeof low): number => mean(designs.map((design) => design['temperature'] as number));
    expect(heat(high)).toBeGreaterThan(heat(low) + 10);
  });

  test('keeps constraints to 1e-9 and fixed values exactly', async () => {
    const file = readModel(modelFile(tiedTrained, tied), 'tied.onnx');
    for (const fix of [{}, { b: 0.37 }, { catalyst: 'B', layers: 4 }] as Design[]) {
      const { designs } = await sampleModel(file, { count: 50, fix, guidance: 3 });
      expect(designs.length).toBe(50);
      for (const design of designs) {
        const [a, b, c, layers] = ['a', 'b', 'c', 'layers'].map((name) => design[name] as number);
        expect(Math.abs(a! + b! + c! - 1)).toBeLessThanOrEqual(1e-9);
        expect(4 * a! + layers!).toBeLessThanOrEqual(6 + 1e-9);
        expect(design).toMatchObject(fix);
      }
    }
  });

  test('fixed values of every kind are kept', async () => {
    const fix = { temperature: 45.5, loading: 0.01, layers: 3, grade: 16, 'solvent, "wet"': 'THF', guide: 'ACGT' };
    const { designs } = await sampleModel(model, { count: 20, fix });
    for (const design of designs) expect(design).toMatchObject(fix);
    expect(new Set(designs.map(({ pressure }) => pressure)).size).toBeGreaterThan(1);
  });

  test('its noise is that of the stream of its seed, design by design', () => {
    const { dimension } = model.space;
    const { shape, data } = sampleNoise(model, { count: 4, seed: 9 });
    expect(shape).toEqual([4, dimension]);
    for (let i = 0; i < 4; i++) {
      const own = randomStream(9).split('sample', 0).split(i).fillNormal(new Float32Array(dimension));
      expect(data.slice(i * dimension, (i + 1) * dimension)).toEqual(own);
    }
  });

  test('a signal ends it with its reason', async () => {
    const reason = new Error('enough');
    await expect(sampleModel(model, { count: 5, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a model that computes no number is an error, never a design', async () => {
    const broken = mapValues(trained.model.parameters, ({ shape, data }) => ({ shape, data: data.map(() => NaN) }));
    const file = modelFile({ ...trained, model: { ...trained.model, parameters: broken } }, table);
    await expect(sampleModel(readModel(file, 'broken.onnx'), { count: 3 })).rejects.toThrow(UserError);
    const letters = createSpace({ parameters: { guide: { type: 'sequence', alphabet: 'ACGT', length: 4 } } });
    const dimension = letters.dimension;
    const designs = { mean: new Float64Array(dimension), scale: new Float64Array(dimension).fill(1) };
    const parameters = {
      ...broken,
      'in.weight': { shape: [dimension, 32], data: new Float32Array(dimension * 32).fill(NaN) },
      'out.weight': { shape: [32, dimension], data: new Float32Array(dimension * 32).fill(NaN) },
      'out.bias': { shape: [dimension], data: new Float32Array(dimension).fill(NaN) },
    };
    const size = { ...trained.model.size, dimension };
    const lettersOnly = modelFile(
      { ...trained, model: { ...trained.model, size, designs, parameters } },
      { ...table, space: letters },
    );
    await expect(sampleModel(readModel(lettersOnly, 'broken.onnx'), { count: 3 })).rejects.toThrow('(guide) is NaN');
  });
});

describe('a file that is no model', () => {
  const sentence =
    /^model\.onnx (is not a model file, or it is cut short|is an ONNX model, but not one that diffopt train wrote, or it is cut short|was written by another version of diffopt)/;

  const refused = (content: Uint8Array): void => {
    let thrown: unknown;
    try {
      readModel(content, 'model.onnx');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect((thrown as UserError).kind).toBe('data');
    expect((thrown as UserError).message).toMatch(sentence);
    expect((thrown as UserError).message).not.toContain('\n');
  };

  test('cut short anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => refused(bytes.slice(0, length))),
      { numRuns: 150 },
    );
    for (let length = Math.max(0, bytes.length - 40); length < bytes.length; length++) refused(bytes.slice(0, length));
    for (let length = 0; length < 40; length++) refused(bytes.slice(0, length));
  });

  test('bytes of anything else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), refused));
    refused(Buffer.from('temperature,yield\n20,1\n'));
    refused(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  });

  test('an ONNX file of another program', () => {
    const other = emitModel({ outputs: { y: multiply(input('x', ['n']), 2) } }, { author: 'someone' }).bytes;
    expect(() => readModel(other, 'model.onnx')).toThrow('an ONNX model, but not one that diffopt train wrote');
    refused(other);
  });

  const withFacts = (text: string): Uint8Array =>
    emitModel({ outputs: { y: multiply(input('x', ['n']), 2) } }, { 'diffusion-optimizer': text }).bytes;

  test('another version, or a description that is not one', () => {
    const { facts } = model;
    const changes: readonly Record<string, unknown>[] = [
      { version: 2 },
      { space: { parameters: {} } },
      { space: { parameters: { a: { type: 'unknown' } } } },
      { sampler: 'magic' },
      { steps: 0 },
      { dimension: facts.dimension + 1 },
    ];
    for (const text of ['', '{', '[]', 'null', ...changes.map((change) => JSON.stringify({ ...facts, ...change }))]) {
      const content = withFacts(text);
      refused(content);
      expect(() => readModel(content, 'model.onnx')).toThrow(
        'another version of diffopt: version 1 of its description',
      );
    }
  });

  test('a description beside the graph of another model', () => {
    refused(withFacts(JSON.stringify(model.facts)));
  });

  test('a graph that ONNX Runtime refuses', async () => {
    // The weights cut away: the description still reads well.
    const withoutWeights = fromBinary(ModelProtoSchema, bytes);
    withoutWeights.graph!.initializer = withoutWeights.graph!.initializer.slice(1);
    const file = readModel(toBinary(ModelProtoSchema, withoutWeights), 'model.onnx');
    await expect(sampleModel(file, { count: 1 })).rejects.toThrow(
      /^ONNX Runtime cannot load model\.onnx: .*; train it again$/,
    );
  });
});
