import net from 'node:net';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { newSecret } from '../../storage/secret.ts';
import {
  client,
  closed,
  connect,
  connected,
  connectPacket,
  eventually,
  HandJournal,
  publishPacket,
  READING,
  type RunningBroker,
  rawClient,
  refusal,
  startBroker,
  TELEMETRY,
} from '../harness.fixture.ts';

async function refusedAs(city: RunningBroker, username: string, options = {}): Promise<number | undefined> {
  return refusal(client(`mqtt://127.0.0.1:${city.port}`, city.as(username, options)));
}

async function connackOf(city: RunningBroker, username: string, more = {}): Promise<unknown> {
  const raw = await rawClient(city.port);
  raw.send(connectPacket(city, username, more));
  await eventually(() => expect(raw.of('connack')).toHaveLength(1));
  return raw.packets[0];
}

describe('a credential', () => {
  it('that is wrong, unknown or missing is refused with return code 4', async () => {
    const city = await startBroker();
    city.device('cam-1');
    expect(await refusedAs(city, 'cam-1', { password: 'wrong' })).toBe(4);
    expect(await refusedAs(city, 'nobody', { password: 'x' })).toBe(4);
    expect(await connackOf(city, 'cam-1', { username: undefined, password: undefined })).toMatchObject({
      returnCode: 4,
    });
  });

  it('of a retired device is refused with return code 5, and let in when the device is back', async () => {
    const city = await startBroker();
    city.device('cam-1');
    city.change('cam-1', { active: false });
    expect(await refusedAs(city, 'cam-1')).toBe(5);
    city.change('cam-1', { active: true });
    await connect(city, 'cam-1');
  });

  it('is not judged while the registry does not answer: return code 3', async () => {
    const city = await startBroker();
    city.device('cam-1');
    city.registryDown(true);
    expect(await refusedAs(city, 'cam-1')).toBe(3);
    city.registryDown(false);
    await connect(city, 'cam-1');
  });

  it('that was replaced is out at once and refused from then on', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const cam = await connect(city, 'cam-1');
    const { secret, hash } = newSecret();
    const gone = closed(cam);
    city.change('cam-1', { hash });
    await gone;
    expect(await refusedAs(city, 'cam-1')).toBe(4);
    await connect(city, 'cam-1', { password: secret });
  });

  it.each([
    ['retired', { active: false }],
    ['deleted', undefined],
  ])('of a device that was just %s is out at once', async (_, change) => {
    const city = await startBroker();
    city.device('cam-1');
    const gone = closed(await connect(city, 'cam-1'));
    city.change('cam-1', change);
    await gone;
    expect(await refusedAs(city, 'cam-1')).toBe(change ? 5 : 4);
  });

  it('stays good when something else of the device changes', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const cam = await connect(city, 'cam-1');
    city.change('cam-1', {});
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(cam.connected).toBe(true);
  });
});

describe('a client id', () => {
  it('is the credential’s own: whoever calls itself like another device pushes nobody out', async () => {
    const city = await startBroker();
    city.device('cam-1');
    city.device('cam-2');
    city.observer('wall');
    const cam = await connect(city, 'cam-1');
    await connect(city, 'cam-2', { clientId: 'cam-1' });
    await connect(city, 'wall', { clientId: 'cam-1' });
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(cam.connected).toBe(true);
  });

  it('of a monitor beside the sender takes nothing over; too many of one credential are turned away', async () => {
    const city = await startBroker({ maxSessionsPerCredential: 2 });
    city.device('cam-1');
    const sender = await connect(city, 'cam-1');
    const monitor = await connect(city, 'cam-1', { clientId: 'monitor' });
    expect(await refusedAs(city, 'cam-1', { clientId: 'one-too-many' })).toBe(3);
    expect([sender.connected, monitor.connected]).toEqual([true, true]);
  });

  it('that is too long is refused with return code 2', async () => {
    const city = await startBroker({ maxClientIdLength: 64 });
    city.observer('wall');
    expect(await connackOf(city, 'wall', { clientId: `wall:${'x'.repeat(60)}` })).toMatchObject({ returnCode: 2 });
  });

  it('that is empty is refused with return code 2 without a clean session, and else given by the city', async () => {
    const city = await startBroker();
    city.device('cam-1');
    city.observer('wall');
    const raw = await rawClient(city.port);
    const connect = mqttPacket.generate(connectPacket(city, 'cam-1', { clientId: '', clean: true }));
    // mqtt-packet does not write this one. Behind the fixed header, protocol name and level: the connect flags.
    const flags = connect.indexOf('MQTT') + 5;
    connect[flags] = (connect[flags] ?? 0) & ~0x02;
    raw.socket.write(connect);
    await eventually(() => expect(raw.of('connack')).toMatchObject([{ returnCode: 2 }]));
    expect(await connackOf(city, 'cam-1', { clientId: '', clean: true })).toMatchObject({ returnCode: 0 });
    const walls = await Promise.all([1, 2].map(() => rawClient(city.port)));
    for (const wall of walls) wall.send(connectPacket(city, 'wall', { clientId: '', clean: true }));
    await eventually(() =>
      expect(walls.flatMap((wall) => wall.of('connack'))).toMatchObject([{ returnCode: 0 }, { returnCode: 0 }]),
    );
    expect(walls.every(({ socket }) => !socket.destroyed)).toBe(true);
  });

  it('has one session: of many sockets that come at once with it only one stays', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const raws = await Promise.all(Array.from({ length: 12 }, () => rawClient(city.port)));
    for (const raw of raws) raw.send(connectPacket(city, 'cam-1'));
    await eventually(() => expect(raws.filter(({ socket }) => !socket.destroyed)).toHaveLength(1));
    const [last] = raws.filter(({ socket }) => !socket.destroyed);
    await eventually(() => expect(last?.of('connack')).toMatchObject([{ returnCode: 0 }]));
    await eventually(() => expect(city.broker.stats()).toMatchObject({ sessions: 1, openSockets: 1 }));
  });

  it('is not taken over by a stranger, and not even by its owner with a CONNECT that is refused', async () => {
    const city = await startBroker();
    city.device('cam-1');
    const cam = await connect(city, 'cam-1');
    expect(await refusedAs(city, 'cam-1', { password: 'wrong' })).toBe(4);
    expect(await refusedAs(city, 'cam-1', { keepalive: 60_000 })).toBe(6);
    expect(await connackOf(city, 'cam-1', { protocolVersion: 5 })).toMatchObject({ returnCode: 1 });
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
  });
});

