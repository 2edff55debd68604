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
 * ever, `break` the connection, pass it on `after` so many ms, or answer it here; with `half` the first half of its lines
 * is passed on before.
 */
export type Action =
  | 'pass'
  | 'hold'
  | 'hold-answer'
  | 'break'
  | { readonly after: number }
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly half?: boolean;
    };

/** An HTTP server that records what it is sent, and stands before another or alone. */
export interface Gateway {
  readonly url: string;
  readonly seen: readonly Recorded[];
  /** Resolves with a request that is held, now or later. */
  held(): Promise<Recorded>;
  close(): Promise<void>;
}

/**
 * Starts a gateway on a free port. `rule` decides each request; `target` is where passed ones go. Under a load it should
 * not `remember` what it has seen.
 */
export async function startGateway(
  rule: (request: Recorded) => Action,
  target?: string,
  remember = true,
): Promise<Gateway> {
  const seen: Recorded[] = [];
  let hold: (request: Recorded) => void = () => {};
  const held = new Promise<Recorded>((resolve) => {
    hold = resolve;
  });

  const server = createServer(async (incoming, answer) => {
    // Whoever asked may go before it has said all.
    const bytes = await read(incoming).catch(() => undefined);
    if (!bytes) return;
    const url = new URL(incoming.url ?? '/', 'http://gateway');
    const recorded: Recorded = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8'),
    };
    if (remember) seen.push(recorded);
    const action = rule(recorded);
    if (action === 'hold') hold(recorded);
    else if (action === 'break') incoming.socket.destroy();
    else if (typeof action === 'object' && 'status' in action) {
      if (action.half) await passHalf(recorded, `${target}${incoming.url}`).catch(() => {});
      answer.writeHead(action.status, action.headers).end(action.body);
    } else {
      if (typeof action === 'object') await new Promise((resolve) => setTimeout(resolve, action.after));
      const passed = forward(`${target}${incoming.url}`, { method: recorded.method, headers: incoming.headers });
      passed.on('error', () => incoming.socket.destroy());
      passed.on('response', (reply) => {
        read(reply).then(
          (body) => {
            if (action === 'hold-answer') hold(recorded);
            else answer.writeHead(reply.statusCode ?? 500, reply.headers).end(body);
          },
          // The target went in the middle of its answer, and so does the gateway.
          () => incoming.socket.destroy(),
        );
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

/** Passes the first half of the lines on, as an engine does that refuses some of them. */
async function passHalf({ method, headers, body }: Recorded, url: string): Promise<void> {
  const lines = body.split('\n');
  const { 'content-encoding': _, 'content-length': __, 'transfer-encoding': ___, ...rest } = headers;
  const passed = forward(url, { method, headers: rest });
  passed.end(lines.slice(0, lines.length >> 1).join('\n'));
  const [reply] = await once(passed, 'response');
  await read(reply);
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
