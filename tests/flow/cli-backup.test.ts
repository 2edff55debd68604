import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Backup } from '../../model/backup.ts';
import { Device } from '../../model/device.ts';
import { Ledger } from '../../model/ledger.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DEVICES = ['counter-a', 'counter-b', 'counter-c'];
const Devices = z.object({ items: z.array(Device) });
const Keys = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const EVERY_MS = 10;
const AT_ONCE = 100;

/** What a city answers to whoever asks for everything until `to` (ms). */
async function answers(city: TestCity, from: number, to: number): Promise<unknown> {
  const range = `from=${from}&to=${to}`;
  const paths = [
    '/api/v1/providers',
    '/api/v1/observers',
    '/api/v1/areas?geometry=true',
    `/api/v1/observations?${range}&limit=1000`,
    `/api/v1/observations?from=${to - 400 * EVERY_MS}&to=${to}&limit=1000`,
    `/api/v1/aggregates?metric=mean_speed&${range}&window=5m`,
    `/api/v1/aggregates?metric=vehicle_count&${range}&window=1h`,
    `/api/v1/quarantine?${range}&limit=1000`,
  ];
  // The administrator's own is another: it is no part of a backup.
  const { items } = Keys.parse(await city.json('/api/v1/keys'));
  const keys = items.filter(({ id }) => id !== 'admin');
  const told = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await city.json(path)] as const)));
  // As registered: how a device does right now is not of the range.
  const { items: devices } = Devices.parse(await city.json('/api/v1/devices?limit=1000'));
  return { keys, devices, ...told };
}

const latest = async (city: TestCity) =>
  await Promise.all(
    ['?limit=1000', ...DEVICES.map((id) => `/${id}/latest`)].map((path) => city.json(`/api/v1/devices${path}`)),
  );

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
      expect(held).toBeLessThanOrEqual(sent);
      expect(messages.processed + messages.quarantined).toBe(held);
      expect(observations).toMatchObject({ decoded: held * 2, duplicate: 0, corrected: 0 });
      expect(observations.quarantined).toBe(Math.ceil(held / 37));
      const to = from + held * EVERY_MS;
      expect(await answers(copy, from, to)).toEqual(await answers(city, from, to));
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
    expect([cold.checkpoint, cold.head]).toEqual([sent, sent]);
    const copy = await restored(cold.path, 'cold');
    try {
      expect({ all: await answers(copy, from, to), latest: await latest(copy), ledger: await copy.ledger() }).toEqual(
        before,
      );
      // And it goes on where the old one ended.
      const client = await copy.connect('counter-new', await copy.register({ id: 'counter-new' }));
      await client.publishAsync('city/traffic/counter-new/telemetry', '{"values": {"mean_speed": 30}}', { qos: 1 });
      await client.endAsync();
      expect((await copy.settled()).messages.accepted).toBe(sent + 1);
    } finally {
      await copy.stop();
      city = await startCity({ dataDir });
    }
  });

  it('is readable by its owner only, and holds no key', async () => {
    expect((await stat(hot.path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'backups'))).mode & 0o777).toBe(0o700);
    expect((await readdir(hot.path)).sort()).toEqual(
      ['journal', 'manifest.json', 'quarantine.sqlite', 'registry.sqlite', 'telemetry.duckdb'].sort(),
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
});
