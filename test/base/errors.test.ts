import { expect, test } from 'vitest';
import { dataError, exitCodes, messageOf, usageError, UserError } from '../../src/base/index.ts';

test('a failure knows its kind, and the kind its exit code', () => {
  const cause = new Error('ENOENT');
  const failure = dataError('The file data.csv does not exist.', { cause });
  expect(failure).toBeInstanceOf(UserError);
  expect([failure.message, failure.kind, failure.cause]).toEqual(['The file data.csv does not exist.', 'data', cause]);
  expect(usageError('No.').kind).toBe('usage');
  expect(exitCodes).toEqual({ data: 1, usage: 2, stopped: 3 });
});

test('anything thrown has words', () => {
  expect(messageOf(new Error('broken'))).toBe('broken');
  expect(messageOf('text')).toBe('text');
  expect(messageOf(undefined)).toBe('undefined');
});
