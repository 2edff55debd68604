import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';

/** How long a request under way may take to end after the stop, ms. */
const GRACE_MS = 1_500;

export interface WebServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** One HTTP server for the page, the API and, by upgrade on /mqtt, the broker. */
export async function startWebServer(
  host: string,
  port: number,
  fetch: (request: Request) => Response | Promise<Response>,
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<WebServer> {
  const server = createServer(getRequestListener(fetch));
  server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://city').pathname === '/mqtt') upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: portOf(server.address()),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // An open stream never ends by itself.
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      server.closeIdleConnections();
      await closed;
      clearTimeout(grace);
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
