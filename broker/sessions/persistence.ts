import { Readable } from 'node:stream';
import type { Aedes, AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes';
import { lowerOf, type QoS } from './filters.ts';
import type { Keep, KeptSession } from './keep.ts';
import type { Outgoing } from './outbox.ts';
import { Retained } from './retained.ts';
import type { Session, Sessions } from './session.ts';

/**
 * Not a filter of anybody: handed to Aedes with the filters of a resumed session, because it says "session present"
 * only where it restores at least one, and a session may have none (section 3.1.2.4).
 */
export const SESSION_MARK: Subscription = { topic: 'city', qos: 0 };

/** A packet by its id. */
interface Identified {
  readonly cmd?: string;
  readonly messageId?: number;
}

interface Subscriber {
  readonly clientId: string;
  readonly topic: string;
  readonly kept: KeptSession;
  readonly qos: QoS;
}

const NOBODY: readonly Subscriber[] = [];
const nobody = Promise.resolve(NOBODY);
const done = Promise.resolve();
const unknown = new Error('no such packet');

/**
 * What Aedes asks its persistence for. Retained messages and kept sessions are in memory; wills live with their
 * connection; an inbound QoS 2 message is its packet id, for the message itself is in the journal. Aedes queues for
 * kept sessions here and delivers nothing of QoS 1 and 2 to them itself: the outbox does, so that order, packet ids and
 * limits are the same whether the client is there or not.
 */
export function createPersistence(keep: Keep, sessions: Sessions) {
  const retained = new Retained();
  let brokerId = '';
  const sessionOf = (client: Client): Session | undefined => sessions.of(client);

  return {
    // Aedes looks at the name of its constructor.
    async setup(broker: Aedes): Promise<void> {
      brokerId = broker.id;
    },

    async storeRetained(packet: AedesPublishPacket): Promise<void> {
      retained.store({ ...packet });
    },
    createRetainedStreamCombi: (filters: readonly string[]) => Readable.from(retained.matching(filters)),

    // Filters are taken and given back by the hooks, one by one and only those that were granted.
    addSubscriptions: () => done,
    async removeSubscriptions(client: Client, filters: readonly string[]): Promise<void> {
      const kept = sessionOf(client)?.kept;
      if (kept) for (const filter of filters) keep.unsubscribe(kept, filter);
    },
    cleanSubscriptions: () => done,
    async subscriptionsByClient({ id }: Pick<Client, 'id'>): Promise<Subscription[]> {
      const kept = keep.get(id);
      if (!kept?.resumed) return [];
      return [...[...kept.filters.entries()].map(([topic, qos]) => ({ topic, qos })), SESSION_MARK];
    },

    subscriptionsByTopic(topic: string): Promise<readonly Subscriber[]> {
      if (keep.idle) return nobody;
      const found = keep.match(topic);
      if (found.size === 0) return nobody;
      return Promise.resolve([...found].map(([kept, qos]) => ({ clientId: kept.id, topic, kept, qos })));
    },
    outgoingEnqueueCombi(subscribers: readonly Subscriber[], packet: AedesPublishPacket): Promise<void> {
      if (subscribers.length === 0) return done;
      const message = copyOf(packet);
      // Live messages are never marked retained (MQTT-3.3.1-9).
      for (const { kept, qos } of subscribers)
        keep.queue(kept, { ...message, retain: false }, lowerOf(packet.qos, qos));
      return done;
    },
    async outgoingUpdate(client: Client, { cmd, messageId }: Identified): Promise<void> {
      if (cmd === 'pubrel' && messageId !== undefined) sessionOf(client)?.kept?.outbox.received(messageId);
    },
    /** PUBACK and PUBCOMP; Aedes also calls it for a message that it did not forward. */
    async outgoingClearMessageId(client: Client, { cmd, messageId }: Identified): Promise<void> {
      if (cmd !== 'publish' && messageId !== undefined) sessionOf(client)?.kept?.outbox.acknowledged(messageId);
    },
    outgoingStream: () => Readable.from([]),

    async incomingStorePacket(client: Client, { messageId }: Identified): Promise<void> {
      sessionOf(client)?.inbound.hand(messageId ?? 0);
    },
    async incomingGetPacket(client: Client, { messageId }: Identified): Promise<Identified> {
      if (!sessionOf(client)?.inbound.handed(messageId ?? 0)) throw unknown;
      return { messageId: messageId ?? 0 };
    },
    async incomingDelPacket(client: Client, { messageId }: Identified): Promise<void> {
      sessionOf(client)?.inbound.release(messageId ?? 0);
    },
    async cleanIncoming(client: Client): Promise<void> {
      const session = sessionOf(client);
      if (session && !session.kept) session.inbound.clear();
    },

    async putWill(client: Client, packet: PublishPacket): Promise<void> {
      Object.assign(packet, { brokerId, clientId: client.id });
    },
    delWill: () => done,
    streamWill: () => Readable.from([]),
  };
}

/** The payload may be a view of a read buffer a thousand times its size. */
function copyOf({ topic, payload, retain }: AedesPublishPacket): Outgoing {
  return { topic, payload: Buffer.from(payload), retain };
}
