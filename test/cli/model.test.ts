import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel, sampleStream } from '../../src/optimizer/index.ts';
import { cellsOf, diffopt, experiments, folderWith } from '../support/cli.ts';

describe('train and sample', () => {
  it('save a model and draw designs from it: the same for the same seed, with fixed values kept', async () => {
    const folder = folderWith({ 'data.csv': experiments() });
    const trained = await diffopt(['train', 'data.csv', '--reward', 'yield', '--out', 'm.onnx', '--quiet'], folder);
    expect(trained.stderr).toBe('');
    expect(trained.code).toBe(0);
    expect(trained.stdout).toMatch(
      /^trained on 50 rows: [\d,]+ steps, held-out denoising loss 0\.\d+\n\nmodel {2}m\.onnx\n$/,
    );
    expect(readdirSync(folder).sort()).toEqual(['data.csv', 'm.onnx']);

    const run = (args: readonly string[]) => diffopt(['sample', 'm.onnx', ...args], folder);
    const first = await run(['--count', '200', '--seed', '3', '--quiet']);
    expect(first.stderr).toBe('');
    const { header, rows } = cellsOf(first.stdout);
    expect(header).toEqual(['x', 'y', 'catalyst']);
    expect(rows).toHaveLength(200);
    for (const [x, y, catalyst] of rows) {
      expect(`${x} ${y}`).toMatch(/^[01]\.\d\d [01]\.\d\d$/);
      expect(['A', 'B', 'C']).toContain(catalyst);
    }
    const again = await run(['--count', '200', '--seed', '3', '--out', 'designs.csv']);
    expect(again.stdout).toBe('designs  designs.csv\n');
    expect(again.stderr).toMatch(/^m\.onnx: trained on 50 rows; maximizing yield, asked for \d+\.\d{3}\n$/);
    expect(readFileSync(join(folder, 'designs.csv'), 'utf8')).toBe(first.stdout);
    expect((await run(['--count', '200', '--seed', '4', '--quiet'])).stdout).not.toBe(first.stdout);

    const fixed = await run(['--count', '20', '--fix', 'catalyst=C', '--fix', 'x=0.125', '--json', '--quiet']);
    const { designs } = JSON.parse(fixed.stdout) as { designs: Record<string, unknown>[] };
    expect(designs).toHaveLength(20);
    for (const design of designs) expect(design).toMatchObject({ catalyst: 'C', x: 0.125 });

    // The design of a row comes from that row of the noise, whatever else is drawn.
    await run(['--count', '3', '--seed', '3', '--save-noise', 'noise.npy', '--quiet']);
    const noise = readFileSync(join(folder, 'noise.npy'));
    const headed = noise.readUInt16LE(8) + 10;
    expect(noise.toString('latin1', 1, headed)).toContain("'shape': (3, 5)");
    expect(noise.length).toBe(headed + 4 * 3 * 5);
    const stream = sampleStream(3, 0).split(2);
    for (let j = 0; j < 5; j++) {
      expect(noise.readFloatLE(headed + 4 * (2 * 5 + j))).toBe(Math.fround(stream.normal()));
    }

    // The mean of x is nearer to the best x = 0.3 for a high target than for a low one.
    const distance = async (target: string): Promise<number> => {
      const { stdout } = await run(['--count', '200', '--target', target, '--guidance', '2', '--quiet']);
      const distances = cellsOf(stdout).rows.map(([x, y]) => Math.hypot(Number(x) - 0.3, Number(y) - 0.6));
      return distances.reduce((sum, one) => sum + one, 0) / distances.length;
    };
    expect(await distance('11')).toBeLessThan((await distance('6')) - 0.1);

    const bytes = readFileSync(join(folder, 'm.onnx'));
    writeFileSync(join(folder, 'cut.onnx'), bytes.subarray(0, bytes.length - 1));
    const cut = await diffopt(['sample', 'cut.onnx'], folder);
    expect(cut).toEqual({
      code: 1,
      stdout: '',
      stderr: 'diffopt: cut.onnx is not a model file, or it is cut short: it cannot be read as ONNX; train it again\n',
    });
    for (let length = 0; length < bytes.length; length += 997) {
      expect(() => readModel(bytes.subarray(0, length), 'cut.onnx'), `${length} bytes`).toThrow(/^cut\.onnx is /);
    }
  });

  it('train gives the same bytes for the same seed', async () => {
    const folder = folderWith({ 'data.csv': experiments(30) });
    const run = (seed: string, file: string) =>
      diffopt(['train', 'data.csv', '--reward', 'yield', '--seed', seed, '--out', file, '--quiet'], folder);
    await run('1', 'a.onnx');
    await run('1', 'b.onnx');
    await run('2', 'c.onnx');
    const [a, b, c] = ['a.onnx', 'b.onnx', 'c.onnx'].map((file) => readFileSync(join(folder, file)));
    expect(a?.equals(b ?? new Uint8Array())).toBe(true);
    expect(a?.equals(c ?? new Uint8Array())).toBe(false);
  });
});
