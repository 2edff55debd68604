import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { Format } from '../../model/topic.ts';
import type { Principal } from '../../storage/registry/port.ts';
import { telemetryTopics } from '../admission/policy.ts';
import type { Proof } from '../admission/proof.ts';
import type { Intake } from '../doors/intake.ts';
import type { Peer } from '../doors/peer.ts';
import type { Budget } from '../limits/budget.ts';
import { Filters } from './filters.ts';
import { Inbound } from './inbound.ts';
import type { KeptSession } from './keep.ts';

/** An accepted socket, before and after anybody is known to be behind it. */
export interface Connection {
  readonly client: Client;
  readonly peer: Peer;
  readonly socket: Duplex;
  readonly intake: Intake;
}

/** On what terms a client is let in. */
export interface SessionTerms {
  readonly proof: Proof;
  readonly patienceMs: number;
  readonly maxInflightQos2: number;
  readonly kept?: KeptSession | undefined;
}

/** An admitted client, from its admission to the end of its socket. */
export class Session {
  readonly id: string;
  readonly principal: Principal;
  readonly proof: Proof;
  readonly connection: Connection;
  /** Longest the client may go without a commit of what it sent, ms. */
  readonly patienceMs: number;
  /** The device's own telemetry topics: one look-up per message and no parsing. */
  readonly telemetry: ReadonlyMap<string, Format>;
  /** The session that outlives the connection, where the client asked for one. */
  readonly kept: KeptSession | undefined;
  readonly filters: Filters;
  /** QoS 2 messages whose handshake is not over: one sent again is not appended again. */
  readonly inbound: Inbound;
  /** What its device may still send; known from its first message on. */
  budget: Budget | undefined;
  /** Messages handed to the journal and not settled, and how many ever settled. */
  pending = 0;
  settled = 0;
  /** Whether the newest message was flushed: acknowledgements keep the order of the messages (MQTT-4.6.0-2). */
  last: Promise<boolean> = Promise.resolve(true);
  /** Why it ended or will end. */
  reason = 'connection-lost';
  /** On its way out: nothing it sends is taken any more. */
  leaving = false;
  /** Nothing is written to it any more. */
  deaf = false;
  /** Its credential no longer holds: not even its will is taken. */
  revoked = false;
  /** Aedes lists the client, and tells when it no longer does. */
  registered = false;
  ended = false;
  readonly over: Promise<void>;
  readonly #end: () => void;

  constructor(
    id: string,
    principal: Principal,
    connection: Connection,
    { proof, patienceMs, maxInflightQos2, kept }: SessionTerms,
  ) {
    this.id = id;
    this.principal = principal;
    this.proof = proof;
    this.connection = connection;
    this.patienceMs = patienceMs;
    this.kept = kept;
    this.filters = kept?.filters ?? new Filters();
    this.inbound = kept?.inbound ?? new Inbound(maxInflightQos2);
    this.telemetry = telemetryTopics(principal);
    let end = () => {};
    this.over = new Promise((resolve) => {
      end = resolve;
    });
    this.#end = end;
  }

  /** Closes the socket at once. */
  close(reason: string): void {
    this.reason = reason;
    this.leaving = true;
    this.connection.client.close();
  }

  end(): void {
    this.ended = true;
    this.#end();
  }
}

/** The admitted clients: at most one session per client id is the current one. */
export class Sessions {
  readonly #current = new Map<string, Session>();
  readonly #byClient = new WeakMap<Client, Session>();
  /** All that have not ended, also those just replaced. */
  readonly #alive = new Set<Session>();
  readonly #byUser = new Map<string, Set<Session>>();

  /** Makes the session the current one of its client id and answers the one it replaces. */
  add(session: Session): Session | undefined {
    const replaced = this.#current.get(session.id);
    this.#current.set(session.id, session);
    this.#byClient.set(session.connection.client, session);
    this.#alive.add(session);
    const own = this.#byUser.get(session.principal.username);
    if (own) own.add(session);
    else this.#byUser.set(session.principal.username, new Set([session]));
    return replaced;
  }

  of(client: Client): Session | undefined {
    return this.#byClient.get(client);
  }

  ofUser(username: string): readonly Session[] {
    return [...(this.#byUser.get(username) ?? [])];
  }

  all(): Iterable<Session> {
    return this.#alive;
  }

  get size(): number {
    return this.#alive.size;
  }

  /** Ends the session; whether it was the current one of its client id. Ending twice changes nothing. */
  remove(session: Session): boolean {
    if (!this.#alive.delete(session)) return false;
    const own = this.#byUser.get(session.principal.username);
    own?.delete(session);
    if (own?.size === 0) this.#byUser.delete(session.principal.username);
    const current = this.#current.get(session.id) === session;
    if (current) this.#current.delete(session.id);
    session.end();
    return current;
  }
}
