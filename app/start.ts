import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { createApp } from '../api/app.ts';
import { createBroker } from '../broker/broker.ts';
import { BrokerConfig } from '../broker/config.ts';
import { createLedger } from '../ingest/ledger.ts';
import { catalogue } from '../model/catalogue.ts';
import { CITY_PROVIDER } from '../model/device.ts';
import { createMemoryBus } from '../storage/bus/memory.ts';
import { createBrake, paced } from '../storage/journal/brake.ts';
import { openJournal } from '../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../storage/quarantine/sqlite.ts';
import { openSqliteRegistry } from '../storage/registry/sqlite.ts';
import { ensureAdminKey } from './admin-key.ts';
import { createBackups } from './backup/make.ts';
import { Closing } from './closing.ts';
import { type Config, ConfigError } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { createDrained } from './drained.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type IngestThread, startIngestThread } from './ingest-thread/thread.ts';
import { createLiveState } from './live-state.ts';
import { openPatiently } from './patience.ts';
import { createMetrics } from './prometheus.ts';
import { createPurge } from './purge.ts';
import { announce, localUrl } from './running.ts';
import { ingestOptions } from './store-options.ts';
import { watchStore } from './store-watch.ts';
import { startWebServer } from './web-server.ts';

/** Messages that may wait for the store before senders are slowed to what it takes: about a second of a full load. */
const BACKLOG = 50_000;

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

    let storeAvailable = true;
    let ledger: ReturnType<typeof createLedger> | undefined;
    const brake = createBrake(
      () => ledger?.pending() ?? 0,
      () => storeAvailable,
      BACKLOG,
    );
    const ingest: IngestThread = startIngestThread(ingestOptions(config, dir), bus, {
      committed: (seq, tallies) => {
        const before = ledger?.checkpoint() ?? seq;
        ledger?.add(seq, tallies);
        brake.stored(seq - before);
      },
      available: (yes) => {
        storeAvailable = yes;
        if (!yes) brake.release();
      },
      failed,
    });
    closing.add(() => ingest.stop());
    const book = createLedger(journal, await openPatiently(ingest, log));
    ledger = book;

    const domains = new Map((await registry.devices({})).map((device) => [device.id, device.domain]));
    const known = (await ingest.store.latest()).map((observation) => ({
      ...observation,
      id: '0.0',
      domain: domains.get(observation.device) ?? '',
    }));
    const live = createLiveState(bus, known, ingest.since);
    bus.subscribe('device', ({ id }) => {
      ingest.forget(id);
      if (live.latest(id).length === 0) return;
      registry.device(id).then(
        (device) => (device ? undefined : live.drop(id)),
        (error: unknown) => log.error({ err: error, id }, 'a change of a device could not be followed'),
      );
    });
    journal.onFlushed((head) => ingest.flushed(head));
    ingest.flushed(journal.head());
    await ingest.begin();

    const watch = watchStore(ingest.store.ping);
    closing.add(() => watch.stop());
    const toBePaced = paced(journal, brake);
    const broker = await createBroker({
      journal: toBePaced,
      principals: registry,
      bus,
      config: BrokerConfig.parse({}),
      log,
    });
    closing.add(() => broker.close());
    const metrics = createMetrics({
      ledger: book.read,
      broker: () => ({ ...broker.stats() }),
      waiting: () => journal.waiting(),
      storeAvailable: () => storeAvailable,
      series: () => live.series(),
    });
    let simulated: Promise<{ stop(): Promise<void> }> | undefined;
    const stopFleet = async () => {
      await (await simulated)?.stop();
      simulated = undefined;
    };
    const { app, closeStreams } = createApp({
      catalogue,
      registry,
      telemetry: ingest.store,
      quarantine,
      bus,
      live,
      ledger: book.read,
      replay: { journal: toBePaced, rawRetention: config.RETENTION_RAW },
      purgeSimulated: createPurge({
        registry,
        telemetry: ingest.store,
        quarantine,
        bus,
        files: [dir.fleet, dir.unsent],
        stopFleet,
        drained: createDrained(journal, book, () => storeAvailable),
        drop: live.drop,
      }),
      backup: createBackups({ dir, store: config.STORE, telemetry: ingest.store, journal, registry, quarantine }),
      deviceRoutes: broker.http,
      ready: async () => {
        const checks = { store: storeAvailable && watch.answers(), journal: journal.healthy() };
        return { ready: checks.store && checks.journal, checks };
      },
      metrics,
      config: { timezone: config.CITY_TIMEZONE, publicRead: config.PUBLIC_READ },
      webRoot: fileURLToPath(new URL('../web', import.meta.url)),
      log,
    });

    const mqtt = await broker.listenMqtt(config.MQTT_HOST, config.MQTT_PORT);
    progress(`mqtt mqtt://${config.MQTT_HOST}:${mqtt.port}`);
    if (config.MQTTS_PORT !== undefined) {
      const mqtts = await broker.listenMqtts(config.MQTT_HOST, config.MQTTS_PORT, await tlsFiles(config));
      progress(`mqtts mqtts://${config.MQTT_HOST}:${mqtts.port}`);
    }
    const web = await startWebServer(config.HOST, config.PORT, (request) => app.fetch(request), broker.handleUpgrade);
    closing.add(() => web.stop());
    closing.add(() => closeStreams());
    progress(`administrator's key in ${config.ADMIN_KEY === undefined ? dir.adminKey : 'ADMIN_KEY'}`);

    const housekeeping = startHousekeeping({
      journal,
      store: ingest.store,
      quarantine,
      checkpoint: book.checkpoint,
      keep: {
        raw: config.RETENTION_RAW,
        hours: config.RETENTION_HOURS,
        journal: config.RETENTION_JOURNAL,
        quarantine: config.RETENTION_QUARANTINE,
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
        mqtt: { host: config.MQTT_HOST, port: mqtt.port },
        http: localUrl(config.HOST, web.port),
        historyMs: config.SIMULATE_HISTORY,
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

async function tlsFiles(config: Config): Promise<{ cert: Buffer; key: Buffer; ca?: Buffer }> {
  const read = (name: 'TLS_CERT' | 'TLS_KEY' | 'TLS_CA'): Promise<Buffer> =>
    readFile(config[name] ?? '').catch((error: unknown) => {
      throw new ConfigError(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
    });
  // Certificate and key are there: the settings are refused otherwise.
  const cert = await read('TLS_CERT');
  const key = await read('TLS_KEY');
  return { cert, key, ...(config.TLS_CA ? { ca: await read('TLS_CA') } : {}) };
}
