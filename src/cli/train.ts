import { randomStream, writeWhole } from '../base/index.ts';
import { createRuntime } from '../graph/index.ts';
import { defaultThreads, defaultWeighting, modelFile, trainOnTable, type TrainedDenoiser } from '../optimizer/index.ts';
import type { Table } from '../table/index.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import { computingFlags, talkFlags, type ComputingValues, type TalkValues } from './computing.ts';
import { dataFlags, openTable, type DataValues } from './data.ts';
import { requiredTextFlag, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { createReporter } from './progress.ts';
import { print, type Session } from './session.ts';
import { countOf } from './text.ts';

interface Values extends DataValues, TalkValues, ComputingValues {
  readonly out: string;
}

const flags: FlagsOf<Values> = {
  ...dataFlags,
  out: requiredTextFlag({ group: 'Output', help: 'the .onnx file to write' }),
  ...talkFlags,
  ...computingFlags,
};

async function trainModel(
  table: Table,
  { seed = 0, runtime: name = 'onnx', threads = defaultThreads() }: Values,
  context: Pick<Parameters<typeof trainOnTable>[2], 'observer' | 'signal'>,
): Promise<TrainedDenoiser> {
  const runtime = await createRuntime(name, { threads });
  try {
    const stream = randomStream(seed).split('train');
    return await trainOnTable(table, runtime, { ...context, stream, weighting: defaultWeighting });
  } finally {
    await runtime.close();
  }
}

function outcome({ curve }: TrainedDenoiser, table: Table, values: Values) {
  const at = curve.steps.indexOf(curve.bestStep);
  return {
    model: values.out,
    reward: table.reward,
    direction: table.direction,
    rows: table.designs.length,
    steps: curve.bestStep,
    loss: curve.heldOut[at],
    seed: values.seed ?? 0,
    space: table.space.definition,
  };
}

async function run([file]: Files, values: Values, session: Session): Promise<void> {
  const { signal, stdout } = session;
  checkOutputs(
    [
      { role: 'the table', file },
      { role: '--space', file: values.space },
    ],
    [
      { role: '--out', file: values.out },
      { role: '--save-space', file: values['save-space'] },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  try {
    const table = await openTable(file, values, reporter, signal);
    const trained = await trainModel(table, values, { observer: reporter.observer, signal });
    signal.throwIfAborted();
    await writeWhole(values.out, modelFile(trained, table));
    reporter.end();
    const facts = outcome(trained, table, values);
    const loss = facts.loss === undefined ? '' : `, held-out denoising loss ${facts.loss.toPrecision(3)}`;
    const text = values.json
      ? JSON.stringify(facts, null, 2)
      : `trained on ${countOf(facts.rows, 'row')}: ${countOf(facts.steps, 'step')}${loss}\n\nmodel  ${values.out}`;
    await print(stdout, `${text}\n`);
  } finally {
    reporter.end();
  }
}

/** A table in, a model file out. */
export const train: Command = defineCommand<Values>({
  name: 'train',
  operands: ['DATA.csv'],
  summary: 'train on a table and save the model',
  description:
    'Trains the conditional diffusion model on a table (CSV, plain or gzipped) and saves it as one .onnx file, from which ' +
    'diffopt sample, or any ONNX Runtime, draws designs.',
  flags,
  examples: [['diffopt train runs.csv --reward yield --out yield.onnx', 'a model to sample from']],
  run,
});
