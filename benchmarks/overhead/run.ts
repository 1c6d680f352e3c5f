/**
 * What a round of the online loop costs beside the oracle: time and peak memory of asking and telling, by what is known already. Each
 * size is a process of its own.
 *
 *     node dist/benchmarks/overhead/run.js [--rounds 5] [--into FILE.md]
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { programCode } from '../offline/cells.ts';
import { readCount } from '../offline/flags.ts';
import { markdownTable } from '../offline/markdown.ts';
import { note, runBenchmark, writeBlock } from '../offline/program.ts';
import { median } from '../statistics.ts';
import type { RoundCost, RoundSize } from './round.ts';

const sizes: readonly RoundSize[] = [
  { rows: 500, dimension: 10, batch: 20 },
  { rows: 5000, dimension: 50, batch: 100 },
  { rows: 10_000, dimension: 200, batch: 100 },
];

function roundCost(size: RoundSize, rounds: number): Promise<RoundCost> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('round.js', import.meta.url)), [JSON.stringify({ size, rounds })]);
    child.on('message', (answer) => resolve(answer as RoundCost));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the measuring process ended with ${code}`)));
  });
}

await runBenchmark(async () => {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, into: { type: 'string' } } });
  const rounds = readCount('rounds', values.rounds, 1);
  const measured: (RoundSize & RoundCost)[] = [];
  for (const size of sizes) {
    measured.push({ ...size, ...(await roundCost(size, rounds)) });
    note(`${size.rows} rows of ${size.dimension} numbers: ${median(measured.at(-1)!.seconds).toFixed(1)} s a round`);
  }
  const number = (name: string, cell: (row: RoundSize & RoundCost) => string) =>
    ({ name, cell, align: 'right' }) as const;
  const table = markdownTable(
    [
      number('evaluations known', ({ rows }) => String(rows)),
      number('numbers of a design', ({ dimension }) => String(dimension)),
      number('batch', ({ batch }) => String(batch)),
      number('seconds a round, median', ({ seconds }) => median(seconds).toFixed(1)),
      number('most', ({ seconds }) => Math.max(...seconds).toFixed(1)),
      number('processor seconds, median', ({ processorSeconds }) => median(processorSeconds).toFixed(1)),
      number('peak MB', ({ peak }) => (peak / 1e6).toFixed(0)),
    ],
    measured,
  );
  writeBlock('overhead', `${rounds} rounds each.\n\n${table}`, { code: programCode(), into: values.into });
  return 0;
});
