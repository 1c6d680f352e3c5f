import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/index.ts';
import { encodeNpy, readModel, sampleModel, sampleNoise, type LoadedModel } from '../../src/optimizer/index.ts';
import { tableFromRows, writeDesigns } from '../../src/table/index.ts';
import { mixedTable, quickModel } from './mixed.ts';

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

/** What both write for a model; the model and its noise lie in the folder. */
async function bothOn(label: string, bytes: Uint8Array, options: { target?: number; guidance?: number } = {}) {
  const [modelPath, noisePath, csvPath] = ['onnx', 'npy', 'csv'].map((ending) => join(folder, `${label}.${ending}`));
  const model: LoadedModel = readModel(bytes, modelPath!);
  const asked = { count: 1500, seed: 7, ...options };
  writeFileSync(modelPath!, bytes);
  writeFileSync(noisePath!, encodeNpy(sampleNoise(model, asked)));
  const { designs } = await sampleModel(model, asked);
  await writeDesigns(csvPath!, designs, { columns: model.facts.columns, decimals: model.facts.decimals });
  const flags = [options.target, options.guidance].filter((value) => value !== undefined).map(String);
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
      bytes = await quickModel(mixedTable());
    });

    test('for every kind of column', async () => {
      const { theirs, ours } = await bothOn('mixed', bytes);
      expect(ours.split('\n').length).toBe(1502);
      expect(theirs).toBe(ours);
    });

    test('for a target and a guidance', async () => {
      const { theirs, ours } = await bothOn('asked', bytes, { target: 21.5, guidance: 3 });
      expect(theirs).toBe(ours);
    });

    test('for numbers with more decimals than are padded, small and large ones', async () => {
      const stream = randomStream(51);
      const rows = Array.from({ length: 60 }, () => {
        const x = stream.uniform();
        return {
          long: String(x),
          tiny: (x * 1e-7).toFixed(12),
          eight: stream.uniform().toFixed(8),
          large: (1e9 * stream.uniform()).toFixed(0),
          signed: (stream.uniform() - 0.5).toFixed(1),
          y: String(x + stream.normal()),
        };
      });
      const table = tableFromRows(rows, { reward: 'y', direction: 'minimize' });
      const { theirs, ours } = await bothOn('numbers', await quickModel(table));
      expect(theirs).toBe(ours);
    });
  });
}
