import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { observation } from '../../api/testing/city.fixture.ts';
import { Backup } from '../../model/backup.ts';
import { Device } from '../../model/device.ts';
import { Ledger } from '../../model/ledger.ts';
import { archiveOf } from '../helpers/archive.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DEVICES = ['counter-a', 'counter-b', 'counter-c'];
const Devices = z.object({ items: z.array(Device) });
const Keys = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const EVERY_MS = 10;
const AT_ONCE = 100;
/** Messages that correct one of the first: number 3, 6, 9, … */
const CORRECTIONS = 8;
const corrected = Array.from({ length: CORRECTIONS }, (_, i) => 3 * (i + 1));
/** A day long gone, UTC, that the city has in its archive. */
const ARCHIVED = Date.parse('2025-11-03T00:00:00Z');
const DAY = 86_400_000;

/** What a city answers to whoever asks for everything until `to` (ms). */
async function answers(city: TestCity, from: number, to: number) {
  const range = `from=${from}&to=${to}`;
  const paths = [
    '/api/v1/providers',
    '/api/v1/observers',
    '/api/v1/areas?geometry=true',
    `/api/v1/observations?${range}&limit=1000`,
    `/api/v1/observations?from=${to - 400 * EVERY_MS}&to=${to}&limit=1000`,
    ...['mean_speed', 'vehicle_count'].flatMap((metric) =>
      [
        'window=5m&group_by=device&fn=value,mean,min,max,sum,count,p50,p95',
        'window=1h&group_by=device',
        'window=1h&group_by=area',
        'window=1d',
        'window=all',
      ].map((how) => `/api/v1/aggregates?metric=${metric}&${range}&${how}`),
    ),
    ...corrected.flatMap((n) =>
      ['mean_speed', 'vehicle_count'].map(
        (metric) =>
          `/api/v1/observations/superseded?device=${DEVICES[n % DEVICES.length]}&metric=${metric}&time=${from + n * EVERY_MS}`,
      ),
    ),
    '/api/v1/archives',
    `/api/v1/quarantine?${range}&limit=1000`,
  ];
  // The administrator's own is another: it is no part of a backup.
  const { items } = Keys.parse(await city.json('/api/v1/keys'));
  const keys = items.filter(({ id }) => id !== 'admin');
  const told = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await city.json(path)] as const)));
  // As registered: how a device does right now is not of the range.
  const { items: devices } = Devices.parse(await city.json('/api/v1/devices?limit=1000'));
  // All of it, archived observations among them, in one order.
  const exported = await city.api(`/api/v1/export/observations?from=${ARCHIVED - DAY}&to=${to}`);
  return { keys, devices, exported: await exported.text(), ...told };
}

/** The newest of every device, by its own page and by the list; how a device does right now is not of a backup. */
async function latest(city: TestCity) {
  const own = await Promise.all(DEVICES.map((id) => city.json(`/api/v1/devices/${id}/latest`)));
  const list = z.object({ items: z.array(z.object({ id: z.string(), newest: z.string().nullable() })) });
  return { own, list: list.parse(await city.json('/api/v1/devices?limit=1000')) };
}

