import { once } from 'node:events';
import net from 'node:net';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  client,
  closed,
  connected,
  connectPacket,
  eventually,
  HandJournal,
  inbox,
  READING,
  refusal,
  selfSigned,
  startBroker,
  TELEMETRY,
  webServer,
} from '../harness.fixture.ts';

async function city(limits: Parameters<typeof startBroker>[0] = {}) {
  const journal = new HandJournal();
  const running = await startBroker(limits, journal);
  running.device('cam-1');
  running.observer('wall');
  return { ...running, journal };
}

describe('MQTT over TLS', () => {
  it('takes telemetry through the same gate', async () => {
    const running = await city();
    const files = await selfSigned();
    const { port } = await running.broker.listenMqtts('127.0.0.1', 0, files);
    const cam = client(`mqtts://localhost:${port}`, running.as('cam-1', { ca: files.cert }));
    await connected(cam);
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(running.journal.texts()).toEqual([READING]);
    expect(
      await refusal(client(`mqtts://localhost:${port}`, running.as('cam-1', { ca: files.cert, password: 'x' }))),
    ).toBe(4);
  });

  it('takes no plain MQTT', async () => {
    const running = await city();
    const { port } = await running.broker.listenMqtts('127.0.0.1', 0, await selfSigned());
    const plain = net.connect(port, '127.0.0.1');
    plain.on('error', () => {});
    plain.on('data', () => {});
    plain.write(mqttPacket.generate(connectPacket(running, 'cam-1')));
    await new Promise<void>((resolve) => plain.once('close', () => resolve()));
    expect(running.broker.stats().sessions).toBe(0);
  });

  it('buffers as much for a subscriber as TCP does', async () => {
    const running = await city();
    const files = await selfSigned();
    const { port } = await running.broker.listenMqtts('127.0.0.1', 0, files);
    const wall = client(`mqtts://localhost:${port}`, running.as('wall', { ca: files.cert }));
    await connected(wall);
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/telemetry');
    const cam = client(`mqtt://127.0.0.1:${running.port}`, running.as('cam-1'));
    await connected(cam);
    // More than the 16 KiB that a TLS socket buffers of its own accord.
    await cam.publishAsync(TELEMETRY, 'x'.repeat(60_000), { qos: 1 });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(running.broker.stats().forwardsLeftOut).toBe(0);
  });
});

describe('MQTT over WebSocket', () => {
  it('takes telemetry and shows the city, through the same gate', async () => {
    const running = await city();
    const { port } = await webServer(running);
    const cam = client(`ws://127.0.0.1:${port}/mqtt`, running.as('cam-1'));
    const wall = client(`ws://127.0.0.1:${port}/mqtt`, running.as('wall'));
    await Promise.all([connected(cam), connected(wall)]);
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/telemetry', { qos: 1 });
    const large = JSON.stringify({ values: { mean_speed: 1 }, note: 'đ'.repeat(40_000) });
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await cam.publishAsync(TELEMETRY, large, { qos: 2 });
    expect(running.journal.texts()).toEqual([READING, large]);
    await eventually(() => expect(seen.map(({ text }) => text)).toEqual([READING, large]));
    const gone = closed(cam);
    running.change('cam-1', { active: false });
    await gone;
    expect(await refusal(client(`ws://127.0.0.1:${port}/mqtt`, running.as('cam-1')))).toBe(5);
  });

  it('tells presence, and counts its sockets like all others', async () => {
    const running = await city();
    const told: boolean[] = [];
    running.bus.subscribe('presence', ({ online }) => told.push(online));
    const { port } = await webServer(running);
    const cam = client(`ws://127.0.0.1:${port}/mqtt`, running.as('cam-1'));
    await connected(cam);
    await eventually(() => expect(told).toEqual([true]));
    expect(running.broker.stats()).toMatchObject({ openSockets: 1, sessions: 1 });
    cam.stream.destroy();
    await eventually(() => expect(told).toEqual([true, false]));
    await eventually(() => expect(running.broker.stats()).toMatchObject({ openSockets: 0, sessions: 0 }));
  });

  it('closes on a text frame, on a message without end, and on what is no MQTT', async () => {
    const running = await city();
    const { port } = await webServer(running);
    for (const message of ['text', Buffer.alloc(1024 * 1024), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, 'mqtt');
      socket.on('error', () => {});
      await once(socket, 'open');
      socket.send(message);
      await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    }
    await eventually(() => expect(running.broker.stats()).toMatchObject({ openSockets: 0 }));
  });

  it('is closed by the city when it stops', async () => {
    const running = await city();
    const { port } = await webServer(running);
    const silent = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, 'mqtt');
    const gone = new Promise<void>((resolve) => silent.once('close', () => resolve()));
    await once(silent, 'open');
    const cam = client(`ws://127.0.0.1:${port}/mqtt`, running.as('cam-1'));
    await connected(cam);
    const left = closed(cam);
    await running.broker.close();
    await Promise.all([gone, left]);
  });
});

describe('closing', () => {
  it('ends every socket, also strangers and handshakes under way, and frees the port', async () => {
    const running = await city();
    const files = await selfSigned();
    const secure = await running.broker.listenMqtts('127.0.0.1', 0, files);
    const sockets = [net.connect(running.port, '127.0.0.1'), net.connect(secure.port, '127.0.0.1')];
    const gone = sockets.map(
      (socket) => new Promise<void>((resolve) => socket.on('error', () => {}).once('close', () => resolve())),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const cam = client(`mqtt://127.0.0.1:${running.port}`, running.as('cam-1'));
    await connected(cam);
    await running.broker.close();
    await Promise.all(gone);
    const again = net.createServer().listen(running.port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  it('of a port that is taken says so', async () => {
    const running = await city();
    await expect(running.broker.listenMqtt('127.0.0.1', running.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
