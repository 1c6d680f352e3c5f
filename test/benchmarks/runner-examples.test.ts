import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot, type BenchmarkCell, type OnlineCell } from '../../benchmarks/index.ts';
import { onlineTasks } from '../../examples/benchmark-task/spring.ts';
import { diffopt, folderWith } from '../support/cli.ts';

const root = packageRoot();
const files = ['examples/benchmark-task/spring.ts', 'examples/benchmark-method/local-search.ts'] as const;

/** A file of the examples as a user of the package writes it. */
function asUser(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace("'../../benchmarks/index.ts'", "'diffusion-optimizer/benchmarks'")
    .replace("'../../src/index.ts'", "'diffusion-optimizer'");
}

describe('the examples of a task and of a method', () => {
  it.each(files)('%s is what the page on benchmarks shows, in less than 40 lines', (file) => {
    const page = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8');
    expect(page).toContain(`<!-- ${file} -->\n\n\`\`\`ts\n${asUser(file)}\`\`\`\n`);
    expect(asUser(file).trimEnd().split('\n').length).toBeLessThan(40);
  });

  it('a spring costs what is known of the best one', () => {
    const { truth } = onlineTasks[0]!.problem;
    // Arora (1989) and later work: 0.0126652 at (0.05169, 0.35675, 11.2871).
    expect(truth({ wire: 0.051689061, coil: 0.356717736, coils: 11.288965 })).toBeCloseTo(0.012665, 5);
    expect(truth({ wire: 0.051689061, coil: 0.2, coils: 11.288965 })).toBeGreaterThan(0.012665);
  });

  it('run as the page says, and the method that learns beats the one that does not', async () => {
    const folder = folderWith();
    const loads = files.flatMap((file) => ['--load', join(root, 'dist', file.replace(/ts$/, 'js'))]);
    const { code, stdout, stderr } = await diffopt(
      ['benchmark', ...loads, '--tasks', 'spring', '--methods', 'local-search,random', '--seeds', '0..1', '--json'],
      folder,
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('4 of 4: spring, ')]);
    const { cells } = JSON.parse(stdout) as { cells: readonly BenchmarkCell[] };
    const costs = (name: string): number[] =>
      (cells as readonly OnlineCell[]).filter(({ method }) => method === name).map(({ curve }) => curve.at(-1)!.cost!);
    expect(costs('local-search')).toHaveLength(2);
    expect(Math.max(...costs('local-search'))).toBeLessThan(Math.min(...costs('random')));
    expect(Math.min(...costs('local-search'))).toBeGreaterThan(0.012665);
  });
});
