import { randomUUID } from 'node:crypto';
import type { AedesOptions, Client, ConnectPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Principal } from '../../storage/registry/port.ts';
import type { BrokerConfig } from '../config.ts';
import { illFormed } from '../sessions/filters.ts';
import type { Keep, KeptSession } from '../sessions/keep.ts';
import { type Connection, Session, type Sessions } from '../sessions/session.ts';
import { type Judge, NOT_AUTHORIZED, type ReturnCode, SERVER_UNAVAILABLE } from './judge.ts';
import { boundClientId } from './policy.ts';
import type { Principals } from './principals.ts';
import { goodUntil, type Identity } from './proof.ts';

/** A keepalive may be overstepped by half before the client counts as gone (MQTT-3.1.2-24): give up well before that. */
const KEEPALIVE_SHARE = 1.2;

interface AdmissionDeps {
  readonly judge: Judge;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly keep: Keep;
  readonly connectionOf: (client: Client) => Connection | undefined;
  /** Somebody was let in by what is good only until then, ms since the epoch. */
  readonly endsAt: (username: string, time: number) => void;
  readonly config: BrokerConfig;
  readonly log: Logger;
}

type PreConnect = NonNullable<AedesOptions['preConnect']>;
type Authenticate = NonNullable<AedesOptions['authenticate']>;

/**
 * Who gets in, and under which client id. Everything is decided in `preConnect`, where the whole CONNECT is at hand;
 * `authenticate` only says it, because only there can a return code be given. Clients of one id are admitted one after
 * the other, and only those whose credential was good stand in that line.
 */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #refusals = new WeakMap<Client, ReturnCode>();
  /** By client id, the end of the line. */
  readonly #lines = new Map<string, Promise<void>>();

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  readonly preConnect: PreConnect = (client, packet, callback) => {
    const proceed = () => {
      try {
        callback(null, true);
      } catch (error) {
        this.#failed(client, error);
      }
    };
    const strings = [packet.clientId, packet.username ?? '', packet.will?.topic ?? ''];
    if (strings.some(illFormed) || (packet.will?.qos ?? 0) > 2) return client.close();
    // MQTT 5 and too long a keepalive are refused by Aedes itself, with its return codes, before it authenticates.
    const version = packet.protocolVersion ?? 4;
    if (version !== 3 && version !== 4) return proceed();
    const limit = this.#deps.config.keepaliveLimitSeconds;
    // Without a keepalive a dead socket would stay for good; section 3.1.2.10 lets a server end an inactive client.
    if (!packet.keepalive) packet.keepalive = limit;
    if (packet.keepalive > limit) return proceed();
    this.#admit(client, packet, proceed).catch((error: unknown) => this.#failed(client, error));
  };

  readonly authenticate: Authenticate = (client, _username, _password, done) => {
    try {
      const returnCode = this.#refusals.get(client);
      if (returnCode !== undefined) return done(Object.assign(new Error('refused'), { returnCode }), false);
      done(null, this.#deps.sessions.of(client) !== undefined);
    } catch (error) {
      this.#failed(client, error);
    }
  };

  async #admit(client: Client, packet: ConnectPacket, proceed: () => void): Promise<void> {
    const connection = this.#deps.connectionOf(client);
    if (!connection) return;
    const verdict = await this.#deps.judge(packet, connection.peer);
    if (typeof verdict === 'number') return this.#refuse(client, verdict, proceed);
    packet.clientId = boundClientId(verdict.principal, packet.clientId || randomUUID());
    const { clientId } = packet;
    const before = this.#lines.get(clientId) ?? Promise.resolve();
    const turn = before
      .then(() => this.#enter(client, packet, verdict, proceed))
      .catch((error: unknown) => this.#failed(client, error));
    this.#lines.set(clientId, turn);
    await turn;
    if (this.#lines.get(clientId) === turn) this.#lines.delete(clientId);
  }

  /** The client's turn: replaces who held the id, and keeps the line waiting until Aedes lists the new one. */
  async #enter(client: Client, packet: ConnectPacket, identity: Identity, proceed: () => void): Promise<void> {
    const { principal, proof } = identity;
    const connection = this.#deps.connectionOf(client);
    // Standing in line took time: the credential may have changed, the client may have gone.
    const now = await this.#deps.principals.find(principal.username);
    const until = goodUntil(identity, now);
    if (!now || until <= Date.now()) return this.#refuse(client, NOT_AUTHORIZED, proceed);
    if (!connection || connection.socket.destroyed) return;
    const { maxSessionsPerCredential } = this.#deps.config;
    const own = this.#deps.sessions.ofUser(principal.username);
    if (own.length >= maxSessionsPerCredential && !own.some((session) => session.id === packet.clientId))
      return this.#refuse(client, SERVER_UNAVAILABLE, proceed);
    const session = new Session(packet.clientId, now, connection, {
      proof,
      patienceMs: this.#patience(packet),
      maxInflightQos2: this.#deps.config.maxInflightQos2,
      kept: this.#kept(packet, now),
    });
    const replaced = this.#deps.sessions.add(session);
    if (Number.isFinite(until)) this.#deps.endsAt(principal.username, until);
    if (replaced) {
      replaced.close('taken-over');
      await replaced.over;
    }
    const ready = new Promise<void>((resolve) => client.once('connected', resolve));
    proceed();
    await Promise.race([ready, session.over]);
  }

  /** The session that outlives this connection; where a clean one is asked for, what was kept goes (MQTT-3.1.2-6). */
  #kept({ clean, clientId }: ConnectPacket, principal: Principal): KeptSession | undefined {
    if (clean === false) return this.#deps.keep.open(clientId, principal);
    this.#deps.keep.discard(clientId);
    return undefined;
  }

  #patience(packet: ConnectPacket): number {
    const keepalive = packet.keepalive ?? 0;
    const { commitGiveUpMs } = this.#deps.config;
    return keepalive > 0 ? Math.min(commitGiveUpMs, keepalive * 1000 * KEEPALIVE_SHARE) : commitGiveUpMs;
  }

  #refuse(client: Client, code: ReturnCode, proceed: () => void): void {
    // Not what it calls itself: people paste passwords into the wrong field.
    this.#deps.log.debug({ code }, 'client refused');
    this.#refusals.set(client, code);
    proceed();
  }

  #failed(client: Client, error: unknown): void {
    this.#deps.log.error({ err: error }, 'admission failed');
    client.close();
  }
}
