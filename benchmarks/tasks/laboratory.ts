import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseSpace, type SpaceDefinition } from '../../src/space/index.ts';
import { dataPath, type DataFile } from '../data.ts';

/** The space in the `.task.json` beside a table. Throws a data error where the data is missing. */
export function givenSpace(file: DataFile): SpaceDefinition {
  const path = dataPath(file).replace(/\.csv\.gz$/, '.task.json');
  const { space } = z.object({ space: z.unknown() }).parse(JSON.parse(readFileSync(path, 'utf8')));
  return parseSpace(space, path);
}
