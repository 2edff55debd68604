import { describe, expect, it } from 'vitest';
import type { BrokerConfig } from '../config.ts';
import {
  connect,
  connectPacket,
  eventually,
  inbox,
  publishPacket,
  READING,
  rawClient,
  startHandBroker,
  TELEMETRY,
} from '../harness.fixture.ts';

const REJECTED = 'city/traffic/cam-1/rejected';
const OTHER = 'city/traffic/cam-2/telemetry';

type Running = Awaited<ReturnType<typeof startHandBroker>>;

const start = (limits: Partial<BrokerConfig>) => startHandBroker({ tooFastAfterMs: 1, ...limits });

/** A raw connection of the device, admitted. */
async function admitted(running: Running, username: string, more = {}) {
  const raw = await rawClient(running.port);
  raw.send(connectPacket(running, username, more));
  await eventually(() => expect(raw.of('connack')).toHaveLength(1));
  return raw;
}

const flood = (count: number, topic = TELEMETRY, qos: 0 | 1 = 1) =>
  Array.from({ length: count }, (_, i) => publishPacket(topic, READING, i + 1, { qos }));

const post = (running: Running, username: string) =>
  running.broker.http.request(`/devices/${username}/telemetry`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${username}:${running.secretOf(username)}`)}`,
      'content-type': 'application/json',
    },
    body: READING,
  });

describe('a device that sends faster than it may', () => {
  it('is read more slowly, loses nothing, and does not slow down another', async () => {
    const running = await start({ deviceRate: 20 });
    const raw = await admitted(running, 'cam-1');
    raw.send(...flood(100));
    await eventually(() => expect(raw.of('puback').length).toBeGreaterThanOrEqual(100));
    raw.send(publishPacket(TELEMETRY, READING, 101));
    const other = await connect(running, 'cam-2');
    for (let i = 0; i < 10; i += 1) await other.publishAsync(OTHER, READING, { qos: 1 });
    expect(raw.of('puback').length).toBeLessThan(101);
    await eventually(() => expect(raw.of('puback')).toHaveLength(101));
    expect(running.journal.entries).toHaveLength(111);
    expect(running.broker.stats().messagesSlowed).toBeGreaterThan(0);
  });

  it('is told so on its rejected topic, with the limit, and only once', async () => {
    const running = await start({ deviceRate: 20 });
    const monitor = await connect(running, 'cam-1', { clientId: 'cam-1:monitor' });
    const notices = inbox(monitor);
    await monitor.subscribeAsync(REJECTED);
    const raw = await admitted(running, 'cam-1');
    raw.send(...flood(25));
    await eventually(() => expect(raw.of('puback')).toHaveLength(25));
    // It goes on although it is at the limit.
    for (let sent = 25; sent < 30; sent += 1) {
      raw.send(publishPacket(TELEMETRY, READING, sent + 1));
      await eventually(() => expect(raw.of('puback')).toHaveLength(sent + 1));
    }
    expect(notices.map(({ topic, text }) => [topic, JSON.parse(text).reason])).toEqual([[REJECTED, 'too-fast']]);
    expect(JSON.parse(notices[0]?.text ?? '')).toMatchObject({ metric: null, detail: expect.stringContaining('20') });
  });

  it('shares its limit among its connections and HTTP', async () => {
    const running = await start({ deviceRate: 10 });
    const one = await admitted(running, 'cam-1');
    const two = await admitted(running, 'cam-1', { clientId: 'cam-1:second' });
    one.send(...flood(60));
    two.send(...flood(60));
    await eventually(() => expect(running.journal.entries).toHaveLength(120));
    const refused = await post(running, 'cam-1');
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await post(running, 'cam-2')).status).toBe(202);
    expect(running.journal.entries).toHaveLength(121);
  });

  it('is answered later over HTTP before it is refused', async () => {
    const running = await start({ deviceRate: 5 });
    const answers = await Promise.all(Array.from({ length: 60 }, () => post(running, 'cam-1')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThan(5);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(running.journal.entries).toHaveLength(statuses.filter((status) => status === 202).length);
  });
});

describe('a provider whose devices together send faster than they may', () => {
  it('is slowed down at every device, and another provider is not', async () => {
    const running = await start({ providerRate: 40 });
    const { known } = running;
    running.device('loop-1');
    const loop = known.get('loop-1');
    if (loop) known.set('loop-1', { ...loop, provider: 'another' });
    const [one, two] = [await admitted(running, 'cam-1'), await admitted(running, 'cam-2')];
    one.send(...flood(150));
    two.send(...flood(150, OTHER));
    await eventually(() => expect(running.journal.entries.length).toBeGreaterThanOrEqual(40));
    const other = await connect(running, 'loop-1');
    for (let i = 0; i < 10; i += 1) await other.publishAsync('city/traffic/loop-1/telemetry', READING, { qos: 1 });
    const refused = await post(running, 'cam-1');
    expect(refused.status).toBe(429);
    expect((await post(running, 'loop-1')).status).toBe(202);
    await eventually(() => expect([one.of('puback').length, two.of('puback').length]).toEqual([150, 150]));
  });
});

describe('a flooder at full speed', () => {
  it.each([0, 1] as const)('with QoS %i stops nobody else', async (qos) => {
    const running = await start({ deviceRate: 100 });
    const raw = await admitted(running, 'cam-1');
    raw.send(...flood(2_000, TELEMETRY, qos));
    const other = await connect(running, 'cam-2');
    for (let i = 0; i < 50; i += 1) await other.publishAsync(OTHER, READING, { qos: 1 });
    const mine = running.journal.entries.filter(({ device }) => device === 'cam-2');
    expect(mine).toHaveLength(50);
    expect(running.journal.entries.length - mine.length).toBeLessThan(2_000);
  });
});
