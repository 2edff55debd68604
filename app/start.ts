import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { createApp } from '../api/app.ts';
import { createBroker } from '../broker/broker.ts';
import { createLedger } from '../ingest/ledger.ts';
import { catalogue } from '../model/catalogue.ts';
import { CITY_PROVIDER } from '../model/device.ts';
import { openParquetArchive } from '../storage/archive/parquet.ts';
import { createParquetExport } from '../storage/archive/parquet-export.ts';
import { Attempts } from '../storage/attempts.ts';
import { createMemoryBus } from '../storage/bus/memory.ts';
import { openJournal } from '../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../storage/quarantine/sqlite.ts';
import { openSqliteRegistry } from '../storage/registry/sqlite.ts';
import { ensureAdminKey } from './admin-key.ts';
import { keptApart } from './apart.ts';
import { apiLimits, askedBy } from './api-limits.ts';
import { createArchiving } from './archiving.ts';
import { createBackpressure } from './backpressure.ts';
import { createBackups } from './backup/make.ts';
import { Closing } from './closing.ts';
import type { Config } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { createDrained } from './drained.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type IngestThread, startIngestThread } from './ingest-thread/thread.ts';
import { openLiveState } from './live-state.ts';
import { brokerConfig, openMqtt } from './mqtt-listeners.ts';
import { openPatiently } from './patience.ts';
import { checkPmtiles } from './pmtiles-file.ts';
import { createMetrics } from './prometheus.ts';
import { createPurge } from './purge.ts';
import { createReadiness } from './readiness.ts';
import { startReadingThread } from './reading-thread/thread.ts';
import { openReplaying } from './replaying.ts';
import { announce, localUrl } from './running.ts';
import { ingestOptions, readingOptions } from './store-options.ts';
import { watchStore } from './store-watch.ts';
import { startWebServer } from './web-server.ts';

export interface City {
  /** Where the page and the API are. */
  readonly url: string;
  /** Stops in reverse order of the start: nothing acknowledged is left unflushed. */
  stop(): Promise<void>;
}

export interface CityOptions {
  readonly log: Logger;
  /** Lines for the person who started it. */
  readonly progress: (line: string) => void;
  /** The city met an error that it cannot outlive. */
  readonly failed: (message: string) => void;
}

