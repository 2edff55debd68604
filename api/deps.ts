import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { Backup } from '../model/backup.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Bus, LiveState } from '../storage/bus/port.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { ApiKey, Principal, Registry } from '../storage/registry/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';

/** What streams cost at most; the defaults are for a city. */
export interface StreamConfig {
  /** ms between two deliveries of a coalesced stream; 1,000 by default. */
  readonly coalesceMs?: number | undefined;
  /** ms between two signs of life; 15,000 by default. */
  readonly heartbeatMs?: number | undefined;
  /** Observations held in memory for one reader of everything before it falls back to the journal; 10,000 by default. */
  readonly buffer?: number | undefined;
  /** Open streams; 1,000 by default. */
  readonly limit?: number | undefined;
}

export interface ApiConfig {
  /** IANA name of the city's timezone: days and hours of aggregates are its. */
  readonly timezone: string;
  /** Whether metrics whose access is public may be read without a key. */
  readonly publicRead: boolean;
  /** Bytes of a request body; 1 MiB by default. An import of devices may have 16 times as many, one of areas 64 times. */
  readonly maxBodyBytes?: number | undefined;
  /** Origins whose pages may call the API; `*` (without cookies) by default. */
  readonly corsOrigins?: readonly string[] | '*' | undefined;
  readonly stream?: StreamConfig | undefined;
}

/** Whether the city can serve, and which part cannot. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Record<string, boolean>;
}

/** What replaying the quarantine needs. */
export interface ReplayDeps {
  readonly journal: Pick<JournalWriter, 'appendAll'>;
  /** ms for which raw observations are kept. */
  readonly rawRetention: number;
}

/** What went with the simulated city: devices, their observations and what of theirs was in quarantine. */
export interface Purged {
  readonly devices: number;
  readonly observations: number;
  readonly quarantined: number;
}

/** Everything the API stands on: ports and functions, no process environment, no other part of the city. */
export interface ApiDeps {
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  readonly telemetry: TelemetryReader;
  readonly quarantine: QuarantineStore;
  readonly bus: Bus;
  readonly live: LiveState;
  readonly ledger: () => Ledger | Promise<Ledger>;
  /** Where the journal is written: messages in quarantine can be replayed. */
  readonly replay?: ReplayDeps | undefined;
  /** Where the fleet runs: removes the simulated city. Rejects with CodedError `not-now` where something stands in the way. */
  readonly purgeSimulated?: (() => Promise<Purged>) | undefined;
  /** Where the data directory is: copies it. Rejects with CodedError `not-now` while another copy is made, `no-room` where it would not fit. */
  readonly backup?: (() => Promise<Backup>) | undefined;
  /** The devices' HTTP door, mounted under /api/v1; its routes join the OpenAPI document. */
  readonly deviceRoutes?: OpenAPIHono<{ Variables: { principal: Principal } }> | undefined;
  readonly ready: () => Promise<Readiness>;
  /** Prometheus text format, version 0.0.4. */
  readonly metrics: () => Promise<string>;
  readonly config: ApiConfig;
  /** Folder of the built page. */
  readonly webRoot?: string | undefined;
  readonly log: Logger;
  /** ms since the epoch; Date.now by default. */
  readonly now?: (() => number) | undefined;
}

/** What a request carries through its handlers: the key it was made with, if any. */
export interface ApiEnv {
  Variables: { key: ApiKey | undefined };
}
