import type { MqttClient } from 'mqtt';

/** The text of the next message that arrives at the client. */
export const nextMessage = (client: MqttClient): Promise<string> =>
  new Promise((resolve) => client.once('message', (_topic, payload) => resolve(payload.toString())));

/** Resolves when the client's connection is closed, by whichever side. */
export const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));
