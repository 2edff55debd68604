import { describe, expect, it } from 'vitest';
import {
  closed,
  connect,
  connectPacket,
  eventually,
  inbox,
  READING,
  type RunningBroker,
  rawClient,
  startBroker,
  TELEMETRY,
} from '../harness.fixture.ts';

/** What is retained on cam-1's status topic. */
async function statusOf(city: RunningBroker): Promise<unknown> {
  const wall = await connect(city, 'wall');
  const seen = inbox(wall);
  await wall.subscribeAsync('city/traffic/cam-1/status');
  await eventually(() => expect(seen).toHaveLength(1));
  await wall.endAsync();
  return JSON.parse(seen[0]?.text ?? '');
}

describe('presence', () => {
  it('is retained on the device’s status topic and told on the bus, with the reason', async () => {
    const city = await startBroker({ presenceGraceMs: 0 });
    city.device('cam-1');
    city.observer('wall');
    const told: { device: string; online: boolean; reason: string }[] = [];
    city.bus.subscribe('presence', (event) => told.push(event));
    const cam = await connect(city, 'cam-1');
    const wall = await connect(city, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/status');
    await eventually(() => expect(seen).toMatchObject([{ topic: 'city/traffic/cam-1/status', retain: true }]));
    expect(JSON.parse(seen[0]?.text ?? '')).toMatchObject({ online: true, reason: 'connected' });
    await cam.endAsync();
    await eventually(() => expect(seen).toHaveLength(2));
    expect(JSON.parse(seen[1]?.text ?? '')).toMatchObject({ online: false, reason: 'disconnected' });
    const again = await connect(city, 'cam-1');
    again.stream.destroy();
    await eventually(() => expect(told).toHaveLength(4));
    expect(told).toMatchObject([
      { device: 'cam-1', online: true, reason: 'connected' },
      { online: false, reason: 'disconnected' },
      { online: true, reason: 'connected' },
      { online: false, reason: 'connection-lost' },
    ]);
  });

  it('never says offline while one connection takes over from another', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const told: { online: boolean; reason: string }[] = [];
    city.bus.subscribe('presence', ({ online, reason }) => told.push({ online, reason }));
    let cam = await connect(city, 'cam-1');
    for (let turn = 0; turn < 5; turn += 1) {
      const gone = closed(cam);
      cam = await connect(city, 'cam-1');
      await gone;
    }
    await cam.endAsync();
    await eventually(() => expect(told.at(-1)).toEqual({ online: false, reason: 'disconnected' }));
    expect(told).toEqual([
      { online: true, reason: 'connected' },
      { online: false, reason: 'disconnected' },
    ]);
  });

  it('of a lost connection that comes back within the grace does not change, nor does its since', async () => {
    const city = await startBroker({ presenceGraceMs: 60_000 });
    city.device('cam-1');
    city.observer('wall');
    const told: boolean[] = [];
    city.bus.subscribe('presence', ({ online }) => told.push(online));
    const first = await rawClient(city.port);
    first.send(connectPacket(city, 'cam-1'));
    await eventually(() => expect(told).toEqual([true]));
    const before = await statusOf(city);
    first.socket.resetAndDestroy();
    await eventually(() => expect(city.broker.stats().sessions).toBe(0));
    expect(await statusOf(city)).toEqual(before);
    const back = await connect(city, 'cam-1');
    await back.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(await statusOf(city)).toEqual(before);
    expect(told).toEqual([true]);
  });

  it('of a connection lost for longer is offline since the loss, and why', async () => {
    const city = await startBroker({ presenceGraceMs: 200 });
    city.device('cam-1');
    const told: { online: boolean; since: string; reason: string }[] = [];
    city.bus.subscribe('presence', ({ online, since, reason }) => told.push({ online, since, reason }));
    const raw = await rawClient(city.port);
    raw.send(connectPacket(city, 'cam-1'));
    await eventually(() => expect(told).toHaveLength(1));
    const before = Date.now();
    raw.socket.destroy();
    await eventually(() => expect(city.broker.stats().sessions).toBe(0));
    const after = Date.now();
    await eventually(() => expect(told).toMatchObject([{}, { online: false, reason: 'connection-lost' }]));
    const since = Date.parse(told[1]?.since ?? '');
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(after);
  });

  it('of a device that was retired is offline at once, whatever the grace', async () => {
    const city = await startBroker({ presenceGraceMs: 60_000 });
    city.device('cam-1');
    const told: string[] = [];
    city.bus.subscribe('presence', ({ reason }) => told.push(reason));
    await connect(city, 'cam-1');
    await eventually(() => expect(told).toEqual(['connected']));
    city.change('cam-1', { active: false });
    await eventually(() => expect(told).toEqual(['connected', 'retired']));
  });

  it('is online while any of the device’s connections is', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const told: boolean[] = [];
    city.bus.subscribe('presence', ({ online }) => told.push(online));
    const sender = await connect(city, 'cam-1');
    const monitor = await connect(city, 'cam-1', { clientId: 'monitor' });
    await sender.endAsync();
    await eventually(() => expect(city.broker.stats().sessions).toBe(1));
    expect(told).toEqual([true]);
    await monitor.endAsync();
    await eventually(() => expect(told).toEqual([true, false]));
  });

  it('says offline where the connection that took over dies before it is ready', async () => {
    const city = await startBroker({ presenceGraceMs: 0 });
    city.device('cam-1');
    const told: boolean[] = [];
    city.bus.subscribe('presence', ({ online }) => told.push(online));
    await connect(city, 'cam-1');
    // The same packet and FIN: the socket may be gone at any point of the admission.
    const raws = await Promise.all(Array.from({ length: 8 }, () => rawClient(city.port)));
    for (const raw of raws) {
      raw.send(connectPacket(city, 'cam-1'));
      raw.socket.destroy();
    }
    await eventually(() => expect(city.broker.stats()).toMatchObject({ openSockets: 0, sessions: 0 }));
    await eventually(() => expect(told.at(-1)).toBe(false));
    await connect(city, 'cam-1');
    await eventually(() => expect(told.at(-1)).toBe(true));
  });

  it('of a deleted device leaves no retained status behind', async () => {
    const city = await startBroker();
    city.device('cam-1');
    city.observer('wall');
    const gone = closed(await connect(city, 'cam-1'));
    city.change('cam-1', undefined);
    await gone;
    await eventually(() => expect(city.broker.stats().sessions).toBe(0));
    const wall = await connect(city, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/#');
    city.device('cam-2');
    await connect(city, 'cam-2');
    await eventually(() => expect(seen.map(({ topic }) => topic)).toContain('city/traffic/cam-2/status'));
    // An empty one may still come, live: it says that the status is gone.
    expect(seen.filter(({ topic, text }) => topic === 'city/traffic/cam-1/status' && text !== '')).toEqual([]);
  });
});
