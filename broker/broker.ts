import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import type { Logger } from 'pino';
import type { Bus } from '../storage/bus/port.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import { Admission } from './admission.ts';
import { aedesLimits, type BrokerConfig, type TlsFiles } from './config.ts';
import { Door } from './door.ts';
import { dismissAll, farewell } from './farewell.ts';
import { Gate } from './gate.ts';
import { createHooks } from './hooks.ts';
import { createTelemetryEndpoint, type TelemetryEndpoint } from './http.ts';
import { followClients } from './lifecycle.ts';
import { createWebSocketDoor, type Listener, listenTcp, listenTls } from './listeners.ts';
import { type Announce, PresenceBoard } from './presence.ts';
import { Principals } from './principals.ts';
import { Notices } from './rejected.ts';
import { watchCredentials } from './revocation.ts';
import { type Session, Sessions } from './session.ts';

/** How long acknowledgements under way may take when the city stops. */
const STOP_MS = 3_000;

export interface BrokerDeps {
  readonly journal: JournalWriter;
  readonly principals: Pick<Registry, 'principal'>;
  readonly bus: Bus;
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
  readonly socketsTurnedAway: number;
  readonly socketsCut: number;
  readonly topicsDenied: number;
  readonly forwardsLeftOut: number;
}

/** The devices' door. Everything that comes in by it is in the journal, flushed, before it is acknowledged. */
export interface Broker {
  listenMqtt(host: string, port: number): Promise<{ port: number }>;
  listenMqtts(host: string, port: number, files: TlsFiles): Promise<{ port: number }>;
  /** Takes over an HTTP upgrade as MQTT over WebSocket; which path that is, is the HTTP server's to say. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `POST /devices/{id}/telemetry`, to be mounted under `/api/v1`. */
  readonly http: TelemetryEndpoint;
  stats(): BrokerStats;
  /** Takes nothing more, sends the acknowledgements still owed, and disconnects everyone. The journal stays open. */
  close(): Promise<void>;
}

/** Builds the broker; it listens where it is told to. */
export async function createBroker({ journal, principals: registry, bus, config, log }: BrokerDeps): Promise<Broker> {
  const sessions = new Sessions();
  const principals = new Principals(registry);
  const gate = new Gate(journal, sessions, config, log);
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
  const presence = new PresenceBoard(bus, announce);
  const notices = new Notices(bus, announce, config.noticesPerSecond);

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
    principals,
    config,
    log,
    counts: topics,
    stopping: () => stopping,
    forbid: (session, topic) => dismiss(session, 'forbidden-topic', `not allowed to publish to ${topic.slice(0, 200)}`),
  });
  const aedes = new Aedes({ ...aedesLimits(config), ...hooks });
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
  const admission = new Admission({ principals, sessions, connectionOf: door.connectionOf.bind(door), config, log });
  aedes.preConnect = admission.preConnect;
  aedes.authenticate = admission.authenticate;
  const leave = followClients(aedes, sessions, presence, log);
  const unwatch = watchCredentials({ bus, principals, sessions, presence, log });

  const accept = door.accept.bind(door);
  const webSockets = createWebSocketDoor(config, accept);

  return {
    async listenMqtt(host, port) {
      const listener = await listenTcp(host, port, config, accept);
      listeners.push(listener);
      return { port: listener.port };
    },
    async listenMqtts(host, port, files) {
      const listener = await listenTls(host, port, files, config, accept, log);
      listeners.push(listener);
      return { port: listener.port };
    },
    handleUpgrade: webSockets.handleUpgrade,
    http: createTelemetryEndpoint({ gate, principals, config }),
    stats: () => ({
      openSockets: door.open,
      sessions: sessions.size,
      waitingMessages: gate.waiting.messages,
      waitingBytes: gate.waiting.bytes,
      acceptedMessages: gate.counts.accepted,
      refusedMessages: gate.counts.refused,
      clientsHeld: gate.counts.held,
      clientsGivenUp: gate.counts.gaveUp,
      socketsTurnedAway: door.counts.turnedAway,
      socketsCut: door.counts.cut,
      topicsDenied: topics.denied,
      forwardsLeftOut: topics.forwardsLeftOut,
    }),
    async close() {
      stopping = true;
      unwatch();
      notices.close();
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
    },
  };
}
