import { dataError } from '../base/index.ts';
import { noSuchColumn } from './names.ts';
import type { Sheet, SheetColumn } from './sheet.ts';

export function namesOf(sheet: Sheet): string[] {
  return sheet.columns.map(({ name }) => name);
}

/** The column of a name. Throws a data error that says what the column was wanted for. */
export function columnNamed(sheet: Sheet, name: string, role: string): SheetColumn {
  const column = sheet.columns.find((other) => other.name === name);
  if (column === undefined) throw dataError(noSuchColumn(sheet.file, name, namesOf(sheet), role));
  return column;
}
