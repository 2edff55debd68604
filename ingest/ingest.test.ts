import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import type { Device } from '../model/device.ts';
import { createMemoryBus } from '../storage/bus/memory.ts';
import type { Bus, BusEvents } from '../storage/bus/port.ts';
import { openJournal, openJournalReader } from '../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../storage/quarantine/sqlite.ts';
import { openDuckDbStore } from '../storage/telemetry/duckdb/store.ts';
import { StoreUnavailable, type TelemetryStore } from '../storage/telemetry/port.ts';
import { startIngest } from './ingest.ts';
import { createLedger } from './ledger.ts';

const device = (id: string): Device => ({
  id,
  domain: 'traffic',
  kind: 'counter',
  name: id,
  geometry: { type: 'Point', coordinates: [105.8, 21] },
  provider: 'hanoi',
  tags: {},
  simulated: false,
  state: 'active',
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:00:00Z',
});

type Through = (store: TelemetryStore) => TelemetryStore;

/** A real journal, store and quarantine in a folder; opening the same folder again is a restart. */
async function openNode(folder: string, bus: Bus, through: Through = (store) => store) {
  const journal = await openJournal({ path: join(folder, 'journal') });
  const reader = await openJournalReader({ path: join(folder, 'journal') });
  const store = through(await openDuckDbStore({ path: join(folder, 'telemetry.duckdb') }));
  const quarantine = await openSqliteQuarantine({ path: join(folder, 'quarantine.sqlite') });
  const checkpoint = await store.checkpoint();
  const books = createLedger(journal, checkpoint);
  const failures: unknown[] = [];
  const ingest = await startIngest(checkpoint, await store.latest(), {
    catalogue,
    journal: reader,
    store,
    quarantine,
    lookUp: async (id) => (id === 'gone' ? undefined : device(id)),
    bus,
    rawRetention: 90 * 86_400_000,
    log: pino({ level: 'silent' }),
    committed: books.add,
    available: () => {},
    failed: (error) => failures.push(error),
  });
  journal.onFlushed((head) => ingest.flushed(head));
  ingest.flushed(journal.head());

  return {
    store,
    quarantine,
    ingest,
    books,
    send(id: string, message: unknown, provider = 'hanoi'): Promise<number> {
      const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
      return journal.append({ device: id, domain: 'traffic', provider, format: 'json', received: Date.now(), payload });
    },
    async settled() {
      await vi.waitFor(() => expect(books.pending()).toBe(0), { timeout: 10_000, interval: 5 });
      return books.read();
    },
    async close(): Promise<void> {
      await ingest.stop();
      await store.close();
      await quarantine.close();
      await reader.close();
      await journal.close();
      expect(failures).toEqual([]);
    },
  };
}

