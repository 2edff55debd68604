import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import type { Logger } from 'pino';
import { Attempts } from '../storage/attempts.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import { KeyCheck } from '../storage/registry/key-check.ts';
import type { Registry } from '../storage/registry/port.ts';
import { Admission } from './admission/admission.ts';
import { Credentials } from './admission/credentials.ts';
import { createJudge } from './admission/judge.ts';
import { Principals } from './admission/principals.ts';
import { watchCredentials } from './admission/revocation.ts';
import { aedesLimits, type BrokerConfig, type ClientCertificates, type TlsFiles } from './config.ts';
import { Door } from './doors/door.ts';
import { type Listener, listenTcp } from './doors/listeners.ts';
import { listenTls } from './doors/tls-listener.ts';
import { createWebSocketDoor } from './doors/websocket.ts';
import { Gate } from './gate.ts';
import { createHooks } from './hooks.ts';
import { createDeviceRoutes, type DeviceRoutes } from './http/device-routes.ts';
import { Budgets } from './limits/budget.ts';
import { Buffers } from './limits/buffers.ts';
import { tooFast } from './limits/too-fast.ts';
import { type Announce, PresenceBoard } from './presence/presence.ts';
import type { PresenceStore } from './presence/presence-keeper.ts';
import { Notices } from './rejected.ts';
import { dismissAll, farewell } from './sessions/farewell.ts';
import { Keep } from './sessions/keep.ts';
import { followClients } from './sessions/lifecycle.ts';
import { createPersistence } from './sessions/persistence.ts';
import { type Session, Sessions } from './sessions/session.ts';

/** How long acknowledgements under way may take when the city stops. */
const STOP_MS = 3_000;
/** A wrong password is answered while its sender's socket still has time to connect. */
const HELD_SHARE = 0.8;

export interface BrokerDeps {
  readonly journal: JournalWriter;
  readonly principals: Pick<Registry, 'principal' | 'key'>;
  /** Where presence outlives the city; nowhere by default. */
  readonly presences?: PresenceStore | undefined;
  readonly bus: Bus;
  /** Wrong secrets so far; shared with other doors of the city, where there are any. */
  readonly attempts?: Attempts | undefined;
  readonly config: BrokerConfig;
  readonly log: Logger;
}

/** Counters since the start and gauges of now, for /metrics. */
export interface BrokerStats {
  readonly openSockets: number;
  readonly sessions: number;
  readonly waitingMessages: number;
  readonly waitingBytes: number;
  readonly acceptedMessages: number;
  readonly refusedMessages: number;
  readonly clientsHeld: number;
  readonly clientsGivenUp: number;
  readonly messagesSlowed: number;
  readonly socketsTurnedAway: number;
  readonly socketsCut: number;
  readonly topicsDenied: number;
  readonly forwardsLeftOut: number;
  readonly bufferedBytes: number;
  readonly socketsTooGreedy: number;
  readonly keptSessions: number;
  readonly keptSessionsExpired: number;
  readonly queuedBytes: number;
  readonly queuedDropped: number;
  readonly queuesOverflowed: number;
}

export interface MqttsListener {
  readonly port: number;
  /** Shows other files from the next handshake on; who is connected stays. Throws where they cannot be used. */
  reload(files: TlsFiles): void;
}

/** The devices' door. Everything that comes in by it is in the journal, flushed, before it is acknowledged. */
export interface Broker {
  /** `behindProxy` is what the configuration says of the PROXY protocol, unless given. */
  listenMqtt(host: string, port: number, options?: { behindProxy?: boolean }): Promise<{ port: number }>;
  listenMqtts(host: string, port: number, files: TlsFiles, clients?: ClientCertificates): Promise<MqttsListener>;
  /** Takes over an HTTP upgrade as MQTT over WebSocket; which path that is, is the HTTP server's to say. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `POST /devices/{id}/telemetry` and `POST /uplinks/…`, to be mounted under `/api/v1`. */
  readonly http: DeviceRoutes;
  stats(): BrokerStats;
  /** Tells again, retained and on the bus, who was online or offline at the last stop. To be called before listening. */
  restorePresence(): Promise<void>;
  /** Takes nothing more, sends the acknowledgements still owed, and disconnects everyone. The journal stays open. */
  close(): Promise<void>;
}

