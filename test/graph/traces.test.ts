import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

it('computing leaves nothing in the home, cache and temporary folders of the user', () => {
  const home = mkdtempSync(join(tmpdir(), 'diffopt-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const graph = pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'graph', 'index.js')).href;
  const script = `
    const { add, input, onnxRuntime } = await import(${JSON.stringify(graph)});
    const runtime = onnxRuntime({ threads: 1 });
    const program = await runtime.compile({ outputs: { y: add(input('x', [1]), 1) } });
    const { y } = await program.run({ x: { shape: [1], data: Float32Array.of(2) } });
    console.log(y.data[0]);
    await runtime.close();`;
  const { PATH } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('3\n');
  expect(readdirSync(home)).toEqual([]);
});
