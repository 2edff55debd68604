import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BusEvents } from '../../storage/bus/port.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import type { BrokerConfig } from '../config.ts';
import { connect, eventually, HandJournal, inbox, rawClient, startBroker } from '../harness.fixture.ts';
import type { PresenceStore } from './presence-keeper.ts';

const SINCE = '2026-03-01T08:00:00.000Z';
const STOP = '2026-03-01T09:00:00.000Z';

/** A registry that knows some cameras, and brokers one after the other upon it. */
async function startRegistry(ids: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'nhip-presence-'));
  const registry = await openSqliteRegistry({ path: path.join(folder, 'registry.db') });
  onTestFinished(async () => {
    await registry.close();
    await rm(folder, { recursive: true });
  });
  const device = { domain: 'traffic', kind: 'counter', geometry: null, provider: 'hanoi', tags: {}, simulated: false };
  await registry.addDevices(
    ids.map((id) => ({
      device: { ...device, id, name: id, state: 'active', created: SINCE, updated: SINCE },
      hash: new Uint8Array(32),
    })),
  );
  return {
    registry,
    async broker(limits: Partial<BrokerConfig> = {}, store: PresenceStore = registry) {
      const city = await startBroker(limits, new HandJournal(), store);
      for (const id of ids) city.device(id);
      city.observer('wall');
      const told: BusEvents['presence'][] = [];
      city.bus.subscribe('presence', (event) => told.push(event));
      await city.broker.restorePresence();
      return { ...city, told };
    },
  };
}

const online = (device: string) => ({ device, online: true, since: SINCE, reason: 'connected' });

describe('presence over a restart', () => {
  it('goes on as it was: online and offline with since and why, retained and on the bus', async () => {
    const { registry, broker } = await startRegistry(['cam-1', 'cam-2', 'cam-3']);
    const off = { online: false, since: SINCE, reason: 'keepalive-timeout' };
    await registry.putPresences(STOP, [online('cam-1'), { device: 'cam-2', ...off }]);
    const city = await broker();
    expect(city.told).toEqual([
      { ...online('cam-1'), domain: 'traffic' },
      { device: 'cam-2', ...off, domain: 'traffic' },
    ]);
    const wall = await connect(city, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/status');
    await eventually(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ topic, text, retain }) => [topic, retain, JSON.parse(text)])).toEqual([
      ['city/traffic/cam-1/status', true, { online: true, since: SINCE, reason: 'connected' }],
      ['city/traffic/cam-2/status', true, off],
    ]);
    await connect(city, 'cam-1');
    await connect(city, 'cam-2');
    await eventually(() => expect(city.told).toHaveLength(3));
    expect(city.told[2]).toMatchObject({ device: 'cam-2', online: true, reason: 'connected' });
  });

  it('is offline since the stop for who does not come back in time, and for nobody else', async () => {
    const { registry, broker } = await startRegistry(['cam-1', 'cam-2']);
    await registry.putPresences(STOP, [online('cam-1'), online('cam-2')]);
    const city = await broker({ restartGraceMs: 2_000 });
    await connect(city, 'cam-1');
    await eventually(() => expect(city.told).toHaveLength(3));
    expect(city.told[2]).toEqual({
      ...{ device: 'cam-2', domain: 'traffic', online: false, since: STOP, reason: 'city-restarted' },
    });
  });

  it('knows of who connected and went before the stop, and says nobody was lost by it', async () => {
    const { registry, broker } = await startRegistry(['cam-1', 'cam-2', 'cam-3']);
    const first = await broker({ presenceGraceMs: 60_000 });
    await connect(first, 'cam-1');
    const gone = await connect(first, 'cam-2');
    await gone.endAsync();
    const lost = await connect(first, 'cam-3');
    lost.stream.destroy();
    await eventually(() => expect(first.told).toHaveLength(4));
    await first.broker.close();
    expect(first.told).toHaveLength(4);
    const { at, devices } = await registry.presences();
    expect(Math.abs(Date.parse(at ?? '') - Date.now())).toBeLessThan(60_000);
    expect(devices.map(({ device, online: is, reason }) => [device, is, reason])).toEqual([
      ['cam-1', true, 'connected'],
      ['cam-2', false, 'disconnected'],
      ['cam-3', true, 'connected'],
    ]);
  });

  it('is made up for where the registry could not take it', async () => {
    const { registry, broker } = await startRegistry(['cam-1']);
    let failures = 1;
    const city = await broker(
      {},
      {
        presences: registry.presences,
        async putPresences(at, changed) {
          if (failures-- > 0) throw new Error('the disk is full');
          await registry.putPresences(at, changed);
        },
      },
    );
    const raw = await rawClient(city.port);
    raw.socket.destroy();
    await connect(city, 'cam-1');
    await eventually(() => expect(failures).toBe(0));
    await city.broker.close();
    expect((await registry.presences()).devices).toMatchObject([{ device: 'cam-1', online: true }]);
  });
});
