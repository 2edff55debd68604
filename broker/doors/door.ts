import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import { LRUCache } from 'lru-cache';
import { addressGroup } from '../../model/network-address.ts';
import { Pace } from '../../model/pace.ts';
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
  | 'strangersPerSecond'
  | 'strangersAtOnce'
  | 'connectTimeoutMs'
  | 'maxConnectBytes'
  | 'maxPacketBytes'
  | 'packetsPerSecond'
>;

/** Addresses whose pace is remembered at a time. */
const ADDRESSES = 20_000;

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
  readonly #paces = new LRUCache<string, Pace>({ max: ADDRESSES });
  /** Accepted, and heard when the turn of their address comes. */
  readonly #waiting = new Set<Duplex>();
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
    return this.#open.size + this.#waiting.size;
  }

  /** The sockets that are heard. */
  connections(): Iterable<Connection> {
    return this.#open.values();
  }

  connectionOf(client: Client): Connection | undefined {
    return this.#open.get(client);
  }

  accept(socket: Duplex, peer: Peer): void {
    const address = addressGroup(peer.address);
    const wait = this.#paceOf(address).take(1, performance.now());
    if (this.#stopped || !this.#room(address) || wait > this.#limits.connectTimeoutMs) {
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
    socket.once('close', () => {
      known();
      this.#byAddress.remove(address);
    });
    if (wait === 0) this.#hear(socket, peer, known);
    else this.#later(wait, socket, () => this.#hear(socket, peer, known));
  }

  /** Who connects again and again costs a timer until its turn, and nothing where it goes before. */
  #later(ms: number, socket: Duplex, act: () => void): void {
    this.#waiting.add(socket);
    const ignore = () => {};
    socket.on('error', ignore);
    const turn = setTimeout(() => {
      socket.off('error', ignore);
      socket.off('close', gone);
      this.#waiting.delete(socket);
      act();
    }, ms);
    const gone = () => {
      clearTimeout(turn);
      this.#waiting.delete(socket);
    };
    socket.once('close', gone);
  }

  #hear(socket: Duplex, peer: Peer, known: () => void): void {
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
    for (const socket of this.#waiting) socket.destroy();
  }

  #paceOf(address: string): Pace {
    let pace = this.#paces.get(address);
    if (!pace) {
      pace = new Pace(this.#limits.strangersPerSecond, this.#limits.strangersAtOnce);
      this.#paces.set(address, pace);
    }
    return pace;
  }

  #room(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress = maxConnections, maxStrangersPerAddress } = this.#limits;
    return (
      this.open < maxConnections &&
      this.#byAddress.of(address) < maxConnectionsPerAddress &&
      this.#strangers.of(address) < maxStrangersPerAddress
    );
  }
}
