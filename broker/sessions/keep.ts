import type { Principal } from '../../storage/registry/port.ts';
import type { BrokerConfig } from '../config.ts';
import { Filters, FilterTree, type QoS } from './filters.ts';
import { Inbound } from './inbound.ts';
import { type Line, Outbox, type Outgoing, Room } from './outbox.ts';

/** Bytes that one filter costs beside its text, about. */
const FILTER_BYTES = 200;
/** How often sessions whose time is over are looked for, ms. */
const LOOK_MS = 60_000;

type Limits = Pick<
  BrokerConfig,
  | 'sessionExpiryMs'
  | 'maxKeptSessions'
  | 'maxSessionsPerCredential'
  | 'maxQueuedMessages'
  | 'maxQueuedBytes'
  | 'maxQueuedBytesInAll'
  | 'maxInflightQos2'
>;

/** What the server keeps of a client that asked for a session of its own (section 3.1.2.4). */
export interface KeptSession {
  readonly id: string;
  readonly principal: Principal;
  readonly filters: Filters;
  readonly outbox: Outbox;
  readonly inbound: Inbound;
  /** Whether there was a session when its client last connected: `session present` (MQTT-3.2.2-2). */
  resumed: boolean;
  /** Whether its client is connected. */
  present: boolean;
  /** Its queue overflowed while its client was away: nothing more is looked at for it until the client is back. */
  full: boolean;
  /** When its client went, ms. */
  absentSince: number;
}

export interface KeepCounts {
  /** Messages not queued because a session, or all together, had no room for them. */
  dropped: number;
  /** Times the queue of an absent client became full. */
  overflowed: number;
  /** Sessions ended because their client stayed away, or to make room for another. */
  expired: number;
}

/**
 * Sessions that outlive their connections, in memory and bounded: so many, so long, so many messages and bytes each and
 * together. A new message that has no room is dropped, the older ones stay.
 */
export class Keep {
  readonly counts: KeepCounts = { dropped: 0, overflowed: 0, expired: 0 };
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #room: Room;
  readonly #sessions = new Map<string, KeptSession>();
  readonly #byUser = new Map<string, Set<KeptSession>>();
  /** Those without their client, longest away first. */
  readonly #absent = new Set<KeptSession>();
  /** Filters of QoS 1 and 2: only those make a queue. */
  readonly #tree = new FilterTree<KeptSession>();
  readonly #timer: NodeJS.Timeout;

