import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startWebServer, WEB_LIMITS, type WebLimits, type WebServer } from './web-server.ts';

let server: WebServer;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
});

async function start(limits: Partial<WebLimits> = {}): Promise<void> {
  const answer = async (request: Request) => new Response(`${request.method} ${(await request.text()).length}`);
  server = await startWebServer('127.0.0.1', 0, answer, (_request, socket) => socket.end('taken over'), {
    ...WEB_LIMITS,
    ...limits,
  });
}

async function open(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends the bytes as they are and answers all that comes back until the socket closes. */
async function raw(text: string | Uint8Array): Promise<string> {
  const socket = await open();
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.write(text);
  await once(socket, 'close');
  return heard;
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: city\r\n${headers}Connection: close\r\n\r\n`;
const upgrade = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: city\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
const alive = async () => expect(await raw(get('/'))).toMatch(/^HTTP\/1.1 200 /);

describe('the web server', () => {
  it('hands over upgrades of /mqtt and no other, whatever the target is', async () => {
    await start();
    expect(await raw(upgrade('/mqtt?token=1'))).toBe('taken over');
    for (const target of ['/', '/mqtt/x', '//', '///mqtt', '*', 'http://[', '/%', 'mqtt'])
      expect(await raw(upgrade(target)), target).toMatch(/^HTTP\/1.1 40[04] /);
    await alive();
  });

  it('outlives a client that resets its socket in the middle of an upgrade', async () => {
    await start();
    for (let i = 0; i < 20; i += 1) {
      const socket = await open();
      socket.write(upgrade('/elsewhere'));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    await alive();
  });

  it('refuses a request line and headers that are too large, and reads no more of them', async () => {
    await start({ headerBytes: 2_048 });
    expect(await raw(get(`/${'a'.repeat(4_000)}`))).toMatch(/^HTTP\/1.1 431 /);
    expect(await raw(get('/', `X-Long: ${'a'.repeat(4_000)}\r\n`))).toMatch(/^HTTP\/1.1 431 /);
    await alive();
  });

  it('ends a request whose headers trickle in, and one whose body does', async () => {
    await start({ headersMs: 200, requestMs: 400 });
    expect(await raw('GET / HTTP/1.1\r\nHost: city\r\nX-Slow: ')).toMatch(/^HTTP\/1.1 408 /);
    expect(await raw('POST / HTTP/1.1\r\nHost: city\r\nContent-Length: 10\r\n\r\nabc')).toMatch(/^HTTP\/1.1 408 /);
    await alive();
  });

  it('takes no more sockets than it may, and takes others once some are gone', async () => {
    await start({ connections: 2 });
    await open();
    const second = await open();
    expect(await raw(get('/'))).toBe('');
    second.destroy();
    await vi.waitFor(alive);
  });

  it.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: city\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed in a header', 'GET / HTTP/1.1\nHost: city\n\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : city\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['no HTTP', '\u0016\u0003\u0001\u0000ab\r\n\r\n'],
  ])('refuses %s, which a proxy might read in another way', async (_, request) => {
    await start();
    const answer = await raw(request);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).not.toMatch(/HPE_|node:|at /);
    await alive();
  });

  it('outlives any bytes', async () => {
    await start({ headersMs: 100, requestMs: 100, idleMs: 100 });
    const request = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 60 }).map((target) => Buffer.from(upgrade(target))),
      fc
        .tuple(fc.nat(120), fc.nat(255))
        .map(([at, byte]) => Buffer.from(get('/healthz', 'X-A: b\r\n')).fill(byte, at % 60, (at % 60) + 1)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 40 }), async (requests) => {
        await Promise.all(requests.map(raw));
      }),
      { numRuns: 4 },
    );
    await alive();
  });
});
