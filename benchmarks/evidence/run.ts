/**
 * Evidence for three claims, on data whose truth is known: that rows without a reward help, that rows that failed help, and that little
 * trust means large errors. What stands in the file of measurements for the same code is not measured again.
 *
 *     node dist/benchmarks/evidence/run.js [--part unlabelled,failed,trust] [--seeds 0..2] [--out FILE.jsonl] [--into FILE.md]
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { packageRoot } from '../data.ts';
import { openCells, proposingCode, type CellFile } from '../offline/cells.ts';
import { readNames, readSeeds } from '../offline/flags.ts';
import { note, runBenchmark, writeBlock } from '../offline/program.ts';
import { failing } from './failing.ts';
import type { Part } from './part.ts';
import { trust } from './trust.ts';
import { unlabelled } from './unlabelled.ts';

interface Request {
  readonly code: string;
  readonly seeds: readonly number[] | undefined;
  readonly file: CellFile;
  readonly into: string | undefined;
}

/** Measures what is missing of a part, prints the results and writes them to their place. */
async function show(name: PartName, { code, seeds, file, into }: Request): Promise<void> {
  const { settings, seeds: usual, measure, text } = parts[name];
  for (const seed of seeds ?? usual) {
    for (const setting of settings) {
      const key = { code, part: `evidence-${name}`, ...setting, seed };
      if (file.find(key) !== undefined) continue;
      const started = performance.now();
      const { cell, line } = await measure(key);
      file.add(cell);
      const seconds = (performance.now() - started) / 1000;
      note(`${key.task}, ${key.method}, seed ${seed}: ${line}, ${seconds.toFixed(0)} s`);
    }
  }
  const cells = settings.flatMap((setting) => file.of({ code, part: `evidence-${name}`, ...setting }));
  writeBlock(`evidence-${name}`, text(cells), { code, into });
}

const partNames = ['unlabelled', 'failed', 'trust'] as const;
type PartName = (typeof partNames)[number];

const parts: { readonly [Name in PartName]: Part } = { unlabelled, failed: failing, trust };

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: partNames.join(',') },
      seeds: { type: 'string' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'evidence.jsonl') },
      into: { type: 'string' },
    },
  });
  const request: Request = {
    code: proposingCode(join('evidence', 'measure'), 'functions', 'methods', 'tasks'),
    seeds: values.seeds === undefined ? undefined : readSeeds(values.seeds),
    file: openCells(values.out),
    into: values.into,
  };
  for (const name of readNames('part', values.part, partNames)) await show(name, request);
  return 0;
});
