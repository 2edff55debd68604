import type { Connection } from '../sessions/session.ts';

/** How often the sockets are looked at, ms. */
const LOOK_EVERY_MS = 1_000;
/** Once the bound is passed, sockets are closed until so much of it is taken: no flapping at the edge. */
const DOWN_TO = 0.75;

type Buffered = Pick<Connection, 'socket'>;

/** Bytes that a socket holds unread and unsent. */
const heldBy = ({ socket }: Buffered): number => socket.readableLength + socket.writableLength;

/**
 * Bounds what the buffers of all sockets hold together: each has its own bound, and thousands of senders that are held,
 * or of readers that do not read, would still be gigabytes. Beyond, the greediest are closed: what they sent and nobody
 * acknowledged they send again.
 */
export class Buffers<T extends Buffered> {
  /** Sockets closed for it. */
  closed = 0;
  readonly #open: () => Iterable<T>;
  readonly #limit: number;
  readonly #close: (connection: T) => void;
  readonly #timer: NodeJS.Timeout;

  /** `limit`: bytes of all sockets together. */
  constructor(open: () => Iterable<T>, limit: number, close: (connection: T) => void) {
    this.#open = open;
    this.#limit = limit;
    this.#close = close;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Bytes held now. */
  get bytes(): number {
    let bytes = 0;
    for (const connection of this.#open()) bytes += heldBy(connection);
    return bytes;
  }

  /** Closes the greediest where all together hold too much. */
  look(): void {
    let { bytes } = this;
    if (bytes <= this.#limit) return;
    const greedy = [...this.#open()].map((connection) => ({ connection, held: heldBy(connection) }));
    greedy.sort((a, b) => b.held - a.held);
    for (const { connection, held } of greedy) {
      if (bytes <= this.#limit * DOWN_TO) break;
      this.closed += 1;
      bytes -= held;
      this.#close(connection);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
