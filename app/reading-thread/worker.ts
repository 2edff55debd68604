import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { createReading, type Reading } from '../../api/reading/reading.ts';
import { catalogue } from '../../model/catalogue.ts';
import { createParquetExport } from '../../storage/archive/parquet-export.ts';
import { openParquetReader } from '../../storage/archive/parquet-reader.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { giveWay } from '../../storage/give-way.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import type { ReaderCalls, ReaderHears } from '../ingest-thread/protocol.ts';
import { storeOver } from '../ingest-thread/store-client.ts';
import { openLiveState } from '../live-state.ts';
import { createLog } from '../log.ts';
import { overPort } from '../worker.ts';
import { CutBody } from './bodies.ts';
import { type MainCalls, publishTold, type ReadingCalls, type ReadingThreadOptions } from './protocol.ts';

/** What is under way: where it is broken off, and its body once there is one. */
interface Underway {
  readonly broken: AbortController;
  body?: CutBody;
}

/** The reading thread: answers that only read the city, composed and written beside the broker's thread. */
async function serve(port: MessagePort, options: ReadingThreadOptions): Promise<void> {
  // Who publishes waits for an acknowledgement; who reads has time.
  giveWay();
  const log = createLog(options.logLevel);
  const registry = await openSqliteRegistry({ path: options.registry, readonly: true });
  const quarantine = await openSqliteQuarantine({ path: options.quarantine, readonly: true });
  const bus = createMemoryBus();
  const hears: ReaderHears = { latest: (observations) => bus.publish('latest', observations) };
  const ingest = createBirpc<ReaderCalls, ReaderHears>(hears, overPort(options.ingest));
  const telemetry = storeOver(ingest);
  const underway = new Map<number, Underway>();
  let reading: Reading | undefined;

  async function next(id: number, body: CutBody) {
    const piece = await body.next();
    if (!piece.more) underway.delete(id);
    return piece;
  }

  const calls: ReadingCalls = {
    async open() {
      const since = (after: string, limit: number) => ingest.since(after, limit);
      const live = await openLiveState({ bus, registry, store: telemetry, since, log });
      reading = createReading({
        ...{ catalogue, registry, telemetry, archive, quarantine, bus, live, log },
        exportParquet: createParquetExport(options.archive),
        config: options.config,
      });
    },
    async ask(id, request) {
      if (!reading) throw new Error('the store is not open');
      const broken = new AbortController();
      const its: Underway = { broken };
      underway.set(id, its);
      try {
        const { status, headers, body } = await reading.fetch(request, broken.signal);
        const cut = new CutBody(body);
        its.body = cut;
        return { status, headers: [...headers], ...(await next(id, cut)) };
      } catch (error) {
        underway.delete(id);
        throw error;
      }
    },
    async more(id) {
      const body = underway.get(id)?.body;
      if (!body) throw new Error('the answer was given up');
      return next(id, body);
    },
    drop(id) {
      const its = underway.get(id);
      underway.delete(id);
      its?.broken.abort();
      its?.body?.cancel().catch(() => undefined);
    },
    told: (...event) => publishTold(bus, ...event),
    async stop() {
      for (const { broken } of underway.values()) broken.abort();
      reading?.close();
      options.ingest.close();
      await archive.close();
      await quarantine.close();
      await registry.close();
    },
  };
  const main = createBirpc<MainCalls, ReadingCalls>(calls, overPort(port));
  const archive = openParquetReader({
    directory: options.archive,
    days: (from, to) => main.archivedDays(from, to),
    name: 'engine-reading',
  });
}

if (!parentPort) throw new Error('this file is the entry of a worker thread');
await serve(parentPort, workerData);
