import pRetry from 'p-retry';
import type { Logger } from 'pino';
import { type Checkpoint, StoreUnavailable } from '../storage/telemetry/port.ts';
import type { IngestThread } from './ingest-thread/thread.ts';

/** Opens the store, for a minute if it must: services of one machine start in any order. */
export function openPatiently(ingest: IngestThread, log: Logger): Promise<Checkpoint> {
  return pRetry(() => ingest.open(), {
    retries: 30,
    minTimeout: 250,
    maxTimeout: 2_000,
    shouldRetry: ({ error }) => error instanceof StoreUnavailable,
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (attemptNumber === 1) log.warn({ error: error.message }, 'the telemetry store does not answer yet');
    },
  });
}
