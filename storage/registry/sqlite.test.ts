import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Device } from '../../model/device.ts';
import { migrate } from '../migrate.ts';
import { openSqlite } from '../sqlite/open.ts';
import { registryMigrations, SQLITE_TYPES } from './migrations.ts';
import { createRegistry } from './registry.ts';
import type { RegistrySchema } from './schema.ts';
import { openSqliteRegistry } from './sqlite.ts';

const device = (id: string): Device => ({
  id,
  domain: 'traffic',
  kind: 'counter',
  name: 'Cầu Giấy',
  geometry: { type: 'Point', coordinates: [105.8, 21.03] },
  provider: 'hanoi',
  tags: { level: '4' },
  simulated: false,
  state: 'active',
  created: '2026-01-01T00:00:00.000Z',
  updated: '2026-01-01T00:00:00.000Z',
});
const hash = new Uint8Array(32).fill(7);

describe('the registry in an SQLite file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nhip-'));
    path = join(directory, 'registry.db');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('a file of an older version is brought up to date and keeps what it holds', async () => {
    const versions = Object.entries(registryMigrations(SQLITE_TYPES)).sort();
    expect(versions.length).toBeGreaterThan(1);
    const old = await openSqlite<RegistrySchema>({ path });
    await migrate(old, Object.fromEntries(versions.slice(0, 1)));
    const before = createRegistry(old, old, async () => {});
    await before.addDevices([{ device: device('counter-1'), hash }]);
    await expect(before.keys()).rejects.toThrow(/no such table/);
    await before.close();

    const registry = await openSqliteRegistry({ path });
    expect(await registry.device('counter-1')).toEqual(device('counter-1'));
    expect(await registry.principal('counter-1')).toMatchObject({ hash, active: true });
    expect(await registry.keys()).toEqual([]);
    await registry.close();
  });

  test('a file of a newer version is refused and left alone', async () => {
    const newer = await openSqlite<RegistrySchema>({ path });
    await migrate(newer, { ...registryMigrations(SQLITE_TYPES), '9999-of-tomorrow': { up: async () => {} } });
    await newer.destroy();
    await expect(openSqliteRegistry({ path })).rejects.toThrow(/9999-of-tomorrow/);
  });

  test('a migration that fails leaves the file as it was', async () => {
    const db = await openSqlite<RegistrySchema>({ path });
    const broken = {
      ...registryMigrations(SQLITE_TYPES),
      '9999-broken': { up: () => Promise.reject(new Error('a broken migration')) },
    };
    await expect(migrate(db, broken)).rejects.toThrow('a broken migration');
    await db.destroy();
    const registry = await openSqliteRegistry({ path });
    expect(await registry.devices({})).toEqual([]);
    await registry.close();
  });

  test('while many are registered others come in, and none of the many is seen before all are', async () => {
    const registry = await openSqliteRegistry({ path });
    await registry.addDevices([{ device: device('counter-1'), hash }]);
    const many = Array.from({ length: 5_000 }, (_, i) => ({ device: device(`new-${i}`), hash }));
    const order: string[] = [];
    const imported = registry.addDevices(many).then(() => order.push('imported'));
    const seen = new Set<number>();
    while (order.length === 0) {
      expect(await registry.principal('counter-1')).toBeDefined();
      if (!order.includes('imported')) seen.add((await registry.devices({ kind: 'counter', limit: 10 })).length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await imported;
    // At least one look before the end; 10 only if the commit came between the two looks.
    expect(seen.has(1)).toBe(true);
    expect([...seen].every((count) => count === 1 || count === 10)).toBe(true);
    await registry.close();
  });

  test('another thread looks devices up while this one registers them', async () => {
    const registry = await openSqliteRegistry({ path });
    const module = new URL('./sqlite.ts', import.meta.url).href;
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import('tsx/esm/api').then(async ({ tsImport }) => {
         const { openSqliteRegistry } = await tsImport(workerData.module, workerData.module);
         const registry = await openSqliteRegistry({ path: workerData.path, readonly: true });
         parentPort.on('message', async (id) => parentPort.postMessage({ device: await registry.device(id) }));
         parentPort.postMessage('ready');
       });`,
      { eval: true, workerData: { module, path } },
    );
    const answer = () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    try {
      expect(await answer()).toBe('ready');
      for (const id of ['counter-1', 'counter-2', 'counter-3']) {
        await registry.addDevices([{ device: device(id), hash }]);
        worker.postMessage(id);
        expect(await answer()).toEqual({ device: device(id) });
      }
    } finally {
      await worker.terminate();
      await registry.close();
    }
  });
});
