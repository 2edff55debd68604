import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Format } from '../model/topic.ts';
import type { BrokerConfig } from './config.ts';
import type { Acknowledge, Gate } from './gate.ts';
import { isCommandResult, maySubscribe, telemetryTopics } from './policy.ts';
import type { Principals } from './principals.ts';
import type { Session, Sessions } from './session.ts';

type Hooks = Required<Pick<AedesOptions, 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>>;

interface HookDeps {
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly principals: Principals;
  readonly config: BrokerConfig;
  readonly log: Logger;
  /** Disconnects a client that published where it may not. */
  readonly forbid: (session: Session, topic: string) => void;
  readonly stopping: () => boolean;
  readonly counts: { forwardsLeftOut: number; denied: number };
}

const bytesOf = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload);
const NOT_TAKEN = new Error('not taken');

/** What Aedes asks before it takes, subscribes or forwards. A throw in any hook would end the process: none may leave. */
export function createHooks(deps: HookDeps): Hooks {
  const { gate, sessions, config, log, counts } = deps;

  function publish(session: Session, packet: PublishPacket, acknowledge: Acknowledge): void {
    const format = session.telemetry.get(packet.topic);
    if (format === undefined) {
      publishOther(session, packet, acknowledge);
      return;
    }
    // Every SUBSCRIBE scans every retained topic, and the latest value is the API's to tell.
    packet.retain = false;
    if (packet.qos === 2) exactly(session, packet, format, acknowledge);
    else gate.pass(session, bytesOf(packet.payload), format, acknowledge);
  }

  function publishOther(session: Session, packet: PublishPacket, acknowledge: Acknowledge): void {
    if (!isCommandResult(session.principal, packet.topic)) {
      counts.denied += 1;
      deps.forbid(session, packet.topic);
      return;
    }
    packet.retain = false;
    if (session.pending === 0) acknowledge();
    else session.last = afterwards(session.last, session, acknowledge);
  }

  /** Acknowledges once what came before is flushed, and never if it was not. */
  function afterwards(before: Promise<boolean>, session: Session, acknowledge: Acknowledge): Promise<boolean> {
    return before.then((flushed) => {
      if (flushed) gate.answer(session, acknowledge);
      return flushed;
    });
  }

  /** A PUBLISH of QoS 2 that comes again before its PUBREL is the same message (section 4.3.3, method A). */
  function exactly(session: Session, packet: PublishPacket, format: Format, acknowledge: Acknowledge) {
    const id = packet.messageId ?? 0;
    const first = packet.dup ? session.exactly.get(id) : undefined;
    if (first) {
      void afterwards(first, session, acknowledge);
      return;
    }
    gate.pass(session, bytesOf(packet.payload), format, acknowledge);
    session.exactly.delete(id);
    session.exactly.set(id, session.last);
    if (session.exactly.size <= config.maxInflightQos2) return;
    const [oldest] = session.exactly.keys();
    if (oldest !== undefined) session.exactly.delete(oldest);
  }

  /** The will of a client that is gone: no socket to slow down or to close. Whether it was taken. */
  async function will(client: Client | null, packet: PublishPacket): Promise<boolean> {
    const session = client ? sessions.of(client) : undefined;
    if (deps.stopping() || session?.revoked) return false;
    const author = 'clientId' in packet && typeof packet.clientId === 'string' ? packet.clientId : '';
    const principal = session?.principal ?? (await deps.principals.find(author));
    if (!principal?.active) return false;
    packet.retain = false;
    const format = telemetryTopics(principal).get(packet.topic);
    if (format === undefined) return isCommandResult(principal, packet.topic);
    await gate.append(principal, bytesOf(packet.payload), format);
    return true;
  }

  return {
    authorizePublish(client, packet, callback) {
      try {
        const session = client && !client.closed ? sessions.of(client) : undefined;
        // Aedes publishes a will after it closed its client, or long after, when there is none.
        if (!session) {
          will(client, packet)
            .catch((error: unknown) => {
              log.warn({ err: error, topic: packet.topic }, 'a will was not journalled');
              return false;
            })
            .then((taken) => callback(taken ? null : NOT_TAKEN))
            .catch((error: unknown) => log.error({ err: error }, 'publishing a will failed'));
        } else if (!session.leaving) publish(session, packet, callback);
      } catch (error) {
        log.error({ err: error, client: client?.id }, 'publishing failed');
        client?.close();
      }
    },

    authorizeSubscribe(client, subscription, callback) {
      try {
        const session = sessions.of(client);
        const { topic } = subscription;
        const room = session && (session.filters.has(topic) || session.filters.size < config.maxSubscriptionsPerClient);
        if (!session || !room || !maySubscribe(session.principal, topic)) {
          counts.denied += 1;
          // Null becomes 0x80 in the SUBACK (MQTT-3.9.3); an error would close the socket.
          return callback(null, null);
        }
        session.filters.add(topic);
        callback(null, subscription);
      } catch (error) {
        log.error({ err: error, client: client.id }, 'subscribing failed');
        client.close();
      }
    },

    authorizeForward(client, packet) {
      try {
        if (sessions.of(client)?.deaf) return null;
        // What is retained is read from the store at this client's own pace; nobody else waits for it.
        if (packet.retain) return packet;
        const { conn } = client;
        const size = packet.payload.length + packet.topic.length;
        if (!conn.writableNeedDrain && conn.writableLength + size < conn.writableHighWaterMark) return packet;
        // Who does not read misses live messages. Waiting for it would stop every PUBACK of the broker.
        counts.forwardsLeftOut += 1;
        return null;
      } catch (error) {
        log.error({ err: error, client: client.id }, 'forwarding failed');
        return null;
      }
    },
  };
}
