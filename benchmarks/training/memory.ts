import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onnxRuntime, type NamedValues } from '../../src/graph/index.ts';
import { peakBytes } from '../peak-memory.ts';
import type { Size } from './contestant.ts';
import { engineContestant } from './engine.ts';
import { drawn, denoiser } from './models.ts';

export interface MemoryUse {
  /** Bytes of parameters, both moments, the moving average and the data set. */
  readonly held: number;
  /** Peak resident bytes of the process after training a small network. */
  readonly baseline: number;
  /** The same after training this one. */
  readonly peak: number;
}

const bytesOf = (values: NamedValues): number =>
  Object.values(values).reduce((total, { data }) => total + data.byteLength, 0);

async function measure(size: Size, threads: number): Promise<MemoryUse> {
  const runtime = onnxRuntime({ threads });
  const contestant = engineContestant(runtime, denoiser);
  const trainFor = async (trained: Size, runs: number): Promise<void> => {
    const training = await contestant.open(trained);
    for (let run = 0; run < runs; run++) await training.run();
    await training.close();
  };
  await trainFor({ ...size, batch: 1, width: 1 }, 2);
  const baseline = peakBytes();
  await trainFor(size, 5);
  const peak = peakBytes();
  const { parameters, data } = drawn(denoiser(size));
  const held = 4 * bytesOf(parameters) + bytesOf(data);
  await runtime.close();
  return { held, baseline, peak };
}

/** Peak memory of training at a size, in a process of its own. */
export function memoryUse(size: Size, threads: number): Promise<MemoryUse> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify({ size, threads })]);
    child.on('message', (answer) => resolve(answer as MemoryUse));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The measuring process ended with ${code}`)));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { size, threads } = JSON.parse(process.argv[2]!) as { size: Size; threads: number };
  process.send?.(await measure(size, threads));
}
