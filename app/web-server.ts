import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';

/** How long a request under way may take to end after the stop, ms. */
const GRACE_MS = 1_500;

/** What a stranger may take of the server before anybody looks at the request. */
export interface WebLimits {
  /** Sockets at a time; who comes beyond is closed at once. WebSocket clients of MQTT count too. */
  readonly connections: number;
  /** Bytes of request line and headers together: 431 beyond. */
  readonly headerBytes: number;
  /** Header fields beyond which the rest is not read. */
  readonly headers: number;
  /** From the first byte to the end of the headers, ms: 408 beyond. */
  readonly headersMs: number;
  /** From the first byte to the end of the body, ms: 408 beyond. */
  readonly requestMs: number;
  /** A socket that asks for nothing more is closed after so many ms. */
  readonly idleMs: number;
}

/** A slow line brings 64 MiB of borders within `requestMs`. */
export const WEB_LIMITS: WebLimits = {
  connections: 20_000,
  headerBytes: 16_384,
  headers: 100,
  headersMs: 10_000,
  requestMs: 300_000,
  idleMs: 5_000,
};

export interface WebServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** One HTTP server for the page, the API and, by upgrade on /mqtt, the broker. */
export async function startWebServer(
  host: string,
  port: number,
  fetch: (request: Request, bindings: HttpBindings | Http2Bindings) => Response | Promise<Response>,
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
  limits: WebLimits = WEB_LIMITS,
): Promise<WebServer> {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      // How often the two are looked at.
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    },
    getRequestListener(fetch),
  );
  server.maxConnections = limits.connections;
  server.maxHeadersCount = limits.headers;
  server.on('upgrade', (request, socket, head) => {
    // The server no longer listens to a socket that it handed over, and an error nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    if (pathOf(request.url) === '/mqtt') upgrade(request, socket, head);
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

/** The path of a request's target; undefined for what is no URL, such as `//` alone. */
function pathOf(target = '/'): string | undefined {
  return URL.canParse(target, 'http://city') ? new URL(target, 'http://city').pathname : undefined;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
