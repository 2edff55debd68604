import { createAdaptorServer } from '@hono/node-server';
import { z } from 'zod';
import type { Api } from '../app.ts';

/** One server-sent event, its data parsed. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

const Data = z.record(z.string(), z.unknown());

function parse(block: string): StreamEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const data = fields.get('data');
  return data === undefined
    ? undefined
    : { event: fields.get('event') ?? 'message', id: fields.get('id'), data: Data.parse(JSON.parse(data)) };
}

/** A client of the stream over a real socket. */
export interface StreamClient {
  /** The next `count` events. */
  take(count: number): Promise<readonly StreamEvent[]>;
  /** Resolves when the server ends the stream. */
  ended(): Promise<void>;
  leave(): void;
  readonly headers: Headers;
}

/** Serves the API on a free port. */
export async function listen(api: Api) {
  const server = createAdaptorServer({ fetch: api.app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;

  return {
    base,
    server,
    async stream(query: string, headers: Record<string, string> = {}): Promise<StreamClient> {
      const leaving = new AbortController();
      const response = await fetch(`${base}/api/v1/stream${query}`, { headers, signal: leaving.signal });
      if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      const events: StreamEvent[] = [];
      async function more(): Promise<boolean> {
        const { done, value } = await reader.read();
        if (done) return false;
        const blocks = (rest + value).split('\n\n');
        rest = blocks.pop() ?? '';
        events.push(...blocks.flatMap((block) => parse(block) ?? []));
        return true;
      }
      return {
        headers: response.headers,
        async take(count) {
          while (events.length < count) if (!(await more())) throw new Error('the stream ended');
          return events.splice(0, count);
        },
        async ended() {
          while (await more());
        },
        leave: () => leaving.abort(),
      };
    },
    async close() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof listen>>;
