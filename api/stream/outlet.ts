import type { SSEStreamingApi } from 'hono/streaming';

/** ms a client waits before it resumes a stream that ended. */
const RETRY_MS = 2_000;

/** One event of the stream (WHATWG HTML, section 9.2.6). JSON has no line break, so `data` is one line. */
export function frame(event: string, data: unknown, id?: string): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** The reader's end of a stream. */
export interface Outlet {
  /** Resolves once the reader can take more: a slow one holds up nobody but itself. */
  send(frames: string): Promise<void>;
  /** Aborted when the reader has gone or the city closes. */
  readonly closed: AbortSignal;
}

/**
 * Opens with the time to wait before resuming, and gives a sign of life every `heartbeatMs` until `closed`. Returns at
 * once: whoever subscribes in the same turn misses nothing that happens after the reader has its headers.
 */
export function openOutlet(stream: SSEStreamingApi, closed: AbortSignal, heartbeatMs: number): Outlet {
  const gone = new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve(), { once: true }));
  let unread = 0;
  const outlet: Outlet = {
    closed,
    async send(frames) {
      unread += 1;
      await Promise.race([stream.write(frames), gone]);
      unread -= 1;
    },
  };
  const timer = setInterval(() => {
    // A reader that does not take what it has gets no more.
    if (unread === 0) void outlet.send(': alive\n\n');
  }, heartbeatMs);
  void gone.then(() => clearInterval(timer));
  void outlet.send(`retry: ${RETRY_MS}\n\n`);
  return outlet;
}
