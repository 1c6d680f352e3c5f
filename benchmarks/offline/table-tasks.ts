import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Direction } from '../../src/table/index.ts';
import { numberColumn, readColumns, type Columns, type DataFile } from '../data.ts';
import { median } from '../statistics.ts';
import { givenSpace } from '../tasks/laboratory.ts';

const names = ['superconductor', 'concrete', 'airfoil', 'photo_pce10', 'suzuki_edbo', 'buchwald_a'] as const;

export type TableTaskName = (typeof names)[number];
export const tableTaskNames: readonly TableTaskName[] = names;

interface Source {
  readonly file: DataFile;
  readonly reward: string;
  readonly direction: Direction;
  readonly ignore?: string;
  /** Whether a `.task.json` beside the file gives the space; without it the command line guesses. */
  readonly spaceGiven?: true;
  /** A complete table: the half with the worse rewards is visible, all designs are candidates, and the table knows the truth. */
  readonly complete?: true;
}

const sources: { readonly [Name in TableTaskName]: Source } = {
  superconductor: {
    file: 'superconductor/superconductor.csv.gz',
    reward: 'critical_temp',
    direction: 'maximize',
    ignore: 'material',
  },
  concrete: { file: 'uci/concrete.csv.gz', reward: 'strength', direction: 'maximize' },
  airfoil: { file: 'uci/airfoil.csv.gz', reward: 'sound_pressure_level', direction: 'minimize' },
  photo_pce10: laboratory('photo_pce10', 'degradation', 'minimize'),
  suzuki_edbo: { ...laboratory('suzuki_edbo', 'yield', 'maximize'), complete: true },
  buchwald_a: { ...laboratory('buchwald_a', 'yield', 'maximize'), complete: true },
};

function laboratory(name: TableTaskName, reward: string, direction: Direction): Source {
  return { file: `lab/${name}.csv.gz`, reward, direction, spaceGiven: true };
}

export type TableRow = Readonly<Record<string, string>>;

/** A table to propose from. */
export interface TableTask {
  readonly name: TableTaskName;
  readonly reward: string;
  readonly direction: Direction;
  /** What `propose` sees, cells as written. */
  readonly visible: readonly TableRow[];
  /** All rows of a complete table, whose designs are the candidates; undefined for a table that is a sample of its space. */
  readonly complete: readonly TableRow[] | undefined;
  /** Writes the files of the task into a folder. Resolves with the table's name and the flags of `propose`. */
  readonly write: (folder: string) => { readonly table: string; readonly flags: readonly string[] };
}

function rowsOf({ names, rows, texts }: Columns): TableRow[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(names.map((name) => [name, texts.get(name)?.[row] ?? ''])),
  );
}

/** The rows with the worse rewards, up to and including the median. */
function worseHalf(columns: Columns, reward: string, direction: Direction): TableRow[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const rewards = numberColumn(columns, reward).map((value) => sign * value);
  const middle = median(rewards);
  return rowsOf(columns).filter((_, row) => rewards[row]! <= middle);
}

/** Reads a task. Throws a data error where the data is missing. */
export function loadTableTask(name: TableTaskName): TableTask {
  const { file, reward, direction, ignore, spaceGiven, complete } = sources[name];
  const columns = readColumns(file);
  const all = rowsOf(columns);
  const visible = complete === true ? worseHalf(columns, reward, direction) : all;
  const design = (row: TableRow): TableRow =>
    Object.fromEntries(Object.entries(row).filter(([column]) => column !== reward));
  return {
    name,
    reward,
    direction,
    visible,
    complete: complete === true ? all : undefined,
    write: (folder) => {
      const save = (to: string, rows: readonly TableRow[]): void =>
        writeFileSync(join(folder, to), stringify([...rows], { header: true }));
      save('visible.csv', visible);
      if (spaceGiven === true) writeFileSync(join(folder, 'space.json'), JSON.stringify(givenSpace(file)));
      if (complete === true) save('candidates.csv', all.map(design));
      const flags = [
        ...['--reward', reward],
        ...(direction === 'minimize' ? ['--minimize'] : []),
        ...(ignore === undefined ? [] : ['--ignore', ignore]),
        ...(spaceGiven === true ? ['--space', 'space.json'] : []),
        ...(complete === true ? ['--candidates', 'candidates.csv'] : []),
      ];
      return { table: 'visible.csv', flags };
    },
  };
}
