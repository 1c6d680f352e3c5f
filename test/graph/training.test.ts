import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import {
  add,
  concat,
  cosineSchedule,
  gather,
  initialState,
  matMul,
  mean,
  multiply,
  onnxRuntime,
  readParameters,
  referenceRuntime,
  silu,
  square,
  stepRates,
  subtract,
  tensorflowRuntime,
  trainingGraph,
  type NamedTensors,
  type NamedValues,
  type Runtime,
  type TrainingDefinition,
} from '../../src/graph/index.ts';
import { integers, withProgram } from './helpers.ts';

const onnx = onnxRuntime({ threads: 1 });
afterAll(() => onnx.close());

const [rows, width, batch, hidden, chunk, chunks] = [40, 6, 16, 24, 10, 5];
const random = randomStream(11);

function normals(shape: readonly number[], name: string, scale = 1): NamedValues[string] {
  const size = shape.reduce((total, dim) => total * dim, 1);
  const drawn = random.split(name).fillNormal(new Float32Array(size));
  return { shape, data: drawn.map((value) => value * scale) };
}

/** A residual network that takes rows of the data set with noise of level sigma away, told sigma. */
function denoiserLoss(p: NamedTensors, step: NamedTensors, data: NamedTensors) {
  const clean = gather(data['x']!, step['rows']!);
  const noisy = add(clean, multiply(step['noise']!, step['sigma']!));
  const inside = add(matMul(concat([noisy, step['sigma']!], 1), p['in']!), p['in bias']!);
  const block = add(inside, matMul(silu(add(matMul(inside, p['up']!), p['up bias']!)), p['down']!));
  const denoised = add(matMul(silu(block), p['out']!), p['out bias']!);
  return mean(square(subtract(denoised, clean)));
}

const definition: TrainingDefinition = {
  parameters: {
    in: [width + 1, hidden],
    'in bias': [hidden],
    up: [hidden, hidden],
    'up bias': [hidden],
    down: [hidden, hidden],
    out: [hidden, width],
    'out bias': [width],
  },
  stepInputs: {
    rows: { shape: [batch], dtype: 'int' },
    noise: { shape: [batch, width] },
    sigma: { shape: [batch, 1] },
  },
  data: { x: [rows, width] },
  loss: denoiserLoss,
  stepsPerRun: chunk,
  clipNorm: 1,
  weightDecay: true,
  average: true,
};

async function losses(runtime: Runtime): Promise<number[]> {
  return withProgram(runtime, trainingGraph(definition), async (program) => {
    const parameters = Object.fromEntries(
      Object.entries(definition.parameters).map(([name, shape]) => [
        name,
        normals(shape as readonly number[], `p ${name}`, shape.length === 2 ? 1 / Math.sqrt(shape[0] as number) : 0),
      ]),
    );
    await program.write({ ...initialState(definition, parameters), 'data/x': normals([rows, width], 'x') });
    const found: number[] = [];
    for (let index = 0; index < chunks; index++) {
      const stream = random.split('chunk', index);
      const places = Array.from({ length: chunk * batch }, () => stream.integer(rows));
      const sigma = normals([chunk, batch, 1], `sigma ${index}`);
      const results = await program.run({
        rows: integers([chunk, batch], places),
        noise: normals([chunk, batch, width], `noise ${index}`),
        sigma: { shape: sigma.shape, data: sigma.data.map((value) => Math.exp(value - 1)) },
        ...stepRates(index * chunk, chunk, {
          learningRate: (step) => cosineSchedule(0.01, step, chunk * chunks, 5),
          weightDecay: 0.01,
          averageDecay: 0.99,
        }),
      });
      found.push(...results['losses']!.data);
    }
    return found;
  });
}

test('a denoiser learns the same on every runtime: losses of 50 steps within 1e-3', async () => {
  const truth = await losses(referenceRuntime);
  expect(truth.length).toBe(50);
  const average = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
  expect(average(truth.slice(-10))).toBeLessThan(0.6 * average(truth.slice(0, 5)));
  for (const runtime of [onnx, tensorflowRuntime(tf)]) {
    const found = await losses(runtime);
    const differences = found.map((loss, step) => Math.abs(loss - truth[step]!));
    expect(Math.max(...differences), runtime.name).toBeLessThan(1e-3);
  }
});

test('vectors, which share one tensor, learn as they would alone', async () => {
  const [inside, outside, count] = [3, 2, 4];
  const vectors = { scale: [outside], shift: [outside], level: [] };
  // A matrix has a tensor of its own.
  const alone = { scale: [1, outside], shift: [1, outside], level: [1, 1] };
  const trained = async (runtime: Runtime, small: Readonly<Record<string, readonly number[]>>) => {
    const own: TrainingDefinition = {
      parameters: { ...small, w: [inside, outside] },
      stepInputs: { x: { shape: [batch, inside] } },
      data: {},
      loss: (p, { x }) =>
        mean(square(subtract(add(add(multiply(matMul(x!, p['w']!), p['scale']!), p['shift']!), p['level']!), 3))),
      stepsPerRun: count,
      clipNorm: 1,
      average: true,
    };
    const parameters = Object.fromEntries(
      Object.entries(own.parameters).map(([name, shape]) => [name, normals(shape as readonly number[], name)]),
    );
    return withProgram(runtime, trainingGraph(own), async (program) => {
      await program.write(initialState(own, parameters));
      const found = [parameters];
      for (let run = 0; run < 2; run++) {
        const rates = stepRates(run * count, count, { learningRate: () => 0.05, weightDecay: 0, averageDecay: 0.9 });
        await program.run({ x: normals([count, batch, inside], `x${run}`), ...rates });
        for (const kind of ['parameter', 'average'] as const) found.push(await readParameters(program, own, kind));
      }
      return found.map((values) => ['scale', 'shift', 'level', 'w'].map((name) => values[name]!));
    });
  };
  for (const runtime of [onnx, referenceRuntime]) {
    const [together, apart] = [await trained(runtime, vectors), await trained(runtime, alone)];
    together.forEach((values, time) => {
      values.forEach(({ shape, data }, index) => {
        expect(shape).toEqual([[outside], [outside], [], [inside, outside]][index]);
        data.forEach((value, i) => expect(value).toBeCloseTo(apart[time]![index]!.data[i]!, 5));
      });
    });
    // They did learn.
    expect(together.at(-2)![1]!.data[0]).not.toBeCloseTo(together[0]![1]!.data[0]!, 2);
  }
});