/** Builds the whole city in this process from its settings and starts it. */
export async function startCity(config: Config, { log, progress, failed }: CityOptions): Promise<City> {
  const closing = new Closing();
  try {
    const pmtiles = config.PMTILES === undefined ? undefined : await checkPmtiles(config.PMTILES);
    const dir = await openDataDir(config.DATA_DIR);
    closing.add(() => dir.release());
    const registry = await openSqliteRegistry({ path: dir.registry });
    closing.add(() => registry.close());
    await ensureAdminKey(dir.adminKey, config.ADMIN_KEY, registry);
    if (!(await registry.providers()).some(({ id }) => id === CITY_PROVIDER))
      await registry.putProvider({ id: CITY_PROVIDER, name: 'Thành phố Hà Nội', simulated: false });
    const quarantine = await openSqliteQuarantine({ path: dir.quarantine });
    closing.add(() => quarantine.close());
    const journal = await openJournal({ path: dir.journal, log });
    closing.add(() => journal.close());
    const bus = createMemoryBus();
    closing.add(() => bus.close());

    const pressure = createBackpressure(journal, config.JOURNAL_BACKLOG, log);
    const { committed, available, storeAvailable } = pressure;
    const replaying = await openReplaying({
      ...{ quarantine, journal: pressure.journal, path: dir.journal, rawRetention: config.RETENTION_RAW },
    });
    closing.add(() => replaying.close());
    const { port1: asking, port2: asked } = new MessageChannel();
    const ingest: IngestThread = startIngestThread({ ...ingestOptions(config, dir), reader: asked }, bus, {
      committed,
      available,
      failed,
    });
    closing.add(() => ingest.stop());
    const book = createLedger(journal, await openPatiently(ingest, log));
    pressure.begin(book);
    const archive = await openParquetArchive({ directory: dir.archive });
    closing.add(() => archive.close());
    const reading = startReadingThread(readingOptions(config, dir, asking), { bus, archive, failed });
    closing.add(() => reading.stop());
    const drained = createDrained(journal, book, storeAvailable);
    const archiving = createArchiving({ archive, store: ingest.store, drained, log });

    const live = await openLiveState({ bus, registry, store: ingest.store, since: ingest.since, log });
    bus.subscribe('device', ({ id }) => ingest.forget(id));
    await reading.open();
    journal.onFlushed((head) => ingest.flushed(head));
    ingest.flushed(journal.head());
    await ingest.begin();

    const watch = watchStore(ingest.store.ping);
    closing.add(() => watch.stop());
    const attempts = new Attempts();
    const broker = await createBroker({
      attempts,
      journal: pressure.journal,
      principals: registry,
      presences: registry,
      bus,
      config: brokerConfig(config),
      log,
    });
    closing.add(() => broker.close());
    const metrics = createMetrics({
      ledger: book.read,
      broker: () => ({ ...broker.stats() }),
      waiting: () => journal.waiting(),
      storeAvailable,
      backlog: pressure.backlog,
      archiveOk: archiving.ok,
      series: () => live.series(),
    });
    let simulated: Promise<{ stop(): Promise<void> }> | undefined;
    const stopFleet = async () => {
      await (await simulated)?.stop();
      simulated = undefined;
    };
    const data = { dir, store: config.STORE, telemetry: ingest.store, archive, journal, registry, quarantine };
    const works = keptApart({
      purge: createPurge({ ...data, bus, files: [dir.fleet, dir.unsent], stopFleet, drained, drop: live.drop }),
      backup: createBackups(data),
    });
    const { app, closeStreams } = createApp({
      catalogue,
      registry,
      attempts,
      telemetry: ingest.store,
      archive,
      reader: reading.reader,
      exportParquet: createParquetExport(dir.archive),
      quarantine,
      bus,
      live,
      ledger: book.read,
      replay: replaying.deps,
      purgeSimulated: works.purge,
      backup: works.backup,
      deviceRoutes: broker.http,
      ready: createReadiness({
        storeAvailable,
        storeAnswers: watch.answers,
        journal,
        backlog: pressure.backlog,
        archiving,
      }),
      metrics,
      config: {
        timezone: config.CITY_TIMEZONE,
        publicRead: config.PUBLIC_READ,
        limits: apiLimits(config.API_RATE),
        credentialOverlapMs: config.CREDENTIAL_OVERLAP,
        basemap: { base: config.BASEMAP, pmtiles },
      },
      webRoot: fileURLToPath(new URL('../web', import.meta.url)),
      log,
    });

    await broker.restorePresence();
    const mqtt = await openMqtt(broker, config, { closing, progress, log });
    const web = await startWebServer(
      config.HOST,
      config.PORT,
      askedBy(app.fetch, config.TRUSTED_PROXIES),
      broker.handleUpgrade,
    );
    closing.add(() => web.stop());
    closing.add(() => closeStreams());
    progress(`administrator's key in ${config.ADMIN_KEY === undefined ? dir.adminKey : 'ADMIN_KEY'}`);

    const housekeeping = startHousekeeping({
      journal,
      store: ingest.store,
      quarantine,
      archive,
      registry,
      ...(config.ARCHIVE ? { archiving } : {}),
      checkpoint: book.checkpoint,
      settle: replaying.settle,
      keep: {
        raw: config.RETENTION_RAW,
        hours: config.RETENTION_HOURS,
        journal: config.RETENTION_JOURNAL,
        quarantine: config.RETENTION_QUARANTINE,
        archive: config.RETENTION_ARCHIVE,
        presence: config.RETENTION_PRESENCE,
      },
      log,
    });
    closing.add(() => housekeeping.stop());
    if (config.SIMULATE > 0) {
      const { startSimulatedCity } = await import('./simulated-city.ts');
      simulated = startSimulatedCity(config.SIMULATE, {
        registry,
        bus,
        credentials: dir.fleet,
        unsent: dir.unsent,
        mqtt,
        http: localUrl(config.HOST, web.port),
        historyMs: config.SIMULATE_HISTORY,
        rawMs: config.RETENTION_RAW,
        pending: book.pending,
        progress,
        log,
        logLevel: config.LOG_LEVEL,
      });
      await simulated;
      closing.add(stopFleet);
    }
    closing.add(await announce(dir.running, { url: localUrl(config.HOST, web.port), pid: process.pid }));
    return { url: `http://${config.HOST}:${web.port}`, stop: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
