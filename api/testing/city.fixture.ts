import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import type { Backup } from '../../model/backup.ts';
import { catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import type { Observation } from '../../model/observation.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import { createParquetExport } from '../../storage/archive/parquet-export.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import { openJournal, openJournalReader } from '../../storage/journal/lmdb.ts';
import { createResender } from '../../storage/quarantine/resend.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import type { Scope } from '../../storage/registry/port.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { newSecret } from '../../storage/secret.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { createApp } from '../app.ts';
import type { ApiConfig, ApiDeps, ReplayDeps } from '../deps.ts';
import { createConformance } from './conformance.fixture.ts';
import { createTestLive } from './live.fixture.ts';

/** The clock of the test city: 2026-11-24 12:00 in Hanoi. */
export const NOW = Date.parse('2026-11-24T05:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const NO_COUNTS = { decoded: 0, stored: 0, duplicate: 0, corrected: 0, quarantined: 0 };
const NO_LEDGER = {
  messages: { accepted: 0, processed: 0, quarantined: 0, pending: 0 },
  observations: NO_COUNTS,
  providers: [],
};

const NO_BACKUP: Backup = {
  ...{ format: 1, created: new Date(NOW).toISOString(), store: 'duckdb', checkpoint: 0, head: 0, files: [] },
  ...{ path: 'nowhere', bytes: 0, pruned: [], note: null },
};

/** Ingest's decoders are of another part of the city: of its JSON the API's tests read the time by themselves. */
const times: ReplayDeps['times'] = ({ payload, received }) => {
  const Reading = z.looseObject({ time: z.number().default(received) });
  try {
    const message: unknown = JSON.parse(Buffer.from(payload).toString());
    return (Array.isArray(message) ? message : [message]).map((reading) => Reading.parse(reading).time);
  } catch {
    return [];
  }
};

/** A page of any list. */
export const Page = z.looseObject({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

export interface TestOptions {
  readonly config?: Partial<ApiConfig> | undefined;
  /** Replaces parts; what they break must not reach a client. */
  readonly deps?: Partial<ApiDeps> | undefined;
}

/** A device of the test city: a traffic counter near Hoàn Kiếm lake unless told otherwise. */
export function device(id: string, other: Partial<Device> = {}): Device {
  const at = new Date(NOW - HOUR).toISOString();
  return {
    ...{ id, domain: 'traffic', kind: 'counter', name: `Trạm ${id}`, provider: 'hanoi', tags: {}, simulated: false },
    ...{ geometry: { type: 'Point', coordinates: [105.852, 21.03] }, state: 'active', created: at, updated: at },
    ...other,
  };
}

export function observation(
  device: string,
  metric: string,
  time: number,
  value: number,
  other: Partial<Observation> = {},
) {
  return { device, metric, time, value, quality: 'valid' as const, received: time, flags: [], ...other };
}

export function live(device: string, metric: string, value: number, other: Partial<LiveObservation> = {}) {
  return { ...observation(device, metric, NOW - 10_000, value), domain: 'traffic', ...other };
}

/** The API over the real registry, quarantine, bus and embedded store in a folder of its own. Every response is checked. */
export async function openCity({ config, deps }: TestOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'api-'));
  const registry = await openSqliteRegistry({ path: join(folder, 'registry.db') });
  const quarantine = await openSqliteQuarantine({ path: join(folder, 'quarantine.db') });
  const telemetry = await openDuckDbStore({ path: join(folder, 'telemetry.duckdb'), memoryLimit: '128MB', threads: 1 });
  const archive = await openParquetArchive({ directory: join(folder, 'archive') });
  const journal = await openJournal({ path: join(folder, 'journal') });
  const reader = await openJournalReader({ path: join(folder, 'journal') });
  const resender = createResender({ quarantine, journal, reader });
  const bus = createMemoryBus();
  const liveState = createTestLive(bus);

  const key = (id: string, ...scopes: Scope[]) => keyOf(id, null, ...scopes);
  /** A key for the devices of one provider. */
  async function keyOf(id: string, provider: string | null, ...scopes: Scope[]): Promise<string> {
    const { secret, hash } = newSecret();
    await registry.addKey({ id, name: id, hash, scopes, provider, created: new Date(NOW).toISOString() });
    return `${id}.${secret}`;
  }
  const keys = { admin: await key('admin', 'admin'), read: await key('reader', 'read') };

  const api = createApp({
    ...{ catalogue, registry, telemetry, archive, quarantine, bus, live: liveState },
    ledger: () => NO_LEDGER,
    exportParquet: createParquetExport(join(folder, 'archive')),
    replay: { resender, rawRetention: 90 * 24 * HOUR, times },
    purgeSimulated: async () => ({ devices: 0, observations: 0, quarantined: 0 }),
    backup: async () => NO_BACKUP,
    ready: async () => ({ ready: true, checks: { registry: true } }),
    metrics: async () => '# HELP up It is up.\n# TYPE up gauge\nup 1\n',
    config: { timezone: 'Asia/Ho_Chi_Minh', publicRead: true, ...config },
    log: pino({ level: 'silent' }),
    now: () => NOW,
    ...deps,
  });
  const document: unknown = await (await api.app.request('/api/openapi.json')).json();
  const conformance = createConformance(document);

  async function request(path: string, init: RequestInit & { as?: string } = {}): Promise<Response> {
    const { as, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (as !== undefined) headers.set('authorization', `Bearer ${as}`);
    const response = await api.app.request(path, { ...rest, headers });
    if (!headers.has('accept-encoding') && !response.headers.get('content-type')?.startsWith('text/event-stream'))
      await conformance.check(rest.method ?? 'GET', new URL(path, 'http://city').pathname, response.clone());
    return response;
  }

  let seq = 0;
  return {
    journalPath: join(folder, 'journal'),
    ...{
      api,
      app: api.app,
      document,
      registry,
      quarantine,
      telemetry,
      archive,
      journal,
      bus,
      live: liveState,
      keys,
      key,
      keyOf,
      request,
    },
    /** Asks for a list. */
    async list(path: string, as?: string) {
      const response = await request(path, as === undefined ? {} : { as });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return Page.parse(await response.json());
    },
    /** Sends JSON. */
    send: (method: string, path: string, body: unknown, as: string | undefined = keys.admin) =>
      request(path, { method, as, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    /** Registers devices behind the API's back. */
    async register(...devices: readonly Device[]) {
      await registry.addDevices(devices.map((each) => ({ device: each, hash: newSecret().hash })));
      for (const { id } of devices) bus.publish('device', { id });
    },
    /** Stores observations as fresh. */
    async store(...fresh: readonly Observation[]) {
      await telemetry.put({ after: seq, upTo: seq + 1, fresh, corrections: [], tallies: [] });
      seq += 1;
    },
    async close() {
      api.close();
      await bus.close();
      await Promise.all([registry.close(), quarantine.close(), telemetry.close(), archive.close(), reader.close()]);
      await journal.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestCity = Awaited<ReturnType<typeof openCity>>;
