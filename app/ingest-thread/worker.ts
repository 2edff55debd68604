import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { type Ingest, startIngest } from '../../ingest/ingest.ts';
import { catalogue } from '../../model/catalogue.ts';
import type { Observation } from '../../model/observation.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { openJournalReader } from '../../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import {
  type AggregateRow,
  type Checkpoint,
  StoreUnavailable,
  type TelemetryStore,
} from '../../storage/telemetry/port.ts';
import { createLog } from '../log.ts';
import { openStore } from '../open-store.ts';
import { CROSSING, type IngestCalls, type IngestThreadOptions, type MainCalls, type Outcome } from './protocol.ts';
import { Slices } from './slices.ts';

/** The ingest thread: decoding, validation, classification and the store, beside the broker's thread. */
async function serve(port: MessagePort, options: IngestThreadOptions): Promise<void> {
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
  const ranges = new Slices<Observation>();
  const aggregates = new Slices<AggregateRow>();
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
    },
    ping: () => outcome(() => opened().ping()),
    checkpoint: () => outcome(() => opened().checkpoint()),
    held: (identities) => outcome(() => opened().held(identities)),
    heads: () => outcome(() => opened().heads()),
    latest: (devices) => outcome(() => opened().latest(devices)),
    superseded: (identity) => outcome(() => opened().superseded(identity)),
    range: (query) => outcome(async () => ranges.first(await opened().range(query))),
    rangeOn: (rest) => outcome(async () => ranges.next(rest)),
    aggregate: (query) => outcome(async () => aggregates.first(await opened().aggregate(query))),
    aggregateOn: (rest) => outcome(async () => aggregates.next(rest)),
    cells: (devices, metric, from, to) => outcome(() => opened().cells(devices, metric, from, to)),
    hours: (devices, metric, from, to) => outcome(() => opened().hours(devices, metric, from, to)),
    expire: (rawBefore, hoursBefore) => outcome(() => opened().expire(rawBefore, hoursBefore)),
    erase: (devices) => outcome(() => opened().erase(devices)),
    extract: (from, to, path) => outcome(() => opened().extract(from, to, path)),
    backup: (directory) => outcome(() => opened().backup(directory)),
  };
  const main = createBirpc<MainCalls, IngestCalls>(calls, {
    post: (message) => port.postMessage(message),
    on: (listener) => port.on('message', listener),
    timeout: -1,
  });

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

async function outcome<T>(act: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: await act() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof StoreUnavailable ? { unavailable: message } : { failed: message };
  }
}

if (!parentPort) throw new Error('this file is the entry of a worker thread');
await serve(parentPort, workerData);
