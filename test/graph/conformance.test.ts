import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  divide,
  matMul,
  multiply,
  onnxRuntime,
  referenceRuntime,
  sum,
  tensorflowRuntime,
  type NamedValues,
  type Runtime,
} from '../../src/graph/index.ts';
import { built, cases, float, nonzero, normal, valueCases, type Case } from './cases.ts';
import { evaluate } from './helpers.ts';

const onnx = onnxRuntime({ threads: 1 });
const runtimes: readonly Runtime[] = [onnx, tensorflowRuntime(tf)];

beforeAll(() => tf.ready());
afterAll(() => onnx.close());

function absolute(values: NamedValues): NamedValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, { shape, data: data.map(Math.abs) }]),
  );
}

/** Below the smallest normal float32 a number may become 0. */
const smallest = 2 ** -126;

/** |a - b| <= 1e-5 (|b| + the same on absolute inputs), element by element; shapes equal. */
async function expectAgreement(runtime: Runtime, testCase: Case, seed: string): Promise<void> {
  const { output, values } = built(testCase, seed);
  const { result: found } = await evaluate(runtime, { result: output }, values);
  const { result: truth } = await evaluate(referenceRuntime, { result: output }, values);
  const { result: scale } = await evaluate(referenceRuntime, { result: output }, absolute(values));
  expect(found!.shape, seed).toEqual(truth!.shape);
  const wrong = Array.from(truth!.data).filter((expected, index) => {
    const bound = 1e-5 * (Math.abs(expected) + Math.abs(scale!.data[index]!)) + smallest;
    return !(Math.abs(found!.data[index]! - expected) <= bound);
  });
  expect(wrong, seed).toEqual([]);
}

describe.each(runtimes)('the $name runtime against the reference', (runtime) => {
  test.each(Object.entries(cases))('%s', async (op, list) => {
    for (const [index, testCase] of list.entries()) await expectAgreement(runtime, testCase, `${op} ${index}`);
  });

  test('ties, extremes and indices of any rank', async () => {
    for (const [index, testCase] of valueCases.entries()) await expectAgreement(runtime, testCase, `value ${index}`);
  });

  test('random shapes', async () => {
    const dim = fc.integer({ min: 0, max: 4 });
    await fc.assert(
      fc.asyncProperty(dim, dim, dim, fc.boolean(), async (rows, inner, columns, batched) => {
        const right = batched ? [2, inner, columns] : [inner, columns];
        const product: Case = {
          operands: [float([rows, inner], normal), float(right, normal), float([rows, 1], nonzero)],
          build: (a, b, c) => divide(matMul(a, b), c),
        };
        const total: Case = {
          operands: [float([rows, inner, columns]), float([inner, 1])],
          build: (a, b) => sum(multiply(a, b), [1], batched),
        };
        await expectAgreement(runtime, product, 'product');
        await expectAgreement(runtime, total, 'total');
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});
