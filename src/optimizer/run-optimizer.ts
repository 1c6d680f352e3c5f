import { orderedEvaluations, type Run, type RunRecord, type Source, type Tell } from '../run/index.ts';
import type { Space } from '../space/index.ts';
import { tellOf, type Evaluation } from './evaluation.ts';
import { DiffusionOptimizer, type AskedDesign } from './optimizer.ts';
import type { AskOptions, OptimizerOptions } from './optimizer-options.ts';
import { stateOf } from './state.ts';
import { isAnother, type Recommended } from './recommend.ts';
import type { Best } from './stopping.ts';

/** An evaluation as a run keeps it. */
export function journalled(evaluation: Evaluation, source: Source): Tell {
  return { ...tellOf(evaluation), source };
}

/** The past evaluations that a run was not told yet: those without an id are told in their order, and a kill may cut that short. */
function untoldData({ asks, evaluations }: RunRecord, data: readonly Evaluation[]): readonly Evaluation[] {
  if (asks > 0) return [];
  const told = evaluations.filter(({ id, source }) => source === 'table' && id === undefined).length;
  let nameless = 0;
  return data.filter(({ id }) => id !== undefined || nameless++ >= told);
}

/** Tells a run the past evaluations that it was begun with, or the rest of them. */
export async function tellData(run: Run, data: readonly Evaluation[]): Promise<void> {
  await run.tell(untoldData(run.record, data).map((one) => journalled(one, 'table')));
}

/** The optimizer that knows what a run knows; threads and the most evaluations are the run's where options do not say them. */
export function optimizerOfRun({ record }: Run, space: Space, options: OptimizerOptions): DiffusionOptimizer {
  const { threads, evaluations } = record.settings;
  const kept = { threads, ...(evaluations === undefined ? {} : { evaluations }), ...options };
  return DiffusionOptimizer.fromState(stateOf(space, kept, record), kept);
}

/** The denoiser of the latest round that trained one, in a run's directory. */
export const runModelFile = 'model.onnx';

/**
 * Asks for designs and journals them, after the model they come from is kept as a file: once they are journalled, no ask will make it
 * again. Rejects as `ask` does, with nothing journalled, and with a `stopped` error when the run cannot be written.
 */
export async function askForRun(
  run: Run,
  optimizer: DiffusionOptimizer,
  count: number,
  options: AskOptions,
): Promise<readonly AskedDesign[]> {
  const models: ((reward: string) => Uint8Array)[] = [];
  const onModel: AskOptions['onModel'] = (file) => {
    models.push(file);
    options.onModel?.(file);
  };
  const asked = await optimizer.ask(count, { ...options, onModel });
  for (const file of models) await run.writeFile(runModelFile, file(run.record.settings.reward));
  options.signal?.throwIfAborted();
  await run.ask(optimizer.round, asked);
  return asked;
}

/**
 * Rewrites the results of a run; `best` is the best design with the mean of its rewards, `recommended` what all measurements find best, kept
 * where it is another.
 */
export async function writeRunResults(
  { record, space, writeResults }: Run,
  best: Best | undefined,
  recommended?: Recommended,
): Promise<void> {
  const first = orderedEvaluations(record).find(
    ({ status, design }) => status === 'measured' && space.names.every((name) => design[name] === best?.design[name]),
  );
  if (best === undefined || first?.status !== 'measured') await writeResults();
  else {
    const more = isAnother(recommended, best) ? { recommended } : {};
    await writeResults({ ...first, reward: best.reward }, more);
  }
}
