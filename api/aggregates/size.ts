import { CodedError } from '../../model/problem.ts';
import type { Question } from './question.ts';
import { countWindows } from './windows.ts';

/** Groups times windows of one question. */
export const CELLS_AT_MOST = 50_000;

/** Throws CodedError `invalid-request` for more than CELLS_AT_MOST. */
export function checkSize(groups: number, { window, from, to }: Pick<Question, 'window' | 'from' | 'to'>): void {
  const windows = countWindows(from, to, window);
  if (windows * groups > CELLS_AT_MOST)
    throw new CodedError(
      'invalid-request',
      `${groups} groups in ${windows} windows are more than ${CELLS_AT_MOST}: ask for a shorter range, a longer window or fewer devices`,
    );
}
