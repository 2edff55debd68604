import { once } from 'node:events';
import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request as it came in. */
export interface Recorded {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: string;
}

/**
 * What becomes of a request: `pass` it on, `hold` it for ever without passing it on, pass it on and `hold-answer` for
 * ever, `break` the connection, or answer it here.
 */
export type Action =
  | 'pass'
  | 'hold'
  | 'hold-answer'
  | 'break'
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

/** An HTTP server that records what it is sent, and stands before another or alone. */
export interface Gateway {
  readonly url: string;
  readonly seen: readonly Recorded[];
  /** Resolves with a request that is held, now or later. */
  held(): Promise<Recorded>;
  close(): Promise<void>;
}

/** Starts a gateway on a free port. `rule` decides each request; `target` is where passed ones go. */
export async function startGateway(rule: (request: Recorded) => Action, target?: string): Promise<Gateway> {
  const seen: Recorded[] = [];
  let hold: (request: Recorded) => void = () => {};
  const held = new Promise<Recorded>((resolve) => {
    hold = resolve;
  });

  const server = createServer(async (incoming, answer) => {
    const bytes = await read(incoming);
    const url = new URL(incoming.url ?? '/', 'http://gateway');
    const recorded: Recorded = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8'),
    };
    seen.push(recorded);
    const action = rule(recorded);
    if (action === 'hold') hold(recorded);
    else if (action === 'break') incoming.socket.destroy();
    else if (typeof action === 'object') answer.writeHead(action.status, action.headers).end(action.body);
    else {
      const passed = forward(`${target}${incoming.url}`, { method: recorded.method, headers: incoming.headers });
      passed.on('error', () => incoming.socket.destroy());
      passed.on('response', (reply) => {
        void read(reply).then((body) => {
          if (action === 'hold-answer') hold(recorded);
          else answer.writeHead(reply.statusCode ?? 500, reply.headers).end(body);
        });
      });
      passed.end(bytes);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    held: () => held,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
