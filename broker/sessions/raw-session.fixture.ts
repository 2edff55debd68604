import type { MqttClient } from 'mqtt';
import type { IPublishPacket, QoS } from 'mqtt-packet';
import { expect } from 'vitest';
import { connectPacket, eventually, rawClient, type startHandBroker, TELEMETRY } from '../harness.fixture.ts';

export type Running = Awaited<ReturnType<typeof startHandBroker>>;

/** A bare client, let in. */
export async function letIn(running: Running, username: string, more = {}) {
  const raw = await rawClient(running.port);
  raw.send(connectPacket(running, username, more));
  await eventually(() => expect(raw.of('connack')).toMatchObject([{ returnCode: 0 }]));
  let packetId = 0;
  return {
    ...raw,
    /** What its CONNACK said. */
    present: () => raw.of('connack').map((packet) => 'sessionPresent' in packet && packet.sessionPresent)[0],
    published: () => raw.packets.filter((packet): packet is IPublishPacket => packet.cmd === 'publish'),
    async subscribe(...subscriptions: { topic: string; qos: QoS }[]) {
      packetId += 1;
      raw.send({ cmd: 'subscribe', messageId: packetId, subscriptions });
      await eventually(() => expect(raw.of('suback').at(-1)).toMatchObject({ messageId: packetId }));
      return raw.of('suback').at(-1);
    },
    async unsubscribe(...unsubscriptions: string[]) {
      packetId += 1;
      raw.send({ cmd: 'unsubscribe', messageId: packetId, unsubscriptions });
      await eventually(() => expect(raw.of('unsuback').at(-1)).toMatchObject({ messageId: packetId }));
    },
    /** Everything the broker wrote before is here. */
    async ping() {
      const before = raw.of('pingresp').length;
      raw.send({ cmd: 'pingreq' });
      await eventually(() => expect(raw.of('pingresp').length).toBeGreaterThan(before));
    },
    /** Lost, as a cable is; resolves once the broker knows. */
    async lose() {
      const { sessions } = running.broker.stats();
      raw.socket.destroy();
      await eventually(() => expect(running.broker.stats().sessions).toBeLessThan(sessions));
    },
  };
}

/** The same with a session that is kept. */
export const keptClient = (running: Running, username: string, more = {}) =>
  letIn(running, username, { clean: false, ...more });

export const textOf = ({ payload }: IPublishPacket): string => payload.toString();

export async function publishAll(cam: MqttClient, texts: readonly string[], qos: QoS = 1): Promise<void> {
  for (const text of texts) await cam.publishAsync(TELEMETRY, text, { qos });
}
