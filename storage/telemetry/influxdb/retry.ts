import pRetry from 'p-retry';
import { StoreUnavailable } from '../port.ts';

/** Thrown by an attempt that may be made again. */
export class Transient extends Error {
  override readonly name = 'Transient';
}

const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Makes an attempt again while it throws Transient, for about `forMs`; then, and when `signal` aborts, rejects with a
 * StoreUnavailable. Any other error ends it at once.
 */
export async function retrying<T>(attempt: () => Promise<T>, forMs: number, signal: AbortSignal): Promise<T> {
  const until = Date.now() + forMs;
  try {
    return await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof Transient && Date.now() < until,
    });
  } catch (error) {
    if (error instanceof Transient) throw new StoreUnavailable(error.message, { cause: error.cause });
    if (signal.aborted) throw new StoreUnavailable('the store is being closed', { cause: error });
    throw error;
  }
}
