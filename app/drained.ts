import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../model/problem.ts';

const LOOK_EVERY_MS = 20;

/**
 * Answers how to wait until all that the journal holds at the call is stored; what comes meanwhile is not waited for.
 * Rejects with CodedError `store-unavailable` once the store does not answer.
 */
export function createDrained(
  journal: { head(): number },
  book: { checkpoint(): number },
  storeAvailable: () => boolean,
): () => Promise<void> {
  return async () => {
    const head = journal.head();
    while (book.checkpoint() < head) {
      if (!storeAvailable()) throw new CodedError('store-unavailable');
      await delay(LOOK_EVERY_MS);
    }
  };
}