  constructor(limits: Limits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
    this.#room = new Room(limits.maxQueuedBytesInAll);
    this.#timer = setInterval(() => this.expire(), Math.min(LOOK_MS, limits.sessionExpiryMs));
    this.#timer.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Bytes of queued messages and filters of all sessions. */
  get bytes(): number {
    return this.#room.used;
  }

  /** Whether no message can be for any session. */
  get idle(): boolean {
    return this.#tree.empty;
  }

  get(id: string): KeptSession | undefined {
    return this.#sessions.get(id);
  }

  /** The session of a client that connects without asking for a clean one; a new one where there was none. */
  open(id: string, principal: Principal): KeptSession {
    this.expire();
    const before = this.#sessions.get(id);
    if (before && before.principal.kind === principal.kind && before.principal.domain === principal.domain) {
      before.resumed = true;
      return before;
    }
    this.discard(id);
    const own = this.#byUser.get(principal.username) ?? new Set();
    if (own.size >= this.#limits.maxSessionsPerCredential) this.#endOne(own);
    if (this.#sessions.size >= this.#limits.maxKeptSessions) this.#endOne(this.#absent);
    const { maxQueuedMessages: messages, maxQueuedBytes: bytes, maxInflightQos2 } = this.#limits;
    const kept: KeptSession = {
      id,
      principal,
      filters: new Filters(),
      outbox: new Outbox({ messages, bytes }, this.#room),
      inbound: new Inbound(maxInflightQos2),
      resumed: false,
      present: false,
      full: false,
      absentSince: this.#now(),
    };
    this.#sessions.set(id, kept);
    own.add(kept);
    this.#byUser.set(principal.username, own);
    this.#absent.add(kept);
    return kept;
  }

  /** Forgets the session and all it holds (MQTT-3.1.2-6). */
  discard(id: string): void {
    const kept = this.#sessions.get(id);
    if (!kept) return;
    this.#sessions.delete(id);
    this.#absent.delete(kept);
    const own = this.#byUser.get(kept.principal.username);
    own?.delete(kept);
    if (own?.size === 0) this.#byUser.delete(kept.principal.username);
    for (const [filter] of [...kept.filters.entries()]) this.unsubscribe(kept, filter);
    kept.outbox.clear();
    kept.inbound.clear();
  }

  /** Whether the user has a session that waits for it. */
  knows(username: string): boolean {
    return this.#byUser.has(username);
  }

  discardAllOf(username: string): void {
    for (const { id } of [...(this.#byUser.get(username) ?? [])]) this.discard(id);
  }

  /** Takes the filter; false where all sessions together have no room for it. */
  subscribe(kept: KeptSession, filter: string, qos: QoS): boolean {
    if (!kept.filters.has(filter) && !this.#room.take(filter.length + FILTER_BYTES)) return false;
    kept.filters.set(filter, qos);
    if (qos > 0 && !kept.full) this.#tree.add(filter, kept, qos);
    else this.#tree.remove(filter, kept);
    return true;
  }

  unsubscribe(kept: KeptSession, filter: string): void {
    if (!kept.filters.delete(filter)) return;
    this.#room.give(filter.length + FILTER_BYTES);
    this.#tree.remove(filter, kept);
  }

  /** Sessions with a filter of QoS 1 or 2 that matches, and the highest QoS of those. */
  match(topic: string): Map<KeptSession, QoS> {
    return this.#tree.match(topic);
  }

  /** Queues a message for the session, at the lower of both QoS. */
  queue(kept: KeptSession, message: Outgoing, qos: QoS): void {
    if (qos === 0) return;
    const taken = kept.outbox.offer(message, qos);
    if (taken === true) return;
    this.counts.dropped += 1;
    if (taken === 'all' || kept.present) return;
    this.counts.overflowed += 1;
    kept.full = true;
    for (const [filter] of kept.filters.entries()) this.#tree.remove(filter, kept);
  }

  /** The client is connected, and ready to be sent what it is owed. */
  attach(kept: KeptSession, line: Line): void {
    if (this.#sessions.get(kept.id) !== kept) return;
    this.#absent.delete(kept);
    kept.present = true;
    if (kept.full) {
      kept.full = false;
      for (const [filter, qos] of kept.filters.entries()) if (qos > 0) this.#tree.add(filter, kept, qos);
    }
    kept.outbox.attach(line);
  }

  /** The client is gone. */
  detach(kept: KeptSession): void {
    kept.outbox.detach();
    kept.present = false;
    kept.absentSince = this.#now();
    if (this.#sessions.get(kept.id) !== kept) return;
    this.#absent.delete(kept);
    this.#absent.add(kept);
  }

  /** Ends the sessions whose client has been away for too long. */
  expire(): void {
    const before = this.#now() - this.#limits.sessionExpiryMs;
    for (const kept of this.#absent) {
      if (kept.absentSince > before) return;
      this.counts.expired += 1;
      this.discard(kept.id);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Ends the one of these that has been away longest; those that are connected stay. */
  #endOne(of: Iterable<KeptSession>): void {
    let longest: KeptSession | undefined;
    for (const kept of of) {
      if (kept.present) continue;
      if (of === this.#absent) {
        longest = kept;
        break;
      }
      if (!longest || kept.absentSince < longest.absentSince) longest = kept;
    }
    if (!longest) return;
    this.counts.expired += 1;
    this.discard(longest.id);
  }
}