describe('from the journal to the store', () => {
  let folder: string;
  const bus = createMemoryBus();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ingest-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('stores what holds, sets aside what does not, and counts both', async () => {
    const node = await openNode(folder, bus);
    const time = Date.now() - 5_000;
    await node.send('a', { time, values: { mean_speed: 10, occupancy: 'much' } });
    await node.send('a', '{');
    await node.send('gone', { values: { mean_speed: 1 } });
    await node.send('b', { time, values: { mean_speed: 30 } }, 'acme');
    const books = await node.settled();
    expect(books.messages).toEqual({ accepted: 4, processed: 2, quarantined: 2, pending: 0 });
    expect(books.observations).toEqual({ decoded: 3, stored: 2, duplicate: 0, corrected: 0, quarantined: 1 });
    expect(books.providers.map((provider) => [provider.id, provider.messages.accepted])).toEqual([
      ['acme', 1],
      ['hanoi', 3],
    ]);
    const items = await node.quarantine.list({ limit: 10 });
    expect(items.map((item) => item.reason).sort()).toEqual(['malformed-json', 'unknown-device', 'wrong-type']);
    await node.close();
  });

  it('goes on where it was, with the same books, after a restart', async () => {
    const first = await openNode(folder, bus);
    const time = Date.now() - 5_000;
    await first.send('a', { time, values: { mean_speed: 10 } });
    const before = await first.settled();
    await first.close();
    const node = await openNode(folder, bus);
    expect(node.books.read()).toEqual(before);
    await node.send('a', { time, values: { mean_speed: 10 } });
    await node.send('a', { time, values: { mean_speed: 11 } });
    expect((await node.settled()).observations).toEqual({
      decoded: 3,
      stored: 1,
      duplicate: 1,
      corrected: 1,
      quarantined: 0,
    });
    expect(await node.store.latest()).toMatchObject([{ value: 11 }]);
    await node.close();
  });

  it('waits while the store is away, shows live values meanwhile, and loses nothing', async () => {
    let away = true;
    const node = await openNode(folder, bus, (store) => ({
      ...bound(store),
      put: async (batch) => {
        if (away) throw new StoreUnavailable('away');
        await store.put(batch);
      },
    }));
    const live = new Promise<BusEvents['latest']>((resolve) => bus.subscribe('latest', resolve));
    await node.send('a', { values: { mean_speed: 10 } });
    expect(await live).toMatchObject([{ device: 'a', value: 10, id: '1.0' }]);
    expect(node.books.pending()).toBe(1);
    for (let i = 0; i < 100; i += 1)
      await node.send('a', { time: Date.now() - 100_000 + i, values: { mean_speed: i } });
    away = false;
    expect((await node.settled()).observations.stored).toBe(101);
    await node.close();
  });

  it('keeps the newest by phenomenon time live, however late others arrive', async () => {
    const node = await openNode(folder, bus);
    const seen: BusEvents['latest'][number][] = [];
    bus.subscribe('latest', (observations) => seen.push(...observations));
    const now = Date.now() - 10_000;
    for (const [age, value] of [
      [0, 1],
      [5_000, 2],
      [1_000, 3],
    ] as const)
      await node.send('a', { time: now - age, values: { mean_speed: value } });
    await node.settled();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0));
    expect(seen.at(-1)).toMatchObject({ value: 1, time: now });
    await node.close();
  });

  it('reads again from any id, in order and without a gap', async () => {
    const node = await openNode(folder, bus);
    for (let i = 0; i < 25; i += 1)
      await node.send('a', { time: Date.now() - 100_000 + i, values: { mean_speed: i, occupancy: i } });
    await node.settled();
    const all: number[] = [];
    let after = '3.0';
    for (;;) {
      const { items, next, complete } = await node.ingest.since(after, 7);
      expect(complete).toBe(true);
      if (items.length === 0) break;
      all.push(...items.map((item) => Number(item.id.replace('.', ''))));
      after = next;
    }
    const expected = Array.from({ length: 25 }, (_, i) => [(i + 1) * 10, (i + 1) * 10 + 1])
      .flat()
      .filter((id) => id > 30);
    expect(all).toEqual(expected);
    await node.close();
  });

  it('tells a device about its first fault', async () => {
    const node = await openNode(folder, bus);
    const told = new Promise((resolve) => bus.subscribe('rejected', resolve));
    await node.send('a', { values: { mean_speed: 900 } });
    expect(await told).toMatchObject({ device: 'a', domain: 'traffic', reason: 'out-of-range', metric: 'mean_speed' });
    await node.close();
  });
});

/** A store's methods, free of their object, so that one of them can be replaced. */
function bound(store: TelemetryStore): TelemetryStore {
  return {
    ping: () => store.ping(),
    checkpoint: () => store.checkpoint(),
    put: (batch) => store.put(batch),
    held: (identities) => store.held(identities),
    heads: () => store.heads(),
    latest: (devices) => store.latest(devices),
    superseded: (identity) => store.superseded(identity),
    range: (query) => store.range(query),
    corrected: (query) => store.corrected(query),
    aggregate: (query) => store.aggregate(query),
    frames: (query) => store.frames(query),
    volume: (query) => store.volume(query),
    cells: (devices, metric, from, to) => store.cells(devices, metric, from, to),
    hours: (...query) => store.hours(...query),
    expire: (...before) => store.expire(...before),
    erase: (devices) => store.erase(devices),
    extract: (...span) => store.extract(...span),
    backup: (directory) => store.backup(directory),
    close: () => store.close(),
  };
}
