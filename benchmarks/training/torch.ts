import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestant.ts';
import { averageDecay, learningRate, weightDecay } from './engine.ts';
import { conditionWidth, dataRows, designWidth } from './models.ts';

/** From the compiled file to the script, which is not compiled. */
const script = fileURLToPath(new URL('../../../benchmarks/peers/torch_training.py', import.meta.url));

/** A Python process that answers one JSON line with one. */
class Peer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private failure: Error | undefined;

  constructor(threads: number) {
    const count = String(threads);
    const env = { ...process.env, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count };
    this.child = spawn(process.env['DIFFOPT_PYTHON'] ?? 'python3', [script], { env });
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

/** PyTorch with the residual denoiser, or why it cannot take part. */
export async function torchContestant(threads: number): Promise<Contestant | { readonly missing: string }> {
  const probe = new Peer(threads);
  try {
    const answer = (await probe.next()) as { readonly ready?: string; readonly missing?: string };
    if (answer.ready === undefined) return { missing: answer.missing ?? 'no answer' };
    return { name: `PyTorch ${answer.ready}`, open: (size) => openTorch({ ...size, threads }) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  } finally {
    probe.end();
  }
}

async function openTorch(size: object): ReturnType<Contestant['open']> {
  const peer = new Peer((size as { threads: number }).threads);
  await peer.next();
  const shared = { designWidth, conditionWidth, dataRows, learningRate, weightDecay, averageDecay };
  await peer.ask({ open: { ...size, ...shared } });
  return {
    run: async () => (await peer.ask({ run: true })) as { milliseconds: number; loss: number },
    close: () => Promise.resolve(peer.end()),
  };
}
