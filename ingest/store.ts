import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { QuarantineStore, SetAside } from '../storage/quarantine/port.ts';
import { type Batch, type Checkpoint, StoreUnavailable, type TelemetryStore } from '../storage/telemetry/port.ts';
import { createClassifier } from './classify.ts';
import type { Head } from './head.ts';
import { BATCH, type DecodedBatch, type Reader } from './reader.ts';
import { setAside } from './set-aside.ts';
import { tally } from './tally.ts';

export interface StoringDeps {
  readonly reader: Reader;
  readonly head: Head;
  readonly store: TelemetryStore;
  readonly quarantine: Pick<QuarantineStore, 'put'>;
  readonly log: Logger;
  /** Called after each commit with what it added: the books of the city. */
  readonly committed: (seq: number, tallies: Batch['tallies']) => void;
  /** Called when the store stops answering and when it answers again. */
  readonly available: (yes: boolean) => void;
  readonly signal: AbortSignal;
}

/**
 * ms from the beginning of one batch to the next, unless a whole one is there sooner: a transaction for every few messages
 * would keep a core busy, which devices that wait for their acknowledgement have better use for.
 */
const GATHER_MS = 100;

/**
 * Cursor 1: stores what the journal holds, batch by batch, for ever. The checkpoint moves in the store's own
 * transaction, so a crash anywhere repeats or completes a batch and counts it once. While the store is away it waits.
 */
export async function storeJournal(from: Checkpoint, deps: StoringDeps): Promise<void> {
  const { reader, head, store, signal } = deps;
  const patiently = <T>(what: string, act: () => Promise<T>): Promise<T> =>
    waitFor(what, act, deps, (error) => error instanceof StoreUnavailable);
  const heads = await patiently('heads', () => store.heads());
  let cursor = from.seq;
  // The batch that is being committed while the next one is decoded.
  let committing: Promise<void> = Promise.resolve();
  const classifier = createClassifier(heads, async (identities) => {
    await committing;
    return patiently('held', () => store.held(identities));
  });

  let begun = Number.NEGATIVE_INFINITY;
  for (;;) {
    if ((await head.beyond(cursor)) === undefined) break;
    await head.reached(cursor + BATCH, begun + GATHER_MS - performance.now());
    const until = await head.beyond(cursor);
    if (until === undefined) break;
    begun = performance.now();
    const decoded = await reader.gathered(cursor, until);
    if (decoded.upTo === cursor)
      throw new Error(`the journal has no record behind ${cursor}, though its head is ${until}`);
    const { batch, items } = await prepare(decoded, classifier);
    await committing;
    committing = (async () => {
      // First what is set aside, by ids that repeat: once counted it must be there to be seen.
      // Its file is on a disk that may be full: it is tried until there is room.
      if (items.length > 0)
        await waitFor(
          'quarantine',
          () => deps.quarantine.put(items),
          deps,
          () => true,
        );
      await patiently('put', () => store.put(batch));
      deps.committed(batch.upTo, batch.tallies);
    })();
    // Its failure is met at the next await; until then it must not count as unhandled.
    committing.catch(() => {});
    cursor = decoded.upTo;
    if (signal.aborted) break;
  }
  await committing;
}

async function prepare(
  { after, upTo, decoded }: DecodedBatch,
  classifier: ReturnType<typeof createClassifier>,
): Promise<{ batch: Batch; items: readonly SetAside[] }> {
  const { fresh, corrections, verdicts } = await classifier.classify(decoded.flatMap((record) => record.observations));
  return {
    batch: { after, upTo, fresh, corrections, tallies: tally(decoded, verdicts) },
    items: decoded.flatMap(setAside),
  };
}

/** Tries until the backend answers: an outage of hours is a wait, not a loss. */
async function waitFor<T>(
  what: string,
  act: () => Promise<T>,
  deps: StoringDeps,
  passes: (error: unknown) => boolean,
): Promise<T> {
  let away = false;
  const result = await pRetry(act, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: 5_000,
    factor: 2,
    randomize: true,
    signal: deps.signal,
    shouldRetry: ({ error }) => passes(error),
    onFailedAttempt: ({ error }) => {
      if (!passes(error) || away) return;
      away = true;
      deps.available(false);
      deps.log.warn({ what, error: error.message }, 'what is stored does not answer; storing waits');
    },
  });
  if (away) {
    deps.available(true);
    deps.log.info({ what }, 'storing goes on');
  }
  return result;
}
