import type { MessagePort } from 'node:worker_threads';
import type { Config } from './config.ts';
import type { DataDir } from './data-dir.ts';
import type { IngestThreadOptions } from './ingest-thread/protocol.ts';
import { queryCores } from './query-cores.ts';
import type { ReadingThreadOptions } from './reading-thread/protocol.ts';

const VERSIONS = { 1: 1, 2: 2, 3: 3 } as const;

/** What the ingest thread needs of the settings. */
export function ingestOptions(config: Config, dir: DataDir): Omit<IngestThreadOptions, 'reader'> {
  return {
    journal: dir.journal,
    registry: dir.registry,
    quarantine: dir.quarantine,
    store:
      config.STORE === 'duckdb'
        ? { kind: 'duckdb', path: dir.telemetry, threads: queryCores() }
        : {
            kind: 'influxdb',
            url: config.INFLUX_URL ?? '',
            version: VERSIONS[config.INFLUX_VERSION],
            database: config.INFLUX_DATABASE,
            username: config.INFLUX_USERNAME,
            password: config.INFLUX_PASSWORD,
            org: config.INFLUX_ORG,
            token: config.INFLUX_TOKEN,
            sidecar: dir.sidecar,
          },
    rawRetention: config.RETENTION_RAW,
    logLevel: config.LOG_LEVEL,
  };
}

/** What the reading thread needs of the settings; it asks the ingest thread by `ingest`. */
export function readingOptions(config: Config, dir: DataDir, ingest: MessagePort): ReadingThreadOptions {
  return {
    registry: dir.registry,
    archive: dir.archive,
    quarantine: dir.quarantine,
    config: { timezone: config.CITY_TIMEZONE, publicRead: config.PUBLIC_READ },
    logLevel: config.LOG_LEVEL,
    ingest,
  };
}
