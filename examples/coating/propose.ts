/** What `npm start` runs: better coatings from experiments.csv with the command line, judged by the exact oracle afterwards.
 *  Usage: node dist/examples/coating/propose.js [flags of diffopt propose, such as --seed 1] */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { coatingReward, coatingSpace, meanReflectance, median, packageRoot } from '../../benchmarks/index.ts';
import { createSpace, readDesigns } from '../../src/index.ts';

const folder = join('out', 'coating');
const proposals = join(folder, 'proposals.csv');
const report = join(folder, 'report.html');
const inPackage = (...parts: readonly string[]): string => relative('', join(packageRoot(), ...parts));
const data = inPackage('examples', 'coating', 'experiments.csv');

/** Runs the command line as a process of its own, with our terminal, and gives its exit code. */
async function diffopt(args: readonly string[]): Promise<number> {
  process.stdout.write(`$ diffopt ${args.join(' ')}\n\n`);
  const command = spawn(process.execPath, [inPackage('dist', 'src', 'cli', 'main.js'), ...args], { stdio: 'inherit' });
  // An interrupt reaches the command too, which ends cleanly and says so.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(command, 'close')) as [number | null];
  return code ?? 1;
}

/** True reflectances (percent) of the designs in a CSV file. */
async function reflectances(file: string): Promise<Float64Array> {
  const { designs } = await readDesigns(file, createSpace(coatingSpace));
  return Float64Array.from(designs, meanReflectance);
}

async function judge(): Promise<void> {
  const measured = await reflectances(data);
  const proposed = await reflectances(proposals);
  const best = Math.min(...measured);
  const better = proposed.filter((reflectance) => reflectance < best).length;
  const percent = (value: number): string => `${value.toFixed(3)} %`;
  process.stdout.write(
    [
      '',
      'The truth, computed by the transfer-matrix method: mean reflectance from 400 to 700 nm, less is better.',
      `best in data ${percent(best)} / best proposed ${percent(Math.min(...proposed))} / median proposed ${percent(median(proposed))}`,
      `${better} of ${proposed.length} proposals beat the best of the ${measured.length} measured coatings; bare glass reflects 4.253 %.`,
      '',
      proposals,
      report,
      '',
    ].join('\n'),
  );
}

mkdirSync(folder, { recursive: true });
const spaceFile = inPackage('examples', 'coating', 'space.json');
const code = await diffopt([
  ...['propose', data, '--space', spaceFile, '--reward', coatingReward, '--minimize'],
  ...['--out', proposals, '--report', report, ...process.argv.slice(2)],
]);
if (code === 0) await judge();
process.exitCode = code;
