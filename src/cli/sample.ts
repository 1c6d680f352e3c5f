import { readBytes, writeWhole } from '../base/index.ts';
import {
  defaultCount,
  defaultGuidance,
  encodeNpy,
  readModel,
  sampleModel,
  sampleNoise,
  type LoadedModel,
  type Sampled,
} from '../optimizer/index.ts';
import { formatCell, writeDesigns, writeDesignsTo } from '../table/index.ts';
import { exactDecimals } from './columns.ts';
import { defineCommand, type Command, type Files } from './command.ts';
import {
  outputFlags,
  seedFlag,
  threadsFlag,
  type OutputValues,
  type SeedValues,
  type ThreadsValues,
} from './computing.ts';
import { fixedValues } from './data.ts';
import { anyNumber, numberBetween, numberFlag, repeatedFlag, textFlag, wholeFromOne, type FlagsOf } from './flags.ts';
import { checkOutputs } from './paths.ts';
import { createReporter } from './progress.ts';
import { print, type Session } from './session.ts';
import { countOf } from './text.ts';

interface Values extends OutputValues, SeedValues, ThreadsValues {
  readonly count: number | undefined;
  readonly target: number | undefined;
  readonly guidance: number | undefined;
  readonly fix: readonly string[];
  readonly 'save-noise': string | undefined;
}

const flags: FlagsOf<Values> = {
  count: numberFlag(
    { group: 'What to ask for', help: 'number of designs', fallback: String(defaultCount) },
    wholeFromOne,
  ),
  target: numberFlag(
    {
      group: 'What to ask for',
      help: 'the reward to ask the model for, in its own units',
      fallback: 'the best of the data',
    },
    anyNumber,
  ),
  guidance: numberFlag(
    {
      group: 'What to ask for',
      help: 'how hard to push towards the target: 0 ignores it, 1 is what was learnt, up to 20',
      fallback: String(defaultGuidance),
    },
    numberBetween(0, 20),
  ),
  fix: repeatedFlag({ group: 'What to ask for', help: 'name=value: a parameter that keeps a value (may be repeated)' }),
  ...outputFlags,
  'save-noise': textFlag({
    group: 'Output',
    help: 'write the noise that the designs are made from to this .npy file, for other programs that run the model',
  }),
  ...seedFlag,
  ...threadsFlag,
};

function asJson({ designs, infeasible }: Sampled, { facts }: LoadedModel, file: string, values: Values): string {
  const { reward, direction, best } = facts;
  const { target = best, guidance = defaultGuidance, seed = 0, out } = values;
  const content = { reward, direction, designs, target, guidance, infeasible, seed, model: file, files: { out } };
  return `${JSON.stringify(content, null, 2)}\n`;
}

async function run([file]: Files, values: Values, session: Session): Promise<void> {
  const { signal, stdout } = session;
  const noiseFile = values['save-noise'];
  checkOutputs(
    [{ role: 'the model', file }],
    [
      { role: '--out', file: values.out },
      { role: '--save-noise', file: noiseFile },
    ],
  );
  const reporter = createReporter(session.stderr, values.quiet);
  try {
    const model = readModel(await readBytes(file, 'a model file'), file);
    const { facts, space } = model;
    const { count = defaultCount, target, guidance, seed, threads } = values;
    const fix = fixedValues(space, values.fix);
    const options = {
      count,
      ...(target === undefined ? {} : { target }),
      ...(guidance === undefined ? {} : { guidance }),
      ...(seed === undefined ? {} : { seed }),
      ...(threads === undefined ? {} : { threads }),
      ...(fix === undefined ? {} : { fix }),
      observer: reporter.observer,
      signal,
    };
    const sampled = await sampleModel(model, options);
    signal.throwIfAborted();
    const asked = formatCell(target ?? facts.best, facts.decimals[facts.reward]);
    reporter.note(
      `${file}: trained on ${countOf(facts.rows, 'row')}; ${facts.direction === 'maximize' ? 'maximizing' : 'minimizing'} ${facts.reward}, asked for ${asked}`,
    );
    if (sampled.infeasible > 0) reporter.note(`${countOf(sampled.infeasible, 'infeasible design')} drawn again`);
    reporter.end();
    const { designs } = sampled;
    const columns = { columns: facts.columns, decimals: exactDecimals(facts.columns, facts.decimals, designs) };
    if (noiseFile !== undefined) await writeWhole(noiseFile, encodeNpy(sampleNoise(model, options)));
    if (values.out !== undefined) await writeDesigns(values.out, designs, columns);
    if (values.json) await print(stdout, asJson(sampled, model, file, values));
    else if (values.out === undefined) await writeDesignsTo(stdout, designs, columns);
    else await print(stdout, `designs  ${values.out}\n`);
  } finally {
    reporter.end();
  }
}

/** A model file in, designs out. */
export const sample: Command = defineCommand<Values>({
  name: 'sample',
  operands: ['MODEL.onnx'],
  summary: 'draw designs from a saved model',
  description:
    'Draws designs from a model that diffopt train saved. They come as the model draws them: not ranked, and some may repeat one ' +
    'another or the data.',
  flags,
  examples: [
    ['diffopt sample yield.onnx --count 1000 --target 95 --out designs.csv', 'a thousand for a yield of 95'],
    ['diffopt sample yield.onnx --fix catalyst=A', 'with catalyst A, to stdout'],
  ],
  run,
});