describe('a backup', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let dataDir = '';
  let city: TestCity;
  /** Of the first message, ms; each is EVERY_MS behind the one before. */
  const from = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
  let sent = 0;
  let hot: Backup;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    await archiveOf(join(dataDir, 'archive'), [
      observation('counter-a', 'mean_speed', ARCHIVED + 1, 11),
      observation('counter-gone', 'mean_speed', ARCHIVED + DAY, 12),
    ]);
    city = await startCity({ dataDir });
    await city.post('/api/v1/observers', { username: 'wall-1' });
    await city.post('/api/v1/keys', { id: 'partner-1', name: 'Transerco', scopes: ['read'] });

    const clients = await Promise.all(DEVICES.map(async (id) => await city.connect(id, await city.register({ id }))));
    /** Sends the next message as one of the devices: what a journal holds is a beginning of what was sent. */
    const send = async (n: number) => {
      const values = { mean_speed: sent % 37 === 0 ? 9_999 : 20 + (sent % 50), vehicle_count: sent };
      const reading = JSON.stringify({ time: from + sent * EVERY_MS, values });
      sent += 1;
      await clients[n]?.publishAsync(`city/traffic/${DEVICES[n]}/telemetry`, reading, { qos: 1 });
    };
    for (let i = 0; i < 90; i += 1) await send(i % DEVICES.length);
    for (const n of corrected) {
      const [device, values] = [n % DEVICES.length, { mean_speed: 99.5, vehicle_count: 50_000 + n }];
      const reading = JSON.stringify({ time: from + n * EVERY_MS, values });
      await clients[device]?.publishAsync(`city/traffic/${DEVICES[device]}/telemetry`, reading, { qos: 1 });
    }
    let loading = true;
    const load = (async () => {
      // Of one connection, for the broker keeps the order of each only.
      while (loading) await Promise.all(Array.from({ length: AT_ONCE }, () => send(0)));
    })();
    await vi.waitFor(() => expect(sent).toBeGreaterThan(5 * AT_ONCE));
    hot = Backup.parse(await done(['backup'], { dataDir }));
    loading = false;
    await load;
    await Promise.all(clients.map((client) => client.endAsync()));
    await city.settled();
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  async function restored(from: string, name: string): Promise<TestCity> {
    const target = join(folder.path, name);
    await done(['restore', from], { dataDir: target });
    return await startCity({ dataDir: target });
  }

  it('taken while a load runs, answers as the city did up to the last message that is in it', async () => {
    const copy = await restored(hot.path, 'hot');
    try {
      const { messages, observations } = await copy.settled();
      const held = messages.accepted;
      expect(held).toBeGreaterThanOrEqual(hot.head);
      expect(hot.checkpoint).toBeGreaterThan(90);
      expect(held).toBeLessThanOrEqual(sent + CORRECTIONS);
      expect(messages.processed + messages.quarantined).toBe(held);
      expect(observations).toMatchObject({ decoded: held * 2, duplicate: 0, corrected: CORRECTIONS * 2 });
      const readings = held - CORRECTIONS;
      expect(observations.quarantined).toBe(Math.ceil(readings / 37));
      const to = from + readings * EVERY_MS;
      const told = await answers(city, from, to);
      expect(await answers(copy, from, to)).toEqual(told);
      // The archived, all readings less what is in quarantine, and the header.
      const lines = told.exported.trim().split('\n');
      expect(lines).toHaveLength(2 + 2 * readings - Math.ceil(readings / 37) + 1);
      expect(await copy.json(`/api/v1/observations?from=${to}&to=${to + 86_400_000}`)).toMatchObject({ items: [] });
    } finally {
      await copy.stop();
    }
  });

  it('of a stopped city answers everything as it did', async () => {
    const to = from + sent * EVERY_MS;
    const before = { all: await answers(city, from, to), latest: await latest(city), ledger: await city.ledger() };
    await city.stop();
    const cold = Backup.parse(await done(['backup'], { dataDir }));
    expect([cold.checkpoint, cold.head]).toEqual([sent + CORRECTIONS, sent + CORRECTIONS]);
    const copy = await restored(cold.path, 'cold');
    try {
      expect({ all: await answers(copy, from, to), latest: await latest(copy), ledger: await copy.ledger() }).toEqual(
        before,
      );
      // And it goes on where the old one ended.
      const client = await copy.connect('counter-new', await copy.register({ id: 'counter-new' }));
      await client.publishAsync('city/traffic/counter-new/telemetry', '{"values": {"mean_speed": 30}}', { qos: 1 });
      await client.endAsync();
      expect((await copy.settled()).messages.accepted).toBe(sent + CORRECTIONS + 1);
    } finally {
      await copy.stop();
      city = await startCity({ dataDir });
    }
  });

  it('is readable by its owner only, and holds no key', async () => {
    expect((await stat(hot.path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'backups'))).mode & 0o777).toBe(0o700);
    expect((await readdir(hot.path)).sort()).toEqual(
      ['archive', 'journal', 'manifest.json', 'quarantine.sqlite', 'registry.sqlite', 'telemetry.duckdb'].sort(),
    );
    expect(hot.path.startsWith(join(dataDir, 'backups'))).toBe(true);
    expect(hot.bytes).toBe(hot.files.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('is not put over the data of a running city', async () => {
    const { code, stderr } = await command(['restore', hot.path, '--force'], { dataDir });
    expect([code, stderr]).toEqual([
      3,
      `city: DATA_DIR ${dataDir} is in use by another process: stop the city first\n`,
    ]);
  });

  it('is put over other data only where they may go aside, and the administrator’s key stays', async () => {
    const target = join(folder.path, 'other');
    const other = await startCity({ dataDir: target });
    await other.register({ id: 'counter-other' });
    await other.stop();
    const key = await readFile(join(target, 'admin.key'), 'utf8');

    const refusal = await command(['restore', hot.path], { dataDir: target });
    expect([refusal.code, refusal.stderr]).toEqual([3, expect.stringMatching(/has data already .*--force/)]);
    expect(await done(['device', 'list'], { dataDir: target })).toMatchObject({ items: [{ id: 'counter-other' }] });

    await done(['restore', hot.path, '--force'], { dataDir: target });
    expect(await done(['device', 'list'], { dataDir: target })).toMatchObject({ items: DEVICES.map((id) => ({ id })) });
    expect(await readFile(join(target, 'admin.key'), 'utf8')).toBe(key);
    const aside = (await readdir(target)).filter((name) => name.startsWith('replaced-'));
    const back = await done(['device', 'list'], { dataDir: join(target, aside[0] ?? '') });
    expect(back).toMatchObject({ items: [{ id: 'counter-other' }] });
  });

  it('that is damaged is refused before anything is touched', async () => {
    const target = join(folder.path, 'damaged');
    const quarantine = join(hot.path, 'quarantine.sqlite');
    const bytes = await readFile(quarantine);
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(200) ^ 1, 200);
    await writeFile(quarantine, changed);
    // And what a killed restore left does not stay.
    await mkdir(join(target, 'restoring-20260101T000000000Z'), { recursive: true });
    const refusal = await command(['restore', hot.path], { dataDir: target });
    expect([refusal.code, refusal.stderr]).toEqual([
      3,
      `city: ${hot.path}: quarantine.sqlite is not what was written (SHA-256)\n`,
    ]);
    expect((await readdir(target)).filter((name) => !name.startsWith('lock.sqlite'))).toEqual([]);
    await writeFile(quarantine, bytes);
    await writeFile(join(hot.path, 'stranger'), '');
    // What the manifest does not name is left behind.
    await done(['restore', hot.path], { dataDir: target });
    expect(await readdir(target)).not.toContain('stranger');
    expect((await command(['restore', folder.path], { dataDir: join(folder.path, 'none') })).code).toBe(3);
  });

  it('of another store is refused', async () => {
    const env = { STORE: 'influxdb', INFLUX_URL: 'http://127.0.0.1:9' };
    const refusal = await command(['restore', hot.path], { dataDir: join(folder.path, 'influx'), env });
    expect([refusal.code, refusal.stderr]).toEqual([3, expect.stringContaining('STORE=duckdb, and STORE is influxdb')]);
  });

  it('is one at a time, and clears away what a killed one left', async () => {
    await mkdir(join(dataDir, 'backups', '20260101T000000000Z.partial'));
    const both = await Promise.all([
      command(['backup'], { dataDir }),
      city.api('/api/v1/backups', { method: 'POST' }),
      city.api('/api/v1/backups', { method: 'POST' }),
    ]);
    const statuses = both.map((answer) => ('status' in answer ? answer.status : answer.code));
    expect(statuses.filter((status) => status === 0 || status === 201).length).toBeGreaterThanOrEqual(1);
    expect(statuses.filter((status) => status === 409 || status === 3).length).toBeGreaterThanOrEqual(1);
    const kept = await readdir(join(dataDir, 'backups'));
    expect(kept.filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(Ledger.parse(await city.json('/api/v1/ledger')).messages.pending).toBe(0);
  });

  it('can push the oldest out, as many as are told to stay, and nothing that is no backup', async () => {
    const before = (await readdir(join(dataDir, 'backups'))).sort();
    expect(before.length).toBeGreaterThan(1);
    await mkdir(join(dataDir, 'backups', 'notes'));
    const made = Backup.parse(await done(['backup', '--keep', '2'], { dataDir }));
    const newest = before.at(-1) ?? '';
    expect((await readdir(join(dataDir, 'backups'))).sort()).toEqual([newest, basename(made.path), 'notes'].sort());
    expect(made.pruned.map((path) => basename(path))).toEqual(before.slice(0, -1));
    expect((await command(['backup', '--keep', 'none'], { dataDir })).code).toBe(3);
  });
});
