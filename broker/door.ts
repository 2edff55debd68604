import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import type { BrokerConfig } from './config.ts';
import type { FrameFault } from './frame-guard.ts';
import { Intake } from './intake.ts';
import type { Connection } from './session.ts';

type Limits = Pick<
  BrokerConfig,
  | 'maxConnections'
  | 'maxConnectionsPerAddress'
  | 'connectTimeoutMs'
  | 'maxConnectBytes'
  | 'maxPacketBytes'
  | 'packetsPerSecond'
>;

export interface DoorCounts {
  /** Sockets closed unheard because there were too many. */
  turnedAway: number;
  /** Sockets cut for a frame that was too large or no MQTT. */
  cut: number;
}

/** Hands accepted sockets to Aedes, counts them, and gives each so long to become somebody. */
export class Door {
  readonly counts: DoorCounts = { turnedAway: 0, cut: 0 };
  readonly #open = new Map<Client, Connection>();
  readonly #aedes: Aedes;
  readonly #limits: Limits;
  readonly #onFault: (connection: Connection, fault: FrameFault) => void;
  readonly #onClose: (connection: Connection) => void;
  readonly #byAddress = new Map<string, number>();
  #stopped = false;

  constructor(
    aedes: Aedes,
    limits: Limits,
    onFault: (connection: Connection, fault: FrameFault) => void,
    onClose: (connection: Connection) => void,
  ) {
    this.#aedes = aedes;
    this.#limits = limits;
    this.#onFault = onFault;
    this.#onClose = onClose;
  }

  /** Sockets open now, known or not. */
  get open(): number {
    return this.#open.size;
  }

  connectionOf(client: Client): Connection | undefined {
    return this.#open.get(client);
  }

  accept(socket: Duplex, address = ''): void {
    if (this.#stopped || !this.#room(address)) {
      this.counts.turnedAway += 1;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    const intake = new Intake(socket, this.#limits, (fault) => {
      this.counts.cut += 1;
      this.#onFault(connection, fault);
    });
    const client = this.#aedes.handle(socket);
    const connection: Connection = { client, socket, intake };
    this.#open.set(client, connection);
    // Aedes stops its own timer at the first CONNECT; a look-up that hangs must not keep a stranger's socket.
    const timer = setTimeout(() => client.close(), this.#limits.connectTimeoutMs);
    client.once('connected', () => {
      clearTimeout(timer);
      intake.open();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.#open.delete(client);
      this.#leave(address);
      this.#onClose(connection);
    });
  }

  /** Accepts nobody any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Closes every socket. */
  close(): void {
    this.stop();
    for (const { client, socket } of this.#open.values()) {
      client.close();
      socket.destroy();
    }
  }

  #room(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress = Number.POSITIVE_INFINITY } = this.#limits;
    return this.#open.size < maxConnections && (this.#byAddress.get(address) ?? 0) < maxConnectionsPerAddress;
  }

  #leave(address: string): void {
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
