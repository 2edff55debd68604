import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of bytes on their way: at once, after so many ms, or not for now. */
export type Line = 'clear' | 'stalled' | { readonly delayMs: number };

/** A line between devices and the city that can be delayed, stalled, cut, and closed on one side. */
export interface TcpProxy {
  readonly port: number;
  /** How many pairs of sockets there are. */
  readonly pairs: number;
  set(line: Line): void;
  /** Resets both sockets of every pair: what is under way is gone. */
  cut(): void;
  /** The devices' side says that it sends no more (FIN), and still reads. */
  halfClose(): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1 before the port that `target` names at each connection. */
export async function startTcpProxy(target: () => number): Promise<TcpProxy> {
  const pairs = new Map<Socket, Socket>();
  const held: (() => void)[] = [];
  let line: Line = 'clear';

  /** Hands the chunk on as the line is now; the order stays, for a later chunk never overtakes. */
  function pass(chunk: Buffer, to: Socket): void {
    const write = () => void (to.destroyed || to.writableEnded || to.write(chunk));
    if (line === 'stalled' || held.length > 0) held.push(write);
    else if (line === 'clear') write();
    else setTimeout(write, line.delayMs);
  }
  function release(): void {
    for (const write of held.splice(0)) write();
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (device) => {
    const city = connect({ port: target(), host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    pairs.set(device, city);
    for (const [from, to] of [
      [device, city],
      [city, device],
    ] as const) {
      from.on('data', (chunk: Buffer) => pass(chunk, to));
      from.on('end', () => to.end());
      // What follows an error is the close.
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(device);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    port: address.port,
    get pairs() {
      return pairs.size;
    },
    set(next) {
      line = next;
      if (line !== 'stalled') release();
    },
    cut() {
      for (const [device, city] of pairs) {
        device.resetAndDestroy();
        city.resetAndDestroy();
      }
    },
    halfClose() {
      for (const city of pairs.values()) city.end();
    },
    async close() {
      for (const [device, city] of pairs) {
        device.destroy();
        city.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
