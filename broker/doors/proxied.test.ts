import net from 'node:net';
import tls from 'node:tls';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ATTEMPT_LIMITS, Attempts } from '../../storage/attempts.ts';
import {
  connectPacket,
  eventually,
  type RunningBroker,
  rawClient,
  selfSigned,
  startHandBroker,
  webServer,
} from '../harness.fixture.ts';
import { authority } from './certificates.fixture.ts';

const PROXIED = { proxyProtocol: true, trustedProxies: ['127.0.0.1'] };
const line = (address: string) => `PROXY TCP4 ${address} 10.0.0.1 4711 1883\r\n`;

/** Sends pieces on a socket and answers the return code of the CONNACK; undefined where the socket was closed without. */
async function connackAfter(city: RunningBroker, ...pieces: (string | Buffer)[]): Promise<number | undefined> {
  const raw = await rawClient(city.port);
  for (const piece of pieces) {
    raw.socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return connack(raw);
}

async function connack(raw: Awaited<ReturnType<typeof rawClient>>): Promise<number | undefined> {
  await Promise.race([raw.gone, eventually(() => expect(raw.of('connack')).toHaveLength(1))]);
  const [packet] = raw.of('connack');
  return packet?.cmd === 'connack' ? packet.returnCode : undefined;
}

const connectOf = (city: RunningBroker, more = {}) => mqttPacket.generate(connectPacket(city, 'cam-1', more));

describe('behind a proxy', () => {
  it('a client comes in behind the header, in one piece or in many', async () => {
    const city = await startHandBroker(PROXIED);
    expect(await connackAfter(city, Buffer.concat([Buffer.from(line('203.0.113.9')), connectOf(city)]))).toBe(0);
    expect(await connackAfter(city, 'PRO', 'XY TCP4 203.0.113.9 10.0.0.1 1', ' 2\r', '\n', connectOf(city))).toBe(0);
    const binary = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071090a0000011267075b', 'hex');
    expect(await connackAfter(city, binary, connectOf(city))).toBe(0);
  });

  it.each([
    ['no header', ''],
    ['no such header', 'PROXY NOTHING\r\n'],
    ['a line without end', `PROXY UNKNOWN ${'x'.repeat(500)}`],
  ])('a socket with %s is closed unheard', async (_, header) => {
    const city = await startHandBroker(PROXIED);
    expect(await connackAfter(city, header, connectOf(city))).toBeUndefined();
  });

  it('a socket that never finishes its header is closed in time', async () => {
    const city = await startHandBroker({ ...PROXIED, connectTimeoutMs: 100 });
    expect(await connackAfter(city, 'PROXY TCP4 ')).toBeUndefined();
  });

  it('nobody else’s header is believed: there it is no MQTT', async () => {
    const city = await startHandBroker({ proxyProtocol: true, trustedProxies: ['203.0.113.0/24'] });
    expect(await connackAfter(city, line('198.51.100.1'), connectOf(city))).toBeUndefined();
    expect(await connackAfter(city, connectOf(city))).toBe(0);
    const off = await startHandBroker({ trustedProxies: ['127.0.0.1'] });
    expect(await connackAfter(off, line('198.51.100.1'), connectOf(off))).toBeUndefined();
  });

  it('it is the client’s address that sockets are counted by, not the proxy’s', async () => {
    const city = await startHandBroker({ ...PROXIED, maxConnectionsPerAddress: 1 });
    expect(await connackAfter(city, line('203.0.113.9'), connectOf(city))).toBe(0);
    expect(await connackAfter(city, line('203.0.113.9'), connectOf(city, { clientId: 'b' }))).toBeUndefined();
    expect(await connackAfter(city, line('203.0.113.10'), connectOf(city, { clientId: 'b' }))).toBe(0);
  });

  it('it is the client’s address that wrong passwords are counted by', async () => {
    const city = await startHandBroker(PROXIED, new Attempts({ ...ATTEMPT_LIMITS, free: 1, firstMs: 5_000 }));
    const wrong = connectOf(city, { password: Buffer.from('wrong') });
    expect(await connackAfter(city, line('203.0.113.9'), wrong)).toBe(4);
    const both = [1, 2].map(() => connackAfter(city, line('203.0.113.9'), wrong));
    expect(await Promise.race(both)).toBe(3);
    expect(await connackAfter(city, line('203.0.113.9'), connectOf(city))).toBe(3);
    expect(await connackAfter(city, line('203.0.113.10'), connectOf(city))).toBe(0);
    await Promise.all(both);
  });

  it('TLS begins behind the header', async () => {
    const city = await startHandBroker({ ...PROXIED, maxConnectionsPerAddress: 1 });
    const own = await authority('city');
    const { port } = await city.broker.listenMqtts('127.0.0.1', 0, await own.issue('/CN=localhost'));
    const secure = async (address: string, clientId: string) => {
      const socket = net.connect(port, '127.0.0.1');
      onTestFinished(() => {
        socket.destroy();
      });
      socket.on('error', () => {});
      socket.write(line(address));
      const tlsSocket = tls.connect({ socket, servername: 'localhost', ca: own.cert });
      tlsSocket.on('error', () => {});
      const answer = new Promise<number | undefined>((resolve) => {
        tlsSocket.once('data', (data) => resolve(data[3]));
        tlsSocket.once('close', () => resolve(undefined));
      });
      tlsSocket.write(connectOf(city, { clientId }));
      return answer;
    };
    expect(await secure('203.0.113.9', 'a')).toBe(0);
    expect(await secure('203.0.113.9', 'b')).toBeUndefined();
    expect(await secure('203.0.113.10', 'b')).toBe(0);
  });

  it('a WebSocket is counted by what a trusted proxy forwards, and by its own address else', async () => {
    for (const [trustedProxies, second] of [
      [['127.0.0.1'], 'open'],
      [[], 'closed'],
    ] as const) {
      const city = await startHandBroker({ trustedProxies: [...trustedProxies], maxConnectionsPerAddress: 1 });
      const { port } = await webServer(city);
      const dial = (address: string) => {
        const headers = { 'x-forwarded-for': address };
        const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, 'mqtt', { headers });
        socket.on('error', () => {});
        const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('closed')));
        return { socket, closed };
      };
      dial('203.0.113.9');
      await eventually(() => expect(city.broker.stats().openSockets).toBe(1));
      const other = dial('203.0.113.10');
      const counted = eventually(() => expect(city.broker.stats().openSockets).toBe(2)).then(() => 'open');
      expect(await Promise.race([other.closed, counted])).toBe(second);
      counted.catch(() => {});
    }
  });
});

