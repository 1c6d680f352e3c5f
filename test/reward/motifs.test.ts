import { afterAll, describe, expect, test } from 'vitest';
import { randomStream, rankCorrelation } from '../../src/base/index.ts';
import { input, mapValues, onnxRuntime, referenceRuntime } from '../../src/graph/index.ts';
import { encodedLayout, ensembleTrainingFor, fitEnsemble, type LabelledRows } from '../../src/reward/index.ts';
import {
  initialParameters,
  network,
  parameterShapes,
  type EnsembleSizes,
  type NetworkInputs,
} from '../../src/reward/ensemble-network.ts';
import { createSpace } from '../../src/space/index.ts';

const runtime = onnxRuntime({ threads: 2 });
afterAll(() => runtime.close());

const sizes: EnsembleSizes = { members: 2, width: 4, layers: 1, loss: 'squared', motifs: 5 };
const letters = 4;

/** A number, then a sequence of 9 letters. */
const inputs: NetworkInputs = { dimension: 1 + 9 * letters, sequences: [{ start: 1, positions: 9, choices: letters }] };

/** Designs with a motif of three letters at `at` and nothing elsewhere. */
function designWith(motif: readonly number[], at: number): number[] {
  const design = Array<number>(inputs.dimension).fill(0);
  motif.forEach((letter, i) => (design[1 + (at + i) * letters + letter] = 1));
  return design;
}

/** What each member makes of designs when nothing but motifs is looked at. */
async function outputsOf(designs: readonly number[][]): Promise<Float32Array> {
  const parameters = initialParameters(inputs, sizes, randomStream(1));
  parameters['0.weight']!.data.fill(0);
  const p = mapValues(parameters, ({ shape }, name) => input(name, shape));
  const x = input('x', [1, designs.length, inputs.dimension]);
  const program = await referenceRuntime.compile({ outputs: { y: network(p, inputs, sizes, x) } });
  const given = { shape: [1, designs.length, inputs.dimension], data: Float32Array.from(designs.flat()) };
  const { y } = await program.run({ ...parameters, x: given });
  await program.dispose();
  return Float32Array.from(y!.data);
}

describe('motifs', () => {
  test('count alike wherever they stand in a sequence', async () => {
    const places = [1, 2, 3, 4, 5].map((at) => designWith([0, 2, 1], at));
    const outputs = await outputsOf([...places, designWith([1, 2, 0], 3)]);
    for (let member = 0; member < sizes.members; member++) {
      const own = outputs.subarray(6 * member, 6 * (member + 1));
      for (let at = 1; at < 5; at++) expect(own[at]).toBeCloseTo(own[0]!, 5);
      expect(Math.abs(own[5]! - own[0]!)).toBeGreaterThan(1e-3);
    }
  });

  test('are looked for in sequences that are longer than one, and not too long', () => {
    const motifsIn = (positions: number): unknown =>
      parameterShapes(
        { dimension: 2 * positions, sequences: [{ start: 0, positions, choices: 2 }] },
        { ...sizes, motifs: 64 },
      )['motifs 0.weight'];
    expect(motifsIn(3)).toBeUndefined();
    expect(motifsIn(4)).toEqual([2, 6, 64]);
    expect(motifsIn(64)).toEqual([2, 6, 64]);
    expect(motifsIn(65)).toBeUndefined();
    const told = [3, 4, 64, 65].map(
      (positions) => ensembleTrainingFor(100, { sequences: [{ start: 0, positions, choices: 2 }] }).motifs,
    );
    expect(told).toEqual([0, 64, 64, 0]);
    expect(ensembleTrainingFor(1000, { sequences: [{ start: 0, positions: 4, choices: 2 }] }).motifs).toBe(32);
  });

  test('that were only seen at the start of sequences are known at their end', async () => {
    const space = createSpace({ parameters: { guide: { type: 'sequence', alphabet: 'ACGT', length: 14 } } });
    const stream = randomStream(4);
    const text = (from: number): string => {
      const all = Array.from({ length: 14 }, () => 'ACGT'[stream.integer(4)]!);
      if (stream.uniform() < 0.5) all.splice(from + stream.integer(4), 3, ...'GAT');
      return all.join('').slice(0, 14);
    };
    const hits = (guide: string): number => guide.split('GAT').length - 1;
    const rowsOf = (guides: readonly string[]): LabelledRows => ({
      ...encodedLayout(space),
      designs: space.encodeAll(guides.map((guide) => ({ guide }))),
      rewards: Float64Array.from(guides, hits),
    });
    const shown = Array.from({ length: 1000 }, () => text(0)).filter((guide) => guide.lastIndexOf('GAT') < 5);
    const fresh = rowsOf(Array.from({ length: 500 }, () => text(7)));
    const skill = async (motifs: number): Promise<number> => {
      const surrogate = await fitEnsemble({ motifs })(rowsOf(shown), { runtime, stream: randomStream(5) });
      const { mean } = await surrogate.predict(fresh.designs);
      await surrogate.dispose();
      return rankCorrelation(mean, fresh.rewards);
    };
    expect(await skill(64)).toBeGreaterThan(0.35);
    expect(await skill(0)).toBeLessThan(0.2);
  });
});
