import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReplayer } from '../../api/replay.ts';
import { applyRetention } from '../../app/housekeeping.ts';
import { openReplaying } from '../../app/replaying.ts';
import { PRODUCTS } from '../../ingest/decoders/registry.ts';
import type { FormatDecoders } from '../../ingest/formats/format.ts';
import { FORMAT_DECODERS } from '../../ingest/formats/formats.ts';
import { uplinkDecoder } from '../../ingest/formats/uplink.ts';
import { startIngest } from '../../ingest/ingest.ts';
import { createLedger } from '../../ingest/ledger.ts';
import { type Catalogue, catalogue, createCatalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import type { Format } from '../../model/topic.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { openJournal, openJournalReader } from '../../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DAY = 86_400_000;
const RAW = 90 * DAY;
const LOG = pino({ level: 'silent' });
const AT = { created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' };

const counter = (id: string, other: Partial<Device> = {}): Device => ({
  ...{
    id,
    domain: 'traffic',
    kind: 'counter',
    name: id,
    provider: 'hanoi',
    tags: {},
    simulated: false,
    state: 'active',
  },
  ...{ geometry: { type: 'Point', coordinates: [105.8, 21] }, ...AT },
  ...other,
});

/** The city's rows, a speed being at most so many km/h. */
const speedsUpTo = (max: number): Catalogue =>
  createCatalogue(
    catalogue.domains.map((domain) => ({
      ...domain,
      metrics: domain.metrics.map((row) => (row.id === 'mean_speed' ? { ...row, range: [0, max] as const } : row)),
    })),
  );

/** Journal, store, quarantine, ingest and replay over a folder; opening it again is a restart with what was mended. */
async function openNode(
  folder: string,
  rows: Catalogue,
  devices: ReadonlyMap<string, Device>,
  formats: FormatDecoders = FORMAT_DECODERS,
) {
  const journal = await openJournal({ path: join(folder, 'journal') });
  const reader = await openJournalReader({ path: join(folder, 'journal') });
  const store = await openDuckDbStore({ path: join(folder, 'telemetry.duckdb'), threads: 1, memoryLimit: '128MB' });
  const quarantine = await openSqliteQuarantine({ path: join(folder, 'quarantine.db') });
  const replaying = await openReplaying({ quarantine, journal, path: join(folder, 'journal'), rawRetention: RAW });
  const checkpoint = await store.checkpoint();
  const books = createLedger(journal, checkpoint);
  const failures: unknown[] = [];
  const bus = createMemoryBus();
  const ingest = await startIngest(checkpoint, await store.latest(), {
    ...{ catalogue: rows, journal: reader, store, quarantine, bus, rawRetention: RAW, log: LOG, formats },
    lookUp: async (id) => devices.get(id),
    committed: books.add,
    available: () => {},
    failed: (error) => failures.push(error),
  });
  journal.onFlushed((head) => ingest.flushed(head));
  ingest.flushed(journal.head());
  const roll = async () => ({ devices: [...devices.values()], byId: devices });
  const replayer = createReplayer({ ...replaying.deps, quarantine, directory: { roll }, now: Date.now });
  return {
    ...{ journal, store, quarantine, replaying, replayer, checkpoint: books.checkpoint },
    send: (device: string, payload: string | Uint8Array, format: Format = 'json', received = Date.now()) =>
      journal.append({
        ...{ device, format, received, payload: Buffer.from(payload) },
        ...{ domain: format === 'tts' || format === 'chirpstack' ? '' : 'traffic', provider: 'hanoi' },
      }),
    async settled() {
      await vi.waitFor(() => expect(books.pending()).toBe(0), { timeout: 20_000, interval: 5 });
      return books.read();
    },
    reasons: async () =>
      (await quarantine.list({ state: 'waiting', order: 'oldest', limit: 100 })).map((each) => each.reason),
    async close(): Promise<void> {
      await ingest.stop();
      await replaying.close();
      await store.close();
      await quarantine.close();
      await reader.close();
      await journal.close();
      await bus.close();
      expect(failures).toEqual([]);
    },
  };
}

describe('replaying after the cause was mended', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  const devices = new Map<string, Device>();
  let node: Awaited<ReturnType<typeof openNode>>;
  beforeEach(async () => {
    folder = await temporaryDirectory();
    devices.clear();
  });
  afterEach(async () => {
    await node.close();
    await folder.remove();
  });
  const open = async (rows = catalogue, formats?: FormatDecoders) => {
    node = await openNode(folder.path, rows, devices, formats);
    return node;
  };
  const values = async (device: string) => {
    const items = (await node.store.latest()).filter((each) => each.device === device);
    return Object.fromEntries(items.map(({ metric, value }) => [metric, value]));
  };

  it('a widened range: what was out of it is stored, what was stored already is a duplicate', async () => {
    devices.set('counter-1', counter('counter-1'));
    await open(speedsUpTo(100));
    await node.send(
      'counter-1',
      JSON.stringify({ time: Date.now() - 5_000, values: { mean_speed: 120, occupancy: 30 } }),
    );
    expect((await node.settled()).observations).toMatchObject({ decoded: 2, stored: 1, quarantined: 1 });
    // Before it is mended it comes back with the same reason.
    expect(await node.replayer.all({}, null)).toMatchObject({ replayed: 1, messages: 1, refused: 0 });
    expect((await node.settled()).observations).toMatchObject({ decoded: 4, stored: 1, duplicate: 1, quarantined: 2 });
    expect(await node.reasons()).toEqual(['out-of-range']);
    await node.close();

    await open(speedsUpTo(200));
    expect(await node.replayer.all({ reason: 'out-of-range' }, null)).toMatchObject({ replayed: 1, messages: 1 });
    expect((await node.settled()).observations).toMatchObject({ decoded: 6, stored: 2, duplicate: 2, quarantined: 2 });
    expect(await values('counter-1')).toEqual({ mean_speed: 120, occupancy: 30 });
    expect(await node.reasons()).toEqual([]);
    expect(await node.replayer.all({}, null)).toMatchObject({ replayed: 0, messages: 0 });
  });

  it('a registered device, in every format: each message is stored as it would have been', async () => {
    await open();
    const time = Date.now() - 60_000;
    const senml = [{ bn: 'counter-1/', n: 'mean_speed', u: 'km/h', v: 41, t: time / 1_000 }];
    await node.send('counter-1', JSON.stringify({ time, values: { vehicle_count: 7 } }));
    await node.send('counter-1', JSON.stringify(senml), 'senml');
    await node.send('counter-1', `traffic occupancy=33 ${time}000000`, 'line');
    await node.settled();
    expect(new Set(await node.reasons())).toEqual(new Set(['unknown-device']));
    devices.set('counter-1', counter('counter-1'));
    expect(await node.replayer.all({ device: 'counter-1' }, null)).toMatchObject({ messages: 3, refused: 0 });
    const books = await node.settled();
    expect(books.messages).toMatchObject({ accepted: 6, processed: 3, quarantined: 3 });
    expect(await values('counter-1')).toEqual({ vehicle_count: 7, mean_speed: 41, occupancy: 33 });
  });

  it('a decoder that was added: an uplink that nobody could read is stored, at the time it was received', async () => {
    const id = 'eui-24e124707c141234';
    devices.set(id, counter(id, { domain: 'education', kind: 'milesight-am103' }));
    const others = new Map([...PRODUCTS].filter(([kind]) => kind !== 'milesight-am103'));
    await open(catalogue, { ...FORMAT_DECODERS, tts: uplinkDecoder('tts', others) });
    const time = Date.now() - 60_000;
    const uplink = {
      end_device_ids: { dev_eui: '24E124707C141234' },
      uplink_message: { f_port: 85, frm_payload: 'B33FAQ==', received_at: new Date(time).toISOString() },
    };
    await node.send(id, JSON.stringify(uplink), 'tts');
    await node.settled();
    expect(await node.reasons()).toEqual(['no-decoder']);
    await node.close();

    await open();
    expect(await node.replayer.all({ reason: 'no-decoder' }, null)).toMatchObject({ replayed: 1, refused: 0 });
    const books = await node.settled();
    expect(books.messages).toMatchObject({ accepted: 2, processed: 1, quarantined: 1, pending: 0 });
    expect(books.observations).toMatchObject({ decoded: 1, stored: 1, quarantined: 0 });
    expect(await node.store.latest()).toMatchObject([{ device: id, metric: 'co2', value: 453, time }]);
    expect(await node.reasons()).toEqual([]);
  });

  it.each(['json', 'senml', 'senml-cbor', 'line', 'tts', 'chirpstack'] as const)(
    'a payload of garbage in %s waits, goes again once, and comes back with its reason',
    async (format) => {
      devices.set('counter-1', counter('counter-1'));
      await open();
      await node.send('counter-1', Buffer.from([0xff, 0x00, 0x7b, 0xfe]), format);
      await node.settled();
      const [reason] = await node.reasons();
      expect(await node.replayer.all({ format }, null)).toMatchObject({ messages: 1, refused: 0 });
      expect((await node.settled()).messages).toMatchObject({ accepted: 2 });
      expect(await node.reasons()).toEqual([reason]);
      expect((await node.quarantine.message(2))?.payload).toEqual(new Uint8Array([0xff, 0x00, 0x7b, 0xfe]));
    },
  );

  it('refuses what could not be told from what is deleted by now, in every format that says its time', async () => {
    await open();
    const received = Date.now() - 80 * DAY;
    const time = received - 20 * DAY;
    await node.send('counter-1', JSON.stringify({ time, values: { vehicle_count: 7 } }), 'json', received);
    await node.send('counter-1', JSON.stringify([{ n: 'mean_speed', v: 41, t: time / 1_000 }]), 'senml', received);
    await node.send('counter-1', `traffic occupancy=33 ${time}000000`, 'line', received);
    // One without a time means its receipt, and that is kept.
    await node.send('counter-1', JSON.stringify({ values: { vehicle_count: 9 } }), 'json', received);
    await node.settled();
    devices.set('counter-1', counter('counter-1'));
    const done = await node.replayer.all({}, null);
    expect(done).toMatchObject({ messages: 1, refused: 3 });
    expect(done.refusals.map(({ code }) => code)).toEqual(['too-old', 'too-old', 'too-old']);
  });

  it('what is in quarantine goes when its time is over, and replays left open are settled before the journal is trimmed', async () => {
    devices.set('counter-1', counter('counter-1'));
    await open();
    const now = Date.now();
    await node.send('counter-1', '{', 'json', now - 31 * DAY);
    await node.send('counter-1', '[', 'json', now - 29 * DAY);
    await node.settled();
    // Left open by a failing disk: the message is in the journal, and nothing says so yet.
    await node.quarantine.claim([2], node.journal.head());
    await node.send('counter-1', '[', 'json', now - 29 * DAY);
    await node.settled();
    await applyRetention(
      {
        ...{ journal: node.journal, store: node.store, quarantine: node.quarantine, log: LOG },
        archive: { expire: async () => 0 },
        registry: { expirePresenceChanges: async () => 0 },
        settle: node.replaying.settle,
        checkpoint: node.checkpoint,
        keep: { raw: RAW, hours: RAW, journal: DAY, quarantine: 30 * DAY, archive: RAW, presence: RAW },
      },
      now,
    );
    expect(await node.quarantine.summary({}, 1)).toMatchObject({ items: 2, waiting: 1, replayed: 1 });
    expect(await node.quarantine.get('2-0')).toMatchObject({ replayed: expect.any(String) });
  });
});