describe('strangers', () => {
  it('of one address take only a part of the room, and leave it when they are known', async () => {
    const city = await startHandBroker({ maxStrangersPerAddress: 2 });
    const strangers = await Promise.all([rawClient(city.port), rawClient(city.port)]);
    await eventually(() => expect(city.broker.stats().openSockets).toBe(2));
    await (await rawClient(city.port)).gone;
    const [first] = strangers;
    first?.send(connectPacket(city, 'cam-1'));
    await eventually(() => expect(first?.of('connack')).toHaveLength(1));
    expect(await connackAfter(city, connectOf(city, { clientId: 'b' }))).toBe(0);
  });

  it('that come again and again are heard later, and those of other addresses at once', async () => {
    const city = await startHandBroker({ ...PROXIED, strangersAtOnce: 2, strangersPerSecond: 1 });
    const dial = async (address: string, clientId: string) => {
      const raw = await rawClient(city.port);
      raw.socket.write(line(address));
      raw.socket.write(connectOf(city, { clientId }));
      return raw;
    };
    for (const id of ['a', 'b']) expect(await connack(await dial('203.0.113.9', id))).toBe(0);
    const later = await dial('203.0.113.9', 'c');
    await eventually(() => expect(city.broker.stats().openSockets).toBe(3));
    expect(await connack(await dial('203.0.113.10', 'd'))).toBe(0);
    expect(later.of('connack')).toHaveLength(0);
    expect(await connack(later)).toBe(0);
    // One that does not wait for its turn leaves nothing behind.
    const impatient = await dial('203.0.113.9', 'e');
    await eventually(() => expect(city.broker.stats().openSockets).toBe(5));
    impatient.socket.destroy();
    await eventually(() => expect(city.broker.stats().openSockets).toBe(4));
  });

  it('that never finish a TLS handshake do not keep others from theirs', async () => {
    const limits = { maxHandshakes: 4, maxHandshakesPerAddress: 2, connectTimeoutMs: 2_000 };
    const city = await startHandBroker({ ...PROXIED, ...limits });
    const files = await selfSigned();
    const { port } = await city.broker.listenMqtts('127.0.0.1', 0, files);
    const gone = Array.from({ length: 20 }, () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(line('203.0.113.9'));
      return new Promise<void>((resolve) => socket.once('close', () => resolve()));
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(line('203.0.113.10'));
    const secure = tls.connect({ socket, servername: 'localhost', ca: files.cert });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    secure.destroy();
    // Nor do they stay themselves, also those who never got their turn.
    await Promise.all(gone);
  });
});
