import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Format } from '../model/topic.ts';
import { isCommandResult, maySubscribe, telemetryTopics } from './admission/policy.ts';
import type { Principals } from './admission/principals.ts';
import type { BrokerConfig } from './config.ts';
import type { Acknowledge, Gate } from './gate.ts';
import { createForward } from './sessions/deliver.ts';
import { illFormed, isFilter, type QoS } from './sessions/filters.ts';
import type { Keep } from './sessions/keep.ts';
import { SESSION_MARK } from './sessions/persistence.ts';
import type { Session, Sessions } from './sessions/session.ts';

type Hooks = Required<Pick<AedesOptions, 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>>;

interface HookDeps {
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly keep: Keep;
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
  const { gate, sessions, keep, config, log, counts } = deps;
  const forward = createForward(sessions, () => {
    counts.forwardsLeftOut += 1;
  });

  /** What no client may send: the connection ends (MQTT-4.8.0-1), and the will is sent. */
  function violation(session: Session, what: string): void {
    log.debug({ client: session.id, what }, 'protocol violation');
    session.close('protocol-error');
  }

  function publish(session: Session, packet: PublishPacket, acknowledge: Acknowledge): void {
    const { qos, messageId, dup } = packet;
    // No packet id (MQTT-2.3.1-1), or a first message that claims to come again (MQTT-3.3.1-2).
    if (qos > 0 ? !((messageId ?? 0) > 0) : dup) {
      violation(session, 'PUBLISH');
      return;
    }
    // Only with DUP is it a message that came before (MQTT-3.3.1-1): what a client that lost its state sends is new.
    if (qos === 2 && !dup) session.inbound.release(messageId ?? 0);
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
    const first = session.inbound.first(id);
    if (first) {
      // It may have come by a connection that is gone: where it was not taken, this one has to send it once more.
      void first.then((flushed) => (flushed ? gate.answer(session, acknowledge) : session.close('overload')));
      return;
    }
    gate.pass(session, bytesOf(packet.payload), format, acknowledge);
    session.inbound.journalling(id, session.last);
  }

  /** Whether the client may have the filter; it has it from then on. */
  function granted(session: Session, filter: string, qos: QoS): boolean {
    const { filters, kept, principal } = session;
    const room = filters.has(filter) || filters.size < config.maxSubscriptionsPerClient;
    if (!room || filter.length > config.maxFilterLength || !maySubscribe(principal, filter)) {
      // A resumed session may hold what its client may no longer have.
      if (kept) keep.unsubscribe(kept, filter);
      else filters.delete(filter);
      return false;
    }
    if (kept) return keep.subscribe(kept, filter, qos);
    filters.set(filter, qos);
    return true;
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
        // The session is there, and no filter of it.
        if (subscription === SESSION_MARK) return callback(null, null);
        const session = sessions.of(client);
        const { topic, qos } = subscription;
        if (session && (illFormed(topic) || !isFilter(topic))) {
          violation(session, 'SUBSCRIBE to no topic filter');
          return;
        }
        if (!session || !granted(session, topic, qos)) {
          counts.denied += 1;
          // Null becomes 0x80 in the SUBACK (MQTT-3.9.3); an error would close the socket.
          return callback(null, null);
        }
        // Aedes is told QoS 2 for all: which one a message goes out with is `forward`'s to say.
        callback(null, { ...subscription, qos: 2 });
      } catch (error) {
        log.error({ err: error, client: client.id }, 'subscribing failed');
        client.close();
      }
    },

    authorizeForward(client, packet) {
      try {
        return forward(client, packet);
      } catch (error) {
        log.error({ err: error, client: client.id }, 'forwarding failed');
        return null;
      }
    },
  };
}
