import { availableParallelism } from 'node:os';
import { loadTensorflow, onnxRuntime, type Runtime } from '../../src/graph/index.ts';
import { messageOf } from '../../src/base/index.ts';
import { alternate, type Contestant, type Score, type Size } from './contestant.ts';
import { engineContestant } from './engine.ts';
import { memoryUse } from './memory.ts';
import { denoiser, plainMlp } from './models.ts';
import { profileTraining, workKinds } from './profile.ts';
import { spikeContestant } from './spike.ts';
import { torchContestants } from './torch.ts';

/* Training speed and memory as Markdown tables on stdout. Arguments: threads (default: all), rounds (default: 5). */

const sizes: readonly Size[] = [
  { batch: 128, width: 1024, steps: 20 },
  { batch: 128, width: 256, steps: 20 },
  { batch: 512, width: 512, steps: 20 },
];
const threads = Number(process.argv[2] ?? availableParallelism());
const rounds = Number(process.argv[3] ?? 5);

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const row = (cells: readonly string[]): void => print(`| ${cells.join(' | ')} |`);
const head = (cells: readonly string[]): void => {
  row(cells);
  row(cells.map(() => '---'));
};
const sizeText = ({ batch, width }: Size): string => `${batch} x ${width}`;
const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** One row per size: milliseconds per step of each, how many times as fast as the others the first is, and how far apart losses are. */
async function race(title: string, contestants: readonly Contestant[]): Promise<void> {
  print(`\n${title}; milliseconds per step, medians of ${rounds} alternations, ${threads} threads\n`);
  const [first, ...rivals] = contestants;
  const ratios = rivals.map(({ name }) => `${name} / ${first!.name}`);
  head([
    'batch x width',
    ...contestants.map(({ name }) => name),
    ...ratios,
    'first losses differ by',
    'losses of a run by',
  ]);
  for (const size of sizes) {
    const [own, ...others] = await alternate(contestants, size, rounds);
    const apart = others.map(({ losses }) => losses.map((loss, step) => Math.abs(loss / own!.losses[step]! - 1)));
    const start = Math.max(0, ...apart.map(([step]) => step!));
    if (!(start <= 1e-3)) throw new Error(`The contestants do not train the same model: losses differ by ${start}`);
    row([
      sizeText(size),
      ...[own!, ...others].map(speed),
      ...others.map(({ milliseconds }) => (milliseconds / own!.milliseconds).toFixed(2)),
      start.toExponential(0),
      Math.max(0, ...apart.flat()).toExponential(0),
    ]);
  }
}

function speed({ milliseconds }: Score): string {
  return milliseconds.toFixed(2);
}

/** What crosses the border once per run: the same training without any step, as a share of the time of a run. */
async function border(runtime: Runtime): Promise<void> {
  print(`\nState between runs of ${sizes[0]!.steps} steps: time of a run without steps, as a share\n`);
  head(['batch x width', 'run without steps, ms', 'run, ms', 'share']);
  for (const size of sizes) {
    const full = engineContestant(runtime, denoiser, 'run');
    const empty = engineContestant(runtime, (asked) => denoiser({ ...asked, steps: 0 }), 'empty');
    // A run without steps reports the time of the whole run.
    const none: Contestant = { name: empty.name, open: (asked) => empty.open({ ...asked, steps: 0 }) };
    const [run, nothing] = await alternate([full, none], size, rounds);
    const whole = run!.milliseconds * size.steps;
    const share = `${((100 * nothing!.milliseconds) / whole).toFixed(1)} %`;
    row([sizeText(size), nothing!.milliseconds.toFixed(2), whole.toFixed(1), share]);
  }
}

async function memory(): Promise<void> {
  print('\nPeak resident memory above that of training one hidden unit, in MiB\n');
  head(['batch x width', 'parameters + Adam + average + data', 'peak above baseline', 'ratio', 'baseline']);
  for (const size of sizes) {
    const { held, baseline, peak } = await memoryUse(size, threads);
    const above = peak - baseline;
    row([sizeText(size), megabytes(held), megabytes(above), (above / held).toFixed(2), megabytes(baseline)]);
  }
}

async function profile(): Promise<void> {
  print('\nTime of the nodes of the denoiser by kind, milliseconds per step and share\n');
  head(['batch x width', ...workKinds]);
  for (const size of sizes) {
    const found = await profileTraining(denoiser, size, threads);
    const total = workKinds.reduce((sum, kind) => sum + found[kind], 0);
    const cell = (part: number): string => `${part.toFixed(2)} (${((100 * part) / total).toFixed(0)} %)`;
    row([sizeText(size), ...workKinds.map((kind) => cell(found[kind]))]);
  }
}

/** Contestants beside ONNX Runtime; what is absent is said. */
async function others(): Promise<Contestant[]> {
  const found: Contestant[] = [];
  try {
    found.push(engineContestant(await loadTensorflow(), denoiser));
  } catch (error) {
    print(`TensorFlow takes no part: ${messageOf(error)}`);
  }
  const torch = await torchContestants(threads);
  if ('missing' in torch) print(`PyTorch takes no part: ${torch.missing}`);
  else found.push(...torch);
  return found;
}

const runtime = onnxRuntime({ threads });
await race(
  'Derived gradients against gradients by hand (three layers, Adam; by hand without bias correction, so that later losses differ)',
  [engineContestant(runtime, plainMlp, 'derived'), spikeContestant(threads)],
);
await race('The denoiser (three residual blocks; AdamW, clipping, moving average)', [
  engineContestant(runtime, denoiser),
  ...(await others()),
]);
await border(runtime);
await memory();
await profile();
await runtime.close();
