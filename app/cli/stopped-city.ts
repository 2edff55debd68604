import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import { createLedger } from '../../ingest/ledger.ts';
import { catalogue } from '../../model/catalogue.ts';
import { instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import { createParquetExport } from '../../storage/archive/parquet-export.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { openJournal } from '../../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import type { ApiKey, Registry } from '../../storage/registry/port.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { newSecret } from '../../storage/secret.ts';
import { keptApart } from '../apart.ts';
import { createBackups } from '../backup/make.ts';
import { Closing } from '../closing.ts';
import type { Config } from '../config.ts';
import type { DataDir } from '../data-dir.ts';
import { createLiveState } from '../live-state.ts';
import { createPurge } from '../purge.ts';
import { openReplaying } from '../replaying.ts';
import { ingestOptions } from '../store-options.ts';
import { lateStore } from './late-store.ts';

/** The name under which the audit knows what was done to a stopped city. */
const KEY_ID = 'command-line';
const NOTHING_LIVE = async () => ({ items: [], next: '0.0', complete: true });

/** The API over the data of a city that does not run: nothing listens, nobody is let in, nothing is ingested. */
export interface StoppedCity {
  readonly fetch: (request: Request) => Promise<Response>;
  /** An administrator's key that only this process knows. */
  readonly key: string;
  close(): Promise<void>;
}

/** Opens the data of a directory whose lock this process holds; closing gives the lock back. */
export async function openStoppedCity(config: Config, dir: DataDir): Promise<StoppedCity> {
  const closing = new Closing();
  closing.add(() => dir.release());
  try {
    const registry = await openSqliteRegistry({ path: dir.registry });
    closing.add(() => registry.close());
    const quarantine = await openSqliteQuarantine({ path: dir.quarantine });
    closing.add(() => quarantine.close());
    const log = pino({ level: 'silent' });
    const journal = await openJournal({ path: dir.journal, log });
    closing.add(() => journal.close());
    const replaying = await openReplaying({
      ...{ quarantine, journal, path: dir.journal, rawRetention: config.RETENTION_RAW },
    });
    closing.add(() => replaying.close());
    const bus = createMemoryBus();
    closing.add(() => bus.close());
    const { reader: telemetry, close } = lateStore(ingestOptions(config, dir).store);
    closing.add(close);

    const archive = await openParquetArchive({ directory: dir.archive });
    closing.add(() => archive.close());

    const pending = async () => journal.head() - (await telemetry.checkpoint()).seq;
    const { secret, hash } = newSecret();
    const key: ApiKey = {
      ...{ id: KEY_ID, name: 'command line', hash, scopes: ['admin', 'read', 'restricted'], provider: null },
      created: instant(Date.now()),
    };
    const works = keptApart({
      purge: createPurge({
        ...{ registry, telemetry, archive, quarantine, bus, files: [dir.fleet, dir.unsent] },
        stopFleet: async () => undefined,
        async drained() {
          const waiting = await pending();
          if (waiting > 0)
            throw new CodedError(
              'not-now',
              `${waiting} messages wait to be stored: start the city once (SIMULATE=off), then purge`,
            );
        },
        drop: () => undefined,
      }),
      backup: createBackups({ dir, store: config.STORE, telemetry, archive, journal, registry, quarantine }),
    });
    const { app, close: closeApi } = createApp({
      ...{ catalogue, registry: withKey(registry, key), telemetry, archive, quarantine, bus, log },
      exportParquet: createParquetExport(dir.archive),
      live: createLiveState(bus, [], NOTHING_LIVE),
      ledger: async () => createLedger(journal, await telemetry.checkpoint()).read(),
      ready: async () => ({ ready: false, checks: { running: false } }),
      metrics: async () => '',
      config: {
        timezone: config.CITY_TIMEZONE,
        publicRead: config.PUBLIC_READ,
        credentialOverlapMs: config.CREDENTIAL_OVERLAP,
      },
      replay: replaying.deps,
      purgeSimulated: works.purge,
      backup: works.backup,
    });
    closing.add(closeApi);
    return {
      fetch: async (request) => await app.fetch(request),
      key: `${KEY_ID}.${secret}`,
      close: () => closing.run(),
    };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/** The registry with one key more, which is kept nowhere. */
function withKey(registry: Registry, key: ApiKey): Registry {
  return { ...registry, key: async (id) => (id === key.id ? key : await registry.key(id)) };
}
