import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { Backup } from '../model/backup.ts';
import type { BaseMapId } from '../model/basemap.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Ledger } from '../model/ledger.ts';
import type { ParquetExport } from '../storage/archive/parquet-export.ts';
import type { Archive, ArchiveReader } from '../storage/archive/port.ts';
import type { Attempts } from '../storage/attempts.ts';
import type { Bus, LiveState } from '../storage/bus/port.ts';
import type { JournalEntry } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { Resender } from '../storage/quarantine/resend.ts';
import type { Registry } from '../storage/registry/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';
import type { DearLimit } from './limits/dear.ts';
import type { RequestLimit } from './limits/requests.ts';
import type { Reader } from './reading/elsewhere.ts';

/** What streams cost at most; the defaults are for a city. */
export interface StreamConfig {
  /** ms between two deliveries of a coalesced stream; 1,000 by default. */
  readonly coalesceMs?: number | undefined;
  /** ms between two signs of life; 15,000 by default. */
  readonly heartbeatMs?: number | undefined;
  /** Observations held in memory for one reader of everything before it falls back to the journal; 10,000 by default. */
  readonly buffer?: number | undefined;
  /** Open streams; 1,000 by default, a quarter of them of one key or address. */
  readonly limit?: number | undefined;
}

export interface ApiConfig {
  /** IANA name of the city's timezone: days and hours of aggregates are its. */
  readonly timezone: string;
  /** Whether metrics whose access is public may be read without a key. */
  readonly publicRead: boolean;
  /** ms for which a password that is replaced stays good beside the new one; a day by default. */
  readonly credentialOverlapMs?: number | undefined;
  /** Bytes of a request body; 1 MiB by default. An import of devices may have 16 times as many, one of areas 64 times. */
  readonly maxBodyBytes?: number | undefined;
  /** Origins whose pages may call the API; `*` (without cookies) by default. */
  readonly corsOrigins?: readonly string[] | '*' | undefined;
  readonly stream?: StreamConfig | undefined;
  /** What the page is drawn on, and the full path of the operator's file of tiles; the schematic by default. */
  readonly basemap?: { readonly base: BaseMapId; readonly pmtiles?: string | undefined } | undefined;
  /** What one key or address may ask for; none by default. */
  readonly limits?: { readonly requests: RequestLimit; readonly dear: DearLimit; readonly view: DearLimit } | undefined;
}

/** Whether the city can serve, and which part cannot. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, boolean>;
  /** What an operator should see to before something fails; absent where there is nothing. */
  readonly warnings?: string[] | undefined;
}

/** What replaying the quarantine needs. */
export interface ReplayDeps {
  readonly resender: Pick<Resender, 'resend'>;
  /** ms for which raw observations are kept. */
  readonly rawRetention: number;
  /** The times (ms) that a message of a device of this kind speaks of, as it is going to be decoded; none where nothing of it can be. */
  readonly times: (message: Pick<JournalEntry, 'format' | 'payload' | 'received'>, kind: string) => readonly number[];
}

/** What went with the simulated city: devices, their observations and what of theirs was in quarantine. */
export interface Purged {
  readonly devices: number;
  readonly observations: number;
  readonly quarantined: number;
}

/** How a backup is made. */
export interface BackupOptions {
  /** Older backups are deleted until so many are left, the new one among them; all stay by default. */
  readonly keep?: number | undefined;
}

/** What answers stand on that only read the city. */
export interface ReadDeps {
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  readonly telemetry: TelemetryReader;
  /** Where the data directory is: raw days that the store does not hold any more. */
  readonly archive?: ArchiveReader | undefined;
  /** Where there is a disk for it: makes Parquet files of observations. */
  readonly exportParquet?: ParquetExport | undefined;
  /** Where what could not be stored is kept: which devices have something of it. */
  readonly quarantine: Pick<QuarantineStore, 'summary'>;
  readonly bus: Bus;
  readonly live: LiveState;
  readonly config: Pick<ApiConfig, 'timezone' | 'publicRead'>;
  readonly log: Logger;
  /** ms since the epoch; Date.now by default. */
  readonly now?: (() => number) | undefined;
}

/** Everything the API stands on: ports and functions, no process environment, no other part of the city. */
export interface ApiDeps extends ReadDeps {
  /** Where wrong keys are slowed down: the count that the devices' door keeps too. */
  readonly attempts?: Attempts | undefined;
  readonly archive?: Archive | undefined;
  /** Answers what only reads, somewhere else; here where it is not given. */
  readonly reader?: Reader | undefined;
  readonly quarantine: QuarantineStore;
  readonly ledger: () => Ledger | Promise<Ledger>;
  /** Where the journal is written: messages in quarantine can be replayed. */
  readonly replay?: ReplayDeps | undefined;
  /** Where the fleet runs: removes the simulated city. Rejects with CodedError `not-now` where something stands in the way. */
  readonly purgeSimulated?: (() => Promise<Purged>) | undefined;
  /** Where the data directory is: copies it. Rejects with CodedError `not-now` while another copy is made, `no-room` where it would not fit. */
  readonly backup?: ((options?: BackupOptions) => Promise<Backup>) | undefined;
  /** The devices' HTTP door, mounted under /api/v1; its routes join the OpenAPI document. */
  readonly deviceRoutes?: OpenAPIHono | undefined;
  readonly ready: () => Promise<Readiness>;
  /** Prometheus text format, version 0.0.4. */
  readonly metrics: () => Promise<string>;
  readonly config: ApiConfig;
  /** Folder of the built page. */
  readonly webRoot?: string | undefined;
}
