import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mapValues, stepRates, type NamedValues } from '../../src/graph/index.ts';
import type { Contestant, Run, Size, Training } from './contestant.ts';
import { averageDecay, learningRate, weightDecay } from './engine.ts';
import { blocks, denoiser, drawn } from './models.ts';

/** From the compiled file to the script, which is not compiled. */
const script = fileURLToPath(new URL('../../../benchmarks/peers/torch_training.py', import.meta.url));

/** A Python process that answers one JSON line with one. */
class Peer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private failure: Error | undefined;

  constructor(threads: number) {
    const count = String(threads);
    // Threads that wait give their core away: the contestants share the machine.
    const threading = {
      OMP_NUM_THREADS: count,
      MKL_NUM_THREADS: count,
      OMP_WAIT_POLICY: 'passive',
      GOMP_SPINCOUNT: '0',
    };
    this.child = spawn(process.env['DIFFOPT_PYTHON'] ?? 'python3', [script], { env: { ...process.env, ...threading } });
    this.child.on('error', (error) => (this.failure = error));
    this.child.stdin.on('error', (error) => (this.failure = error));
    this.child.stderr.pipe(process.stderr);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async next(): Promise<unknown> {
    const line = await this.lines.next();
    if (line.done === true) throw this.failure ?? new Error('The Python process ended');
    return JSON.parse(line.value) as unknown;
  }

  ask(request: unknown): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }

  end(): void {
    this.child.stdin.end();
  }
}

/** PyTorch with the denoiser, its AdamW op by op (the default on a processor) and fused; or why it cannot take part. */
export async function torchContestants(threads: number): Promise<Contestant[] | { readonly missing: string }> {
  const probe = new Peer(threads);
  try {
    const answer = (await probe.next()) as { readonly ready?: string; readonly missing?: string };
    if (answer.ready === undefined) return { missing: answer.missing ?? 'no answer' };
    return [false, true].map((fused) => ({
      name: `PyTorch ${answer.ready}${fused ? ', fused AdamW' : ''}`,
      open: (size) => openTorch(size, threads, fused),
    }));
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  } finally {
    probe.end();
  }
}

/** Little-endian bytes, as text. */
const encoded = (values: NamedValues) =>
  mapValues(values, ({ shape, data }) => ({
    shape,
    type: data instanceof Int32Array ? 'int32' : 'float32',
    bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  }));

async function openTorch(size: Size, threads: number, fused: boolean): Promise<Training> {
  const peer = new Peer(threads);
  await peer.next();
  const { parameters, data, inputs } = drawn(denoiser(size));
  const values = { parameters: encoded(parameters), data: encoded(data), inputs: encoded(inputs()) };
  await peer.ask({ open: { threads, fused, blocks, learningRate, weightDecay, steps: size.steps, ...values } });
  let step = 0;
  return {
    run: async () => {
      const rates = stepRates(step, size.steps, { learningRate: () => learningRate, weightDecay, averageDecay });
      step += size.steps;
      return (await peer.ask({ run: { keep: Array.from(rates['keep']!.data) } })) as Run;
    },
    close: () => Promise.resolve(peer.end()),
  };
}
