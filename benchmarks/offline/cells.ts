import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../data.ts';

/** What tells one measurement from another. */
export interface CellKey {
  /** The code that was measured, as `codeMark` gives it. */
  readonly code: string;
  readonly part: string;
  readonly task: string;
  readonly method: string;
  readonly seed: number;
  readonly count: number;
}

/** Measurements in a file of JSON lines, so that an interrupted benchmark goes on where it stopped. */
export interface CellFile {
  readonly find: (key: CellKey) => CellKey | undefined;
  /** All cells of a method on a task, in the order of their seeds. */
  readonly of: (group: Omit<CellKey, 'seed'>) => readonly CellKey[];
  /** All cells, in the order in which their keys were first written. */
  readonly all: () => readonly CellKey[];
  readonly add: (cell: CellKey) => void;
}

function keyText({ code, part, task, method, seed, count }: CellKey): string {
  return JSON.stringify([code, part, task, method, seed, count]);
}

/** Parses a line; undefined for one that was cut short when a run was stopped. */
function parseCell(line: string): CellKey | undefined {
  try {
    return JSON.parse(line) as CellKey;
  } catch {
    return undefined;
  }
}

/** Opens a file of cells, which need not exist yet. */
export function openCells(file: string): CellFile {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const cells = new Map(
    lines.flatMap((line) => {
      const cell = parseCell(line);
      return cell === undefined ? [] : [[keyText(cell), cell]];
    }),
  );
  // A torn last line must not swallow the next cell.
  let lead = (lines.at(-1) ?? '') === '' ? '' : '\n';
  return {
    find: (key) => cells.get(keyText(key)),
    of: (group) =>
      [...cells.values()]
        .filter((cell) => keyText(cell) === keyText({ ...group, seed: cell.seed }))
        .sort((a, b) => a.seed - b.seed),
    all: () => [...cells.values()],
    add: (cell) => {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${lead}${JSON.stringify(cell)}\n`);
      lead = '';
      cells.set(keyText(cell), cell);
    },
  };
}

/** The first digits of a hash of files. */
function markOf(files: readonly { readonly name: string; readonly file: string }[]): string {
  const hash = createHash('sha256');
  for (const { name, file } of files) hash.update(name).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 12);
}

function filesIn(folder: string, ending: string, recursive: boolean): readonly { name: string; file: string }[] {
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ name: relative(folder, file), file }));
}

/** The mark of all compiled files of some folders: measurements count only for the code that they were made with. */
export function codeMark(...folders: readonly string[]): string {
  return markOf(folders.flatMap((folder) => filesIn(folder, '.js', true)));
}

/** The mark of what peers are run by, their programs and versions included. */
export function peerCode(): string {
  const [compiled, source] = [
    join(packageRoot(), 'dist', 'benchmarks', 'peers'),
    join(packageRoot(), 'benchmarks', 'peers'),
  ];
  if (!existsSync(source)) return codeMark(compiled);
  return markOf([
    ...filesIn(compiled, '.js', true),
    ...filesIn(source, '.py', false),
    ...filesIn(join(source, 'requirements'), '.txt', false),
  ]);
}

/** The mark of what proposes: of the rooms that `propose` is made of, and of folders of the benchmarks. */
export function proposingCode(...benchmarks: readonly string[]): string {
  const dist = join(packageRoot(), 'dist');
  const rooms = ['base', 'space', 'table', 'graph', 'diffusion', 'reward', 'run', 'optimizer'];
  return codeMark(
    ...rooms.map((room) => join(dist, 'src', room)),
    ...benchmarks.map((folder) => join(dist, 'benchmarks', folder)),
  );
}

/** The mark of what methods and tasks that propose nothing of ours are made of. */
export function comparingCode(...benchmarks: readonly string[]): string {
  const dist = join(packageRoot(), 'dist');
  return codeMark(
    ...['base', 'space', 'table'].map((room) => join(dist, 'src', room)),
    ...benchmarks.map((folder) => join(dist, 'benchmarks', folder)),
  );
}

/** The mark of the whole program, command line included. */
export function programCode(): string {
  return codeMark(join(packageRoot(), 'dist', 'src'));
}