/** Builds the broker; it listens where it is told to. */
export async function createBroker(deps: BrokerDeps): Promise<Broker> {
  const { journal, principals: registry, presences: store, bus, attempts = new Attempts(), config, log } = deps;
  const sessions = new Sessions();
  const keep = new Keep(config);
  const principals = new Principals(registry);
  const credentials = new Credentials(principals, attempts, config.connectTimeoutMs * HELD_SHARE);
  const topics = { forwardsLeftOut: 0, denied: 0 };
  const listeners: Listener[] = [];
  let stopping = false;

  const announce: Announce = (message) =>
    new Promise((resolve) => {
      if (aedes.closed) return resolve();
      const packet = { cmd: 'publish', dup: false, ...message, payload: Buffer.from(message.payload) } as const;
      aedes.publish(packet, (error) => {
        if (error) log.warn({ err: error, topic: message.topic }, 'the city could not publish');
        resolve();
      });
    });
  const presence = new PresenceBoard({
    ...{ bus, announce, store, log },
    graceMs: config.presenceGraceMs,
    restartGraceMs: config.restartGraceMs,
  });
  const notices = new Notices(bus, announce, config.noticesPerSecond);
  const budgets = new Budgets(config, tooFast({ principals, notices, config, log }));
  const gate = new Gate(journal, sessions, budgets, config, log);

  function dismiss(session: Session, code: 'forbidden-topic' | 'packet-too-large', detail: string): void {
    log.debug({ client: session.id, code, detail }, 'client dismissed');
    farewell(session, code, detail, notices, config.lingerMs).catch((error: unknown) => {
      log.error({ err: error, client: session.id }, 'farewell failed');
      session.close(code);
    });
  }

  const hooks = createHooks({
    gate,
    sessions,
    keep,
    principals,
    config,
    log,
    counts: topics,
    stopping: () => stopping,
    forbid: (session, topic) => dismiss(session, 'forbidden-topic', `not allowed to publish to ${topic.slice(0, 200)}`),
  });
  const aedes = new Aedes({ ...aedesLimits(config), ...hooks, persistence: createPersistence(keep, sessions) });
  await aedes.listen();

  const door = new Door(
    aedes,
    config,
    ({ client }, fault) => {
      const session = sessions.of(client);
      if (session && fault === 'too-large') {
        dismiss(session, 'packet-too-large', `a packet has at most ${config.maxPacketBytes} bytes`);
      } else client.close();
    },
    ({ client }) => {
      const session = sessions.of(client);
      // Of a client that Aedes lists it tells itself, a little later.
      if (session && !session.registered) leave(session);
    },
  );
  const buffers = new Buffers(
    () => door.connections(),
    config.maxBufferedBytes,
    ({ client }) => {
      const session = sessions.of(client);
      log.warn({ client: session?.id }, 'the buffers of all sockets are too large: one of the largest was closed');
      if (session) session.close('overload');
      else client.close();
    },
  );
  const connectionOf = door.connectionOf.bind(door);
  const judge = createJudge({ principals, credentials, config, log });
  const endsAt = (username: string, time: number) => watch.endsAt(username, time);
  const admission = new Admission({ judge, principals, sessions, keep, connectionOf, endsAt, config, log });
  aedes.preConnect = admission.preConnect;
  aedes.authenticate = admission.authenticate;
  const leave = followClients(aedes, sessions, keep, presence, log);
  const watch = watchCredentials({ bus, principals, sessions, keep, presence, log });

  const accept = door.accept.bind(door);
  const webSockets = createWebSocketDoor(config, accept);

  return {
    async listenMqtt(host, port, { behindProxy = config.proxyProtocol } = {}) {
      const listener = await listenTcp(host, port, { ...config, proxyProtocol: behindProxy }, accept);
      listeners.push(listener);
      return { port: listener.port };
    },
    async listenMqtts(host, port, files, clients = 'require') {
      const listener = await listenTls(host, port, files, clients, config, accept, log);
      listeners.push(listener);
      return listener;
    },
    handleUpgrade: webSockets.handleUpgrade,
    http: createDeviceRoutes({ gate, principals, credentials, keys: new KeyCheck(registry, attempts), config }),
    restorePresence: () => presence.restore(),
    stats: () => ({
      openSockets: door.open,
      sessions: sessions.size,
      waitingMessages: gate.waiting.messages,
      waitingBytes: gate.waiting.bytes,
      acceptedMessages: gate.counts.accepted,
      refusedMessages: gate.counts.refused,
      clientsHeld: gate.counts.held,
      clientsGivenUp: gate.counts.gaveUp,
      messagesSlowed: gate.counts.slowed,
      socketsTurnedAway: door.counts.turnedAway,
      socketsCut: door.counts.cut,
      topicsDenied: topics.denied,
      forwardsLeftOut: topics.forwardsLeftOut,
      bufferedBytes: buffers.bytes,
      socketsTooGreedy: buffers.closed,
      keptSessions: keep.size,
      keptSessionsExpired: keep.counts.expired,
      queuedBytes: keep.bytes,
      queuedDropped: keep.counts.dropped,
      queuesOverflowed: keep.counts.overflowed,
    }),
    async close() {
      stopping = true;
      const presenceKept = presence.close();
      watch.stop();
      notices.close();
      buffers.stop();
      door.stop();
      for (const session of sessions.all()) {
        session.connection.intake.pause();
        session.leaving = true;
        session.reason = 'city-stopped';
      }
      await gate.idle(STOP_MS);
      await dismissAll(sessions, config.lingerMs);
      await new Promise<void>((resolve) => aedes.close(resolve));
      door.close();
      webSockets.close();
      await Promise.all(listeners.map((listener) => listener.close()));
      gate.close();
      keep.close();
      await presenceKept;
    },
  };
}
