import { beforeAll, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderWith } from '../support/cli.ts';
import {
  answersIn,
  factsIn,
  fileOf,
  optimizing,
  optimizingArgs,
  optimizingFiles,
  writeFiles,
  type Fact,
} from '../support/optimizing.ts';

const args = ['--json', '--concurrency', '3', '--seed', '5'];

/** What a run that is not killed leaves in its folder. */
async function leftBy<Left>(flags: readonly string[], left: (folder: string) => Left): Promise<Left> {
  const folder = mkdtempSync(join(tmpdir(), 'diffopt-'));
  try {
    writeFiles(folder);
    expect(await optimizing({ folder, flags, args })).toMatchObject({ code: 0 });
    return left(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let whole: readonly string[] = [];

beforeAll(async () => {
  whole = await leftBy(optimizingArgs, resultsIn);
  expect(whole[0]!.split('\n')).toHaveLength(14);
});

function resultsIn(folder: string): readonly string[] {
  return ['evaluations.csv', 'best.json'].map((name) => fileOf(folder, 'run', name));
}

/** Starts an optimization and kills it at a moment; resolves with the events that it printed. */
type Kill = (folder: string) => Promise<readonly Fact[]>;

function itself(env: Readonly<Record<string, string>>): Kill {
  return async (folder) => {
    const { signal, stdout } = await optimizing({ folder, args, env });
    expect(signal).toBe('SIGKILL');
    return factsIn(stdout);
  };
}

const at = (moment: string): Kill => itself({ DIFFOPT_TEST_KILL: moment });

/** In the midst of looking for the second round's designs, by so many pieces of work. */
function computing(pieces: number): Kill {
  return async (folder) => {
    const events = await at(`compute ${pieces}`)(folder);
    expect(fileOf(folder, 'run', 'journal.jsonl')).toContain('"event":"round","round":1');
    expect(fileOf(folder, 'run', 'journal.jsonl')).not.toContain('"round":2');
    return events;
  };
}

// The journal's appends: asked, six told (fewer when some come together), round, ...
const moments: readonly (readonly [string, Kill])[] = [
  ['while the journal is begun', at('rename journal.jsonl 1 before')],
  ['when what is asked is half written', at('append 1 half')],
  ['when what is told is half written', at('append 3 half')],
  ['before what is told is synced', at('append 2 before-sync')],
  ['while evaluations.csv is renamed', at('rename evaluations.csv 1 before')],
  ['when best.json was renamed', at('rename best.json 1 after')],
  ['as soon as designs are asked for', computing(1)],
  ['while models are fitted', computing(20)],
  ['while the oracle evaluates learnt designs', itself({ ORACLE_KILLS: 'r2-5', ORACLE_MS: '50' })],
  ['when the last results were written', at('rename evaluations.csv 2 after')],
  ['while the report is renamed', at('rename report.html 1 before')],
];

describe('an optimization that is killed', () => {
  it.each(moments)('%s loses nothing that was told, and goes on as if nothing had happened', async (_, kill) => {
    const folder = folderWith(optimizingFiles);
    const events = await kill(folder);
    const end = await optimizing({ folder, args });
    expect([end.code, end.stderr.includes('unexpected')]).toEqual([0, false]);
    expect(resultsIn(folder)).toEqual(whole);
    expect(readdirSync(join(folder, 'run')).sort()).toEqual([
      'best.json',
      'evaluations.csv',
      'journal.jsonl',
      'report.html',
    ]);

    // What was acknowledged before the kill was not asked of the oracle again, and all rewards are what it answered.
    const answers = answersIn(folder);
    const told = new Map(
      factsIn(fileOf(folder, 'run', 'journal.jsonl'))
        .filter(({ event }) => event === 'told')
        .map(({ id, reward }) => [id, reward]),
    );
    for (const { id, reward } of events.filter(({ event }) => event === 'evaluated')) {
      expect(told.get(id)).toBe(reward);
      expect(answers.filter((answer) => answer['id'] === id)).toHaveLength(1);
    }
    expect(told.size).toBe(12);
    for (const { id, reward } of answers) expect(told.get(id)).toBe(reward);
    expect(answers.length).toBeLessThanOrEqual(12 + 3);
  });
});

describe('an optimization without candidates', () => {
  const catalogue = optimizingArgs.indexOf('--candidates');
  const flags = optimizingArgs.filter((_, i) => i !== catalogue && i !== catalogue + 1);

  const filesIn = (folder: string) => [...resultsIn(folder), readFileSync(join(folder, 'run', 'model.onnx'), 'base64')];
  let never: readonly string[] = [];

  beforeAll(async () => {
    never = await leftBy(flags, filesIn);
  }, 60_000);

  it.each([
    ['while the denoiser trains', 'compute 60'],
    ['while its model is renamed', 'rename model.onnx 1 before'],
    ['when its model was renamed', 'rename model.onnx 1 after'],
  ])(
    'that is killed %s goes on as if nothing had happened',
    async (_, moment) => {
      const killed = folderWith(optimizingFiles);
      const env = { DIFFOPT_TEST_KILL: moment };
      expect((await optimizing({ folder: killed, flags, args, env })).signal).toBe('SIGKILL');
      expect(fileOf(killed, 'run', 'journal.jsonl')).not.toContain('"round":2');
      expect(existsSync(join(killed, 'run', 'model.onnx'))).toBe(moment.endsWith('after'));
      expect((await optimizing({ folder: killed, flags, args })).code).toBe(0);
      expect(filesIn(killed)).toEqual(never);
      expect(readdirSync(join(killed, 'run')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
    60_000,
  );
});
