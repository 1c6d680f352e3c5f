import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { cellsOf, diffopt, experiments, folderWith, mainFile, startDiffopt, type Finished } from '../support/cli.ts';

const data = experiments();
const onYield = ['propose', 'data.csv', '--reward', 'yield'] as const;

describe('files', () => {
  it('reads a gzipped table, keeps unlabelled rows, leaves columns out, and names what it did', async () => {
    const lines = data.trimEnd().split('\n');
    const wider = lines.map((line, at) => (at === 0 ? `batch,${line},"note, old"` : `run ${at},${line},${at}`));
    const unlabelled = wider.map((line, at) => (at > 40 ? line.replace(/,[^,]*(,\d+)$/, ',$1') : line));
    const repeated = [...unlabelled, unlabelled[3]];
    const folder = folderWith({ 'data.csv.gz': gzipSync(`${repeated.join('\n')}\n`) });
    const args = ['propose', 'data.csv.gz', '--reward', 'yield', '--ignore', 'batch,"note, old"', '--count', '4'];
    const { code, stdout, stderr } = await diffopt([...args, '--out', 'next.csv.gz'], folder);
    expect(stderr).toContain('data.csv.gz: 51 rows, 41 of them with a reward; maximizing yield\n');
    expect(stderr).toContain('ignored columns: batch, note, old\n');
    expect(stderr).toContain('1 row with a design that stands in an earlier row\n');
    expect(code).toBe(0);
    expect(stdout).toMatch(/proposals {2}next\.csv\.gz\n$/);
    const { header, rows } = cellsOf(gunzipSync(readFileSync(join(folder, 'next.csv.gz'))).toString());
    expect(header).toEqual(['x', 'y', 'catalyst', 'predicted_yield', 'predicted_yield_std', 'trust']);
    expect(rows).toHaveLength(4);
    expect(readdirSync(folder).sort()).toEqual(['data.csv.gz', 'next.csv.gz']);
  });

  it('saves the guessed space, and proposes the same from it', async () => {
    const folder = folderWith({ 'data.csv': data });
    const run = (args: readonly string[]) => diffopt([...onYield, '--count', '5', ...args], folder);
    const guessed = await run(['--save-space', 'space.json']);
    const { parameters } = JSON.parse(readFileSync(join(folder, 'space.json'), 'utf8')) as SpaceDefinition;
    expect(parameters['catalyst']).toEqual({ type: 'categorical', values: ['A', 'B', 'C'] });
    const given = await run(['--space', 'space.json']);
    expect(given.stdout).toBe(guessed.stdout);
    expect(given.stderr).not.toContain('guess');
  });

  it('prints one JSON object with everything', async () => {
    const folder = folderWith({ 'data.csv': data });
    const args = [
      ...onYield,
      '--count',
      '3',
      '--pool',
      '1000',
      '--json',
      '--seed',
      '4',
      '--fix',
      'catalyst=A',
      '--out',
      'next.csv',
    ];
    const { stdout } = await diffopt(args, folder);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const rows = cellsOf(readFileSync(join(folder, 'next.csv'), 'utf8')).rows;
    const proposals = result['proposals'] as { design: Record<string, unknown>; predicted: { mean: number } }[];
    expect(proposals.map(({ design }) => design)).toEqual(
      rows.map(([x, y, catalyst]) => ({ x: Number(x), y: Number(y), catalyst })),
    );
    expect(proposals.map(({ predicted }) => predicted.mean.toFixed(3))).toEqual(rows.map((row) => row[3]));
    const rewards = cellsOf(data).rows.map((row) => Number(row[3]));
    expect(result).toMatchObject({
      reward: 'yield',
      direction: 'maximize',
      seed: 4,
      best: { reward: Math.max(...rewards) },
      fixed: { catalyst: 'A' },
      data: { file: 'data.csv', rows: 50, labelled: 50, repeats: 0, ignored: [], inferred: true },
      files: { out: 'next.csv' },
    });
    expect(result['counts']).toMatchObject({ sampled: 1002 });
    expect(result['settings']).toMatchObject({ runtime: 'onnx', 'denoiser: width': 64 });
  });
});

describe.skipIf(!existsSync('/dev/full'))('an output that takes no more', () => {
  const intoFull = async (args: string): Promise<Finished> => {
    const folder = folderWith({ 'data.csv': data });
    const child = spawn('sh', ['-c', `"${process.execPath}" "${mainFile}" ${args} > /dev/full`], { cwd: folder });
    const closed = once(child, 'close') as Promise<[number | null]>;
    const [stderr, [code]] = await Promise.all([text(child.stderr), closed]);
    return { code, stdout: '', stderr };
  };

  it.each(['--help', 'propose data.csv --reward yield --count 3 --quiet'])('ends with 3: %s', async (args) => {
    const sentence = 'diffopt: cannot write the output: no space is left on its disk\n';
    expect(await intoFull(args)).toEqual({ code: 3, stdout: '', stderr: sentence });
  });
});

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 on %s and leaves no file', async (signal) => {
    const folder = folderWith({ 'data.csv': experiments(1500) });
    const args = [...onYield, '--out', 'next.csv', '--report', 'next.html'];
    const child = startDiffopt(args, folder);
    const stderr = text(child.stderr);
    // The table is read and training begins when the first remark is out.
    await once(child.stderr, 'data');
    await sleep(400);
    const at = performance.now();
    child.kill(signal);
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, killedBy]).toEqual([130, null]);
    expect(performance.now() - at).toBeLessThan(10_000);
    expect(await stderr).toMatch(/\ndiffopt: interrupted\n$/);
    expect(readdirSync(folder)).toEqual(['data.csv']);
  });
});
