import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../offline/program.ts';
import type { BenchmarkCell, OfflineCell, OnlineCell } from './cells.ts';
import { asHtml, asMarkdown, heading, paragraph, table, type Block } from './tables/document.ts';
import { offlineBlocks } from './tables/offline.ts';
import { onlineBlocks, onlineTasks } from './tables/online.ts';
import { convergencePlot } from './tables/plot.ts';
import { groupedBy } from './tables/text.ts';

/** What a run leaves behind. */
export interface ResultFiles {
  /** Every cell as a line of JSON. */
  readonly results: string;
  readonly markdown: string;
  readonly html: string;
  /** One picture of convergence for each online task. */
  readonly pictures: readonly string[];
}

const title = 'Benchmark results';

function versionsIn(cells: readonly BenchmarkCell[]): string {
  const own = [...new Set(cells.map((cell) => `diffusion-optimizer ${cell.package} (Node ${cell.node})`))];
  const others = cells.flatMap(({ versions = {} }) =>
    Object.entries(versions).map(([name, text]) => `${name} ${text}`),
  );
  return [...own, ...new Set(others)].join(', ');
}

function failures(cells: readonly BenchmarkCell[]): readonly Block[] {
  const wrong = cells.filter(({ status }) => status === 'failed' || status === 'missing');
  if (wrong.length === 0) return [];
  const groups = groupedBy(wrong, ({ status, method, message = '' }) => JSON.stringify([status, method, message]));
  return [
    heading(2, 'Failed and missing'),
    table<readonly BenchmarkCell[]>(
      [
        { name: 'method', align: 'left', cell: ([first]) => first!.method },
        { name: 'what', align: 'left', cell: ([first]) => first!.status },
        { name: 'cells', align: 'right', cell: (own) => `${own.length}` },
        { name: 'tasks', align: 'left', cell: (own) => [...new Set(own.map(({ task }) => task))].join(', ') },
        { name: 'message', align: 'left', cell: ([first]) => first!.message ?? '' },
      ],
      [...groups.values()],
    ),
  ];
}

/** All results as parts of a page. */
export function resultBlocks(cells: readonly BenchmarkCell[]): readonly Block[] {
  const online = cells.filter((cell): cell is OnlineCell => cell.part === 'online');
  const offline = cells.filter((cell): cell is OfflineCell => cell.part === 'offline');
  const codes = [...new Set(cells.map(({ code }) => code))].join(' and ');
  return [
    heading(1, title),
    paragraph(
      cells.length === 0
        ? 'Nothing was measured yet.'
        : `${machine(codes)} ${versionsIn(cells)}. ${cells.length} cells.`,
    ),
    ...offlineBlocks(offline),
    ...onlineBlocks(online),
    ...failures(cells),
  ];
}

/** Writes tables and pictures into a folder, whose `results.jsonl` holds the cells. */
export function writeResults(out: string, cells: readonly BenchmarkCell[]): ResultFiles {
  mkdirSync(out, { recursive: true });
  const blocks = resultBlocks(cells);
  const markdown = join(out, 'tables.md');
  const html = join(out, 'tables.html');
  writeFileSync(markdown, asMarkdown(blocks));
  writeFileSync(html, asHtml(title, blocks));
  const pictures = onlineTasks(cells.filter((cell) => cell.part === 'online')).flatMap((task) => {
    const picture = convergencePlot(task);
    if (picture === undefined) return [];
    const file = join(out, `${task.name}.svg`);
    writeFileSync(file, picture);
    return [file];
  });
  return { results: join(out, 'results.jsonl'), markdown, html, pictures };
}
