import { randomUUID } from 'node:crypto';
import type { AedesOptions, Client, ConnectPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Principal } from '../storage/registry/port.ts';
import type { BrokerConfig } from './config.ts';
import { boundClientId, mayPublish } from './policy.ts';
import { type Principals, stillHolds } from './principals.ts';
import { type Connection, Session, type Sessions } from './session.ts';

/** CONNACK return codes (MQTT 3.1.1, section 3.2.2.3). */
export const IDENTIFIER_REJECTED = 2;
export const SERVER_UNAVAILABLE = 3;
export const BAD_CREDENTIAL = 4;
export const NOT_AUTHORIZED = 5;
type ReturnCode = 2 | 3 | 4 | 5;

/** A keepalive may be overstepped by half before the client counts as gone (MQTT-3.1.2-24): give up well before that. */
const KEEPALIVE_SHARE = 1.2;

interface AdmissionDeps {
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly connectionOf: (client: Client) => Connection | undefined;
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
    const verdict = await this.#judge(packet);
    if (typeof verdict === 'number') return this.#refuse(client, verdict, packet, proceed);
    // No session outlives its connection: a queue for an absent client has no bound. A persistent session that is
    // asked for is answered with "session present 0", which a client must expect of any server (section 3.2.2.2).
    packet.clean = true;
    packet.clientId = boundClientId(verdict, packet.clientId || randomUUID());
    const { clientId } = packet;
    const before = this.#lines.get(clientId) ?? Promise.resolve();
    const turn = before
      .then(() => this.#enter(client, packet, verdict, proceed))
      .catch((error: unknown) => this.#failed(client, error));
    this.#lines.set(clientId, turn);
    await turn;
    if (this.#lines.get(clientId) === turn) this.#lines.delete(clientId);
  }

  /** The principal behind the CONNECT, or the return code it is refused with. */
  async #judge(packet: ConnectPacket): Promise<Principal | ReturnCode> {
    const { clientId, username, password, will } = packet;
    if (clientId.length > this.#deps.config.maxClientIdLength) return IDENTIFIER_REJECTED;
    // MQTT-3.1.3-8
    if (clientId === '' && packet.clean === false) return IDENTIFIER_REJECTED;
    if (!username || !password) return BAD_CREDENTIAL;
    let found: Awaited<ReturnType<Principals['verify']>>;
    try {
      found = await this.#deps.principals.verify(username, password.toString());
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'the registry does not answer: a client was turned away');
      return SERVER_UNAVAILABLE;
    }
    if (found === 'unknown') return BAD_CREDENTIAL;
    if (found === 'retired') return NOT_AUTHORIZED;
    if (will && !mayPublish(found, will.topic)) return NOT_AUTHORIZED;
    return found;
  }

  /** The client's turn: replaces who held the id, and keeps the line waiting until Aedes lists the new one. */
  async #enter(client: Client, packet: ConnectPacket, principal: Principal, proceed: () => void): Promise<void> {
    const connection = this.#deps.connectionOf(client);
    // Standing in line took time: the credential may have changed, the client may have gone.
    const now = await this.#deps.principals.find(principal.username);
    if (!now || !stillHolds(principal, now)) return this.#refuse(client, NOT_AUTHORIZED, packet, proceed);
    if (!connection || connection.socket.destroyed) return;
    const { maxSessionsPerCredential } = this.#deps.config;
    const own = this.#deps.sessions.ofUser(principal.username);
    if (own.length >= maxSessionsPerCredential && !own.some((session) => session.id === packet.clientId))
      return this.#refuse(client, SERVER_UNAVAILABLE, packet, proceed);
    const session = new Session(packet.clientId, now, connection, this.#patience(packet));
    const replaced = this.#deps.sessions.add(session);
    if (replaced) {
      replaced.close('taken-over');
      await replaced.over;
    }
    const ready = new Promise<void>((resolve) => client.once('connected', resolve));
    proceed();
    await Promise.race([ready, session.over]);
  }

  #patience(packet: ConnectPacket): number {
    const keepalive = packet.keepalive ?? 0;
    const { commitGiveUpMs } = this.#deps.config;
    return keepalive > 0 ? Math.min(commitGiveUpMs, keepalive * 1000 * KEEPALIVE_SHARE) : commitGiveUpMs;
  }

  #refuse(client: Client, code: ReturnCode, packet: ConnectPacket, proceed: () => void): void {
    const { clientId, username } = packet;
    this.#deps.log.debug({ clientId: clientId.slice(0, 64), username: username?.slice(0, 64), code }, 'client refused');
    this.#refusals.set(client, code);
    proceed();
  }

  #failed(client: Client, error: unknown): void {
    this.#deps.log.error({ err: error }, 'admission failed');
    client.close();
  }
}
