import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { it } from 'vitest';

/** The root of the repository, seen from the compiled tests. */
const root = resolve(import.meta.dirname, '..', '..', '..');

const folders = [process.env['DIFFOPT_DATA'], join(dirname(root), 'shared', 'data')].filter(
  (folder) => folder !== undefined && folder !== '',
);

/** Where a file of the benchmark data is: in `$DIFFOPT_DATA`, else beside the repository; undefined when in neither. */
export function findData(file: string): string | undefined {
  return folders.map((folder) => join(folder ?? '', file)).find((path) => existsSync(path));
}

/**
 * A test on a file of the benchmark data. Where the file is missing the test is skipped by name, except in CI, where it fails.
 */
export function itWithData(name: string, file: string, test: (path: string) => void | Promise<void>): void {
  const path = findData(file);
  if (path !== undefined) it(name, () => test(path));
  else if ((process.env['CI'] ?? '') === '') it.skip(`${name} (needs ${file}; set DIFFOPT_DATA)`, () => undefined);
  else {
    it(name, () => {
      throw new Error(`${file} is neither in $DIFFOPT_DATA nor in ../shared/data`);
    });
  }
}
