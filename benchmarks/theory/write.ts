import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../offline/program.ts';
import { asMarkdown, heading, paragraph, type Block } from '../runner/tables/document.ts';
import type { TheoryCell } from './experiments/cell.ts';
import { theoryPictures } from './pictures.ts';
import type { TheorySettings } from './experiments/settings.ts';
import { theoryBlocks } from './tables.ts';

export interface TheoryFiles {
  readonly results: string;
  readonly markdown: string;
  readonly pictures: readonly string[];
}

function settingsText({ ambient, latent, labelled, unlabelled, samples, noise, penalty }: TheorySettings): string {
  return (
    `Designs x = A z in ${ambient} dimensions, z standard normal in ${latent}; ${labelled} labelled rows (noise ${noise}), ${unlabelled} unlabelled; ` +
    `${samples} samples; true reward less ${penalty} for a unit of squared distance off the subspace. Mean ± standard error over runs.`
  );
}

/** Writes `theory.md` and its pictures into a folder. */
export function writeTheory(
  out: string,
  cells: readonly TheoryCell[],
  settings: TheorySettings,
  code: string,
): TheoryFiles {
  mkdirSync(out, { recursive: true });
  const pictures = theoryPictures(cells, settings);
  for (const { file, svg } of pictures) writeFileSync(join(out, file), svg);
  const cpu = cells.reduce((sum, cell) => sum + cell.cpuSeconds, 0);
  const blocks: readonly Block[] = [
    heading(1, 'Experiments of the theory'),
    paragraph(`${machine(code)} ${cells.length} cells, ${(cpu / 60).toFixed(1)} minutes of processor time.`),
    paragraph(settingsText(settings)),
    ...theoryBlocks(cells, settings),
    ...pictures.map(({ file, title }): Block => ({ kind: 'picture', file, title })),
  ];
  const markdown = join(out, 'theory.md');
  writeFileSync(markdown, asMarkdown(blocks));
  return { results: join(out, 'results.jsonl'), markdown, pictures: pictures.map(({ file }) => join(out, file)) };
}
