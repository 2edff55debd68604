import { expect, it } from 'vitest';
import { CodedError } from '../../model/problem.ts';
import { DAY_MS } from '../../storage/archive/port.ts';
import { checkArchived } from './question.ts';

it('as many archived days as an answer may read are read, and one more is refused by number', async () => {
  const days = (count: number) => ({ between: async () => Array.from({ length: count }, (_, i) => i * DAY_MS) });
  const range = { from: 0, to: 400 * DAY_MS };
  await checkArchived(undefined, range);
  await checkArchived(days(92), range);
  const refused = await checkArchived(days(93), range).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CodedError);
  expect(refused).toMatchObject({ code: 'invalid-request', message: expect.stringContaining('93 archived days') });
});