describe('a session', () => {
  it('has to come about in time: a silent socket, and one whose look-up hangs, are closed', async () => {
    const city = await startBroker({ connectTimeoutMs: 200 });
    const silent = await rawClient(city.port);
    await silent.gone;
    expect(silent.packets).toEqual([]);
    city.device('cam-1');
    city.registryDown('hanging');
    const waiting = await rawClient(city.port);
    waiting.send(connectPacket(city, 'cam-1'));
    await waiting.gone;
    expect(waiting.packets).toEqual([]);
    await eventually(() => expect(city.broker.stats().openSockets).toBe(0));
  });

  it('of a client without a keepalive is held to the city’s', async () => {
    const city = await startBroker({ keepaliveLimitSeconds: 1, presenceGraceMs: 0 });
    city.device('cam-1');
    const presence: string[] = [];
    city.bus.subscribe('presence', ({ reason }) => presence.push(reason));
    const raw = await rawClient(city.port);
    raw.send(connectPacket(city, 'cam-1', { keepalive: 0 }));
    await raw.gone;
    await eventually(() => expect(presence).toEqual(['connected', 'keepalive-timeout']));
  });
});

describe('the number of sockets', () => {
  it('is bounded over all', async () => {
    const city = await startBroker({ maxConnections: 2 });
    const kept = await Promise.all([rawClient(city.port), rawClient(city.port)]);
    await eventually(() => expect(city.broker.stats().openSockets).toBe(2));
    const third = net.connect(city.port, '127.0.0.1');
    third.on('error', () => {});
    await new Promise<void>((resolve) => third.once('close', () => resolve()));
    expect(kept.every(({ socket }) => !socket.destroyed)).toBe(true);
  });

  it('is bounded for one address where that is asked for', async () => {
    const city = await startBroker({ maxConnectionsPerAddress: 1 });
    const first = await rawClient(city.port);
    await eventually(() => expect(city.broker.stats().openSockets).toBe(1));
    const second = await rawClient(city.port);
    await second.gone;
    first.socket.destroy();
    await eventually(() => expect(city.broker.stats().openSockets).toBe(0));
    city.device('cam-1');
    await connect(city, 'cam-1');
    expect(city.broker.stats()).toMatchObject({ socketsTurnedAway: 1 });
  });
});

describe('a pipelining client', () => {
  it('may send behind its CONNECT before it is let in: everything waits its turn, however much', async () => {
    const journal = new HandJournal();
    const city = await startBroker({}, journal);
    city.device('cam-1');
    const raw = await rawClient(city.port);
    const big = JSON.stringify({ values: { mean_speed: 1 }, note: 'x'.repeat(20_000) });
    const many = Array.from({ length: 100 }, (_, index) => publishPacket(TELEMETRY, READING, index + 2));
    raw.send(connectPacket(city, 'cam-1'), publishPacket(TELEMETRY, big, 1), ...many);
    await eventually(() => expect(raw.of('puback')).toHaveLength(101));
    expect(journal.entries).toHaveLength(101);
  });

  it('is not lost when it closes right behind what it sent', async () => {
    const journal = new HandJournal();
    const city = await startBroker({}, journal);
    city.device('cam-1');
    const raw = await rawClient(city.port);
    raw.send(connectPacket(city, 'cam-1'), publishPacket(TELEMETRY, READING, 1), { cmd: 'disconnect' });
    raw.socket.end();
    await raw.gone;
    expect(journal.texts()).toEqual([READING]);
    await connected(client(`mqtt://127.0.0.1:${city.port}`, city.as('cam-1')));
  });
});
