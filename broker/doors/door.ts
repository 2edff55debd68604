import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import { addressGroup } from '../../model/network-address.ts';
import type { BrokerConfig } from '../config.ts';
import type { Connection } from '../sessions/session.ts';
import type { FrameFault } from './frame-guard.ts';
import { Intake } from './intake.ts';
import { type Peer, Tally } from './peer.ts';

type Limits = Pick<
  BrokerConfig,
  | 'maxConnections'
  | 'maxConnectionsPerAddress'
  | 'maxStrangersPerAddress'
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
  readonly #byAddress = new Tally();
  /** Of those, the ones that are nobody yet. */
  readonly #strangers = new Tally();
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

  accept(socket: Duplex, peer: Peer): void {
    const address = addressGroup(peer.address);
    if (this.#stopped || !this.#room(address)) {
      this.counts.turnedAway += 1;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#byAddress.add(address);
    this.#strangers.add(address);
    let stranger = true;
    const known = () => {
      if (stranger) this.#strangers.remove(address);
      stranger = false;
    };
    const intake = new Intake(socket, this.#limits, (fault) => {
      this.counts.cut += 1;
      this.#onFault(connection, fault);
    });
    const client = this.#aedes.handle(socket);
    const connection: Connection = { client, peer, socket, intake };
    this.#open.set(client, connection);
    // Aedes stops its own timer at the first CONNECT; a look-up that hangs must not keep a stranger's socket.
    const timer = setTimeout(() => client.close(), this.#limits.connectTimeoutMs);
    client.once('connected', () => {
      clearTimeout(timer);
      known();
      intake.open();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.#open.delete(client);
      known();
      this.#byAddress.remove(address);
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
    const { maxConnections, maxConnectionsPerAddress = maxConnections, maxStrangersPerAddress } = this.#limits;
    return (
      this.#open.size < maxConnections &&
      this.#byAddress.of(address) < maxConnectionsPerAddress &&
      this.#strangers.of(address) < maxStrangersPerAddress
    );
  }
}
