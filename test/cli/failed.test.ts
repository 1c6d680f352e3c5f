import { expect, it } from 'vitest';
import { diffopt, folderWith } from '../support/cli.ts';

const rows = Array.from({ length: 20 }, (_, row) => `${row},${row < 3 ? 'failed,' : `ok,${row * row}`}`);
const files = { 'data.csv': ['x,state,yield', ...rows].join('\n') };
const command = ['propose', 'data.csv', '--reward', 'yield', '--failed'];

it('failed rows are counted, and their column is neither a parameter nor ignored', async () => {
  const { code, stderr } = await diffopt([...command, 'state', '--fix', 'state=ok'], folderWith(files));
  expect(code).toBe(2);
  expect(stderr).toContain('3 of 20 rows failed, and no reward is read there\n');
  expect(stderr).not.toContain('ignored columns');
  expect(stderr).not.toMatch(/^ {2}state /m);
});

it('a column that does not say which rows failed is refused', async () => {
  const { code, stderr } = await diffopt([...command, 'x'], folderWith(files));
  expect(code).toBe(1);
  expect(stderr).toContain(
    'data.csv line 4, column "x" holds "2", and a word on whether the experiment failed was expected',
  );
});
