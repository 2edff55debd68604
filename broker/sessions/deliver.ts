import type { AedesOptions, Client } from 'aedes';
import mqttPacket from 'mqtt-packet';
import { lowerOf } from './filters.ts';
import type { Line } from './outbox.ts';
import type { Session, Sessions } from './session.ts';

type Forward = NonNullable<AedesOptions['authorizeForward']>;

/** What a client is sent live, and at which QoS. `leftOut` is called for each message that a slow reader misses. */
export function createForward(sessions: Sessions, leftOut: () => void): Forward {
  return (client, packet) => {
    const session = sessions.of(client);
    // Filters of a resumed session are in place before its CONNACK, which has to come first (MQTT-3.2.0-1).
    if (!session || session.deaf || !client.connected) return null;
    const granted = session.filters.qosOf(packet.topic);
    const qos = lowerOf(granted, packet.qos);
    packet.qos = qos;
    const { outbox } = session.kept ?? {};
    if (outbox && qos !== 0) {
      // The outbox has it already, but for what was retained: that Aedes reads at this client's own pace.
      if (!packet.retain) return null;
      const { topic, payload } = packet;
      packet.messageId = outbox.sending({ topic, payload: Buffer.from(payload), retain: true }, qos);
    }
    // What is retained is read from the store at this client's own pace; nobody else waits for it.
    if (packet.retain) return packet;
    const { conn } = client;
    const size = packet.payload.length + packet.topic.length;
    if (!conn.writableNeedDrain && conn.writableLength + size < conn.writableHighWaterMark) return packet;
    // Who does not read misses live messages. Waiting for it would stop every PUBACK of the broker.
    leftOut();
    return null;
  };
}

/** The connected client of a kept session, as its outbox sees it. */
export function lineTo(client: Client, session: Session): Line {
  const { conn } = client;
  const open = () => !session.deaf && !client.closed && conn.writable;
  return {
    ready: () => open() && !conn.writableNeedDrain && conn.writableLength < conn.writableHighWaterMark,
    send(packet) {
      if (open()) mqttPacket.writeToStream(packet, conn);
    },
  };
}
