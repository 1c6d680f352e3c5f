import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { encodeNpy, readModel, sampleModel, sampleNoise, type LoadedModel } from '../../src/optimizer/index.ts';
import { tableFromRows, writeDesigns, type Table } from '../../src/table/index.ts';
import { mixedSpace, quickModel } from './mixed.ts';

/** The root of the repository, seen from the compiled tests. */
const root = resolve(import.meta.dirname, '..', '..', '..');
const script = join(root, 'examples', 'sample.py');

function python(...args: readonly string[]) {
  const command = process.env['DIFFOPT_PYTHON'] ?? 'python3';
  return spawnSync(command, args, { encoding: 'buffer', timeout: 60_000 });
}

const installed = python('-c', 'import numpy, onnxruntime').status === 0;
const name = 'examples/sample.py gives the CSV of our own sampler, byte for byte';

const folder = mkdtempSync(join(tmpdir(), 'diffopt-sample-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every kind of column, texts that both quote alike, and at most 6 decimals, which both print alike. */
function table(): Table {
  const stream = randomStream(51);
  const pick = <T>(list: readonly T[]): T => list[stream.integer(list.length)]!;
  const solvents = ['THF', 'a "b", c', 'water'];
  const rows = Array.from({ length: 120 }, () => {
    const temperature = 20 + 70 * stream.uniform();
    return {
      guide: Array.from({ length: 4 }, () => pick([...'ACGT'])).join(''),
      temperature: temperature.toFixed(1),
      yield: (temperature / 10 + stream.normal()).toFixed(2),
      layers: String(1 + stream.integer(8)),
      loading: (10 ** (-3 * stream.uniform())).toFixed(4),
      'solvent, "wet"': pick(solvents),
      grade: String(pick([8, 16, 32])),
      pressure: (0.25 * stream.integer(13)).toFixed(2),
      signed: (stream.uniform() - 0.5).toFixed(6),
    };
  });
  const space = {
    parameters: {
      ...mixedSpace.parameters,
      'solvent, "wet"': { type: 'categorical', values: solvents },
      signed: { type: 'real', min: -0.5, max: 0.5 },
    },
  } as const;
  return tableFromRows(rows, { reward: 'yield', direction: 'maximize', space });
}

/** What both write for a model; the model and its noise lie in the folder. */
async function bothOn(label: string, bytes: Uint8Array, target?: number) {
  const [modelPath, noisePath, csvPath] = ['onnx', 'npy', 'csv'].map((ending) => join(folder, `${label}.${ending}`));
  const model: LoadedModel = readModel(bytes, modelPath!);
  const asked = { count: 1500, seed: 7, ...(target === undefined ? {} : { target }) };
  writeFileSync(modelPath!, bytes);
  writeFileSync(noisePath!, encodeNpy(sampleNoise(model, asked)));
  const { designs } = await sampleModel(model, asked);
  await writeDesigns(csvPath!, designs, { columns: model.facts.columns, decimals: model.facts.decimals });
  const flags = target === undefined ? [] : [String(target)];
  const { stdout, stderr, status } = python(script, modelPath!, noisePath!, ...flags);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return { theirs: stdout.toString(), ours: readFileSync(csvPath!, 'utf8') };
}

if (!installed) {
  test.skip(`${name} (needs Python with numpy and onnxruntime; set DIFFOPT_PYTHON)`, () => undefined);
} else {
  describe(name, () => {
    let bytes: Uint8Array;
    beforeAll(async () => {
      bytes = await quickModel(table());
    });

    test('for every kind of column', async () => {
      const { theirs, ours } = await bothOn('mixed', bytes);
      expect(ours.split('\n').length).toBe(1502);
      expect(theirs).toBe(ours);
    });

    test('for a target', async () => {
      const { theirs, ours } = await bothOn('asked', bytes, 21.5);
      expect(theirs).toBe(ours);
    });
  });
}
