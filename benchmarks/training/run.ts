import { availableParallelism } from 'node:os';
import { loadTensorflow, onnxRuntime, type Runtime } from '../../src/graph/index.ts';
import { messageOf } from '../../src/base/index.ts';
import { alternate, type Contestant, type Score, type Size } from './contestant.ts';
import { engineContestant } from './engine.ts';
import { memoryUse } from './memory.ts';
import { plainMlp, residualMlp } from './models.ts';
import { spikeContestant } from './spike.ts';
import { torchContestant } from './torch.ts';

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

/** One row per size: milliseconds per step of each, and how many times as fast as the last the first is. */
async function race(title: string, contestants: readonly Contestant[]): Promise<void> {
  print(`\n${title}; milliseconds per step, medians of ${rounds} alternations, ${threads} threads\n`);
  const ratio = contestants.length > 1 ? [`${contestants.at(-1)!.name} / ${contestants[0]!.name}`] : [];
  head(['batch x width', ...contestants.map(({ name }) => name), ...ratio]);
  for (const size of sizes) {
    const scores = await alternate(contestants, size, rounds);
    const quotient = scores.at(-1)!.milliseconds / scores[0]!.milliseconds;
    row([sizeText(size), ...scores.map(speed), ...ratio.map(() => quotient.toFixed(2))]);
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
    const full = engineContestant(runtime, residualMlp, 'run');
    const empty = engineContestant(runtime, (asked) => residualMlp({ ...asked, steps: 0 }), 'empty');
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

/** Contestants beside ONNX Runtime; what is absent is said. */
async function others(): Promise<Contestant[]> {
  const found: Contestant[] = [];
  try {
    found.push(engineContestant(await loadTensorflow(), residualMlp));
  } catch (error) {
    print(`TensorFlow takes no part: ${messageOf(error)}`);
  }
  const torch = await torchContestant(threads);
  if ('missing' in torch) print(`PyTorch takes no part: ${torch.missing}`);
  else found.push(torch);
  return found;
}

const runtime = onnxRuntime({ threads });
await race('Derived gradients against gradients by hand (three layers, Adam)', [
  engineContestant(runtime, plainMlp, 'derived'),
  spikeContestant(threads),
]);
await race('Residual denoiser (AdamW, clipping, moving average)', [
  engineContestant(runtime, residualMlp),
  ...(await others()),
]);
await border(runtime);
await memory();
await runtime.close();
