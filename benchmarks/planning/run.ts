/**
 * Trajectories by conditional diffusion, start and goal held by inpainting: planned from a table of random paths, and in a loop that
 * measures. What stands in the file of measurements for the same code is not measured again.
 *
 *     node dist/benchmarks/planning/run.js [--seeds 0..2] [--out FILE.jsonl] [--into FILE.md] [--picture FILE.svg]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../data.ts';
import { openCells, proposingCode } from '../offline/cells.ts';
import { readSeeds } from '../offline/flags.ts';
import { runBenchmark, writeBlock } from '../offline/program.ts';
import { loopNames } from './loop.ts';
import { loopCells, measurePlans, planCells } from './measure.ts';
import { planningPicture } from './picture.ts';
import { loopTable, planTable } from './tables.ts';
import { inpainted, wayNames } from './ways.ts';

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '0..2' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'planning.jsonl') },
      into: { type: 'string' },
      picture: { type: 'string' },
    },
  });
  const code = proposingCode('planning', 'functions', 'methods');
  const file = openCells(values.out);
  const seeds = readSeeds(values.seeds);
  for (const seed of seeds) await measurePlans(code, seed, file);
  const asked = <C extends { readonly seed: number }>(cells: readonly C[]): readonly C[] =>
    cells.filter(({ seed }) => seeds.includes(seed));
  const plans = wayNames.map((name) => ({ name, cells: asked(planCells(code, name, file)) }));
  const loops = loopNames.map((name) => ({ name, cells: asked(loopCells(code, name, file)) }));
  writeBlock('planning', `${planTable(plans)}\n\n${loopTable(loops)}`, { code, into: values.into });
  if (values.picture !== undefined) {
    const [table, sample] = [
      asked(planCells(code, 'best rows of the table', file))[0]!,
      asked(planCells(code, inpainted, file))[0]!,
    ];
    const loop = asked(loopCells(code, 'this package', file))[0]!;
    const paths = [
      { name: `best row of the table, cost ${table.best.toFixed(2)}`, design: table.cheapest },
      { name: `best inpainted sample, cost ${sample.best.toFixed(2)}`, design: sample.cheapest },
      { name: `the loop's best, cost ${loop.costs.at(-1)!.toFixed(2)}`, design: loop.cheapest },
    ];
    writeFileSync(
      values.picture,
      planningPicture(paths, { name: 'inpainted samples as they come', designs: sample.first }),
    );
  }
  return 0;
});
