import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { type Ingest, startIngest } from '../../ingest/ingest.ts';
import { catalogue } from '../../model/catalogue.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { openJournalReader } from '../../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import type { Checkpoint, TelemetryStore } from '../../storage/telemetry/port.ts';
import { createLog } from '../log.ts';
import { openStore } from '../open-store.ts';
import { overPort } from '../worker.ts';
import {
  CROSSING,
  type IngestCalls,
  type IngestThreadOptions,
  type MainCalls,
  type ReaderCalls,
  type ReaderHears,
} from './protocol.ts';
import { outcome, storeCalls } from './store-calls.ts';

/** The ingest thread: decoding, validation, classification and the store, beside the broker's thread. */
async function serve(port: MessagePort, { reader, ...options }: IngestThreadOptions): Promise<void> {
  const log = createLog(options.logLevel);
  const journal = await openJournalReader({ path: options.journal });
  const registry = await openSqliteRegistry({ path: options.registry, readonly: true });
  const quarantine = await openSqliteQuarantine({ path: options.quarantine });
  const bus = createMemoryBus();
  let store: TelemetryStore | undefined;
  let checkpoint: Checkpoint | undefined;
  let ingest: Ingest | undefined;
  const forwarding = new Map<string, () => void>();

  const opened = (): TelemetryStore => {
    if (!store) throw new Error('the store is not open');
    return store;
  };
  const answers = storeCalls(opened);
  /** What is told before the cursors start is told again when they do. */
  let head = 0;

  const calls: IngestCalls = {
    open: () =>
      outcome(async () => {
        store ??= await openStore(options.store);
        await store.ping();
        checkpoint = await store.checkpoint();
        return checkpoint;
      }),
    async begin() {
      if (!checkpoint) throw new Error('the store is not open');
      ingest = await startIngest(checkpoint, await opened().latest(), {
        catalogue,
        journal,
        store: opened(),
        quarantine,
        lookUp: (id) => registry.device(id),
        bus,
        rawRetention: options.rawRetention,
        log,
        committed: (seq, tallies) => void main.committed.asEvent(seq, tallies),
        available: (yes) => void main.available.asEvent(yes),
        failed: (error) => {
          log.fatal({ error }, 'ingest stopped');
          void main.failed.asEvent(error instanceof Error ? error.message : String(error));
        },
      });
      ingest.flushed(head);
    },
    since: async (after, limit) => (await ingest?.since(after, limit)) ?? { items: [], next: after, complete: true },
    flushed(seq) {
      head = Math.max(head, seq);
      ingest?.flushed(seq);
    },
    forget: (device) => ingest?.forget(device),
    wanted(topic, yes) {
      const crossing = CROSSING.find((name) => name === topic);
      if (!crossing) return;
      if (!yes) {
        forwarding.get(crossing)?.();
        forwarding.delete(crossing);
      } else if (!forwarding.has(crossing)) forwarding.set(crossing, forward(crossing));
    },
    async stop() {
      await ingest?.stop();
      await store?.close();
      await quarantine.close();
      await registry.close();
      await journal.close();
      reader.close();
    },
    ...answers,
  };
  const main = createBirpc<MainCalls, IngestCalls>(calls, overPort(port));

  // Who reads hears the newest from here: the broker's thread has enough to do.
  const reading = createBirpc<ReaderHears, ReaderCalls>({ ...answers, since: calls.since }, overPort(reader));
  bus.subscribe('latest', (event) => void reading.latest.asEvent(event));

  /** One subscription each: the compiler must see topic and event together. */
  function forward(topic: (typeof CROSSING)[number]): () => void {
    switch (topic) {
      case 'latest':
        return bus.subscribe(topic, (event) => void main.publish.asEvent(topic, event));
      case 'observations':
        return bus.subscribe(topic, (event) => void main.publish.asEvent(topic, event));
      case 'rejected':
        return bus.subscribe(topic, (event) => void main.publish.asEvent(topic, event));
    }
  }
}

if (!parentPort) throw new Error('this file is the entry of a worker thread');
await serve(parentPort, workerData);
