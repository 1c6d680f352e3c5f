/**
 * Little data: what is chosen from tables of which only 20, 100 or 500 rows are known, beside chance and the candidates nearest to the
 * best rows. What stands in the file of measurements for the same code is not measured again.
 *
 *     node dist/benchmarks/little/run.js [--tables a,b] [--seeds 0..7] [--out FILE.jsonl] [--into FILE.md]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../data.ts';
import { openCells, proposingCode } from '../offline/cells.ts';
import { readNames, readSeeds } from '../offline/flags.ts';
import { note, runBenchmark, writeBlock } from '../offline/program.ts';
import { littleCell, type LittleCell } from './cell.ts';
import { choiceCount, littleSizes, littleTableNames, loadLittleTable, sizeExists } from './tables.ts';
import { littleText } from './tables-text.ts';

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      tables: { type: 'string', default: littleTableNames.join(',') },
      seeds: { type: 'string', default: '0..7' },
      out: { type: 'string', default: join(packageRoot(), 'out', 'little.jsonl') },
      into: { type: 'string' },
    },
  });
  const seeds = readSeeds(values.seeds);
  const file = openCells(values.out);
  const code = proposingCode('little');
  const cells: LittleCell[] = [];
  for (const name of readNames('tables', values.tables, littleTableNames)) {
    const table = await loadLittleTable(name);
    for (const size of littleSizes.filter((rows) => sizeExists(table, rows))) {
      const count = choiceCount(table.designs.length, size);
      for (const seed of seeds) {
        const key = { code, part: 'little', task: `${name}, ${size} rows`, method: 'all', seed, count };
        const known = file.find(key) as LittleCell | undefined;
        const cell = known ?? (await littleCell(table, size, key));
        cells.push(cell);
        if (known !== undefined) continue;
        file.add(cell);
        const { ours, random } = cell.outcomes;
        note(
          `${key.task}, seed ${seed}: ${ours.mean.toFixed(3)} (chance ${random.mean.toFixed(3)}), ${cell.seconds.toFixed(1)} s`,
        );
      }
    }
  }
  writeBlock('little', littleText(cells), { code, into: values.into });
  return 0;
});
