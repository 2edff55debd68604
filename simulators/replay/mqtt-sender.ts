import { connect, type MqttClient } from 'mqtt';
import { RejectedNotice } from '../../model/notice.ts';
import { topicOf } from '../../model/topic.ts';
import { sayGoodbye } from '../goodbye.ts';
import { type Sender, type SenderOptions, Unanswered } from './sender.ts';

/** What is counted where a reason was not told. */
const UNTOLD = 'not-told';

/** Sends over MQTT with QoS 1, one connection for each device, opened when it is first needed. */
export function createMqttSender(at: { host: string; port: number }, options: SenderOptions): Sender {
  const { domain, passwordOf, patienceMs } = options;
  const clients = new Map<string, Promise<MqttClient>>();
  const rejected: Record<string, number> = {};

  const open = async (device: string): Promise<MqttClient> => {
    const client = connect({
      protocol: 'mqtt',
      ...at,
      clientId: device,
      username: device,
      password: passwordOf(device),
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      connectTimeout: 10_000,
    });
    try {
      await settled(client, at, device);
    } catch (error) {
      await client.endAsync(true);
      throw error;
    }
    // The connection comes back by itself and what was not acknowledged is sent again.
    client.on('error', () => undefined);
    client.on('message', (_, payload) => {
      for (const [reason, notices] of tally(payload.toString())) rejected[reason] = (rejected[reason] ?? 0) + notices;
    });
    await client.subscribeAsync(topicOf(domain, device, 'rejected'), { qos: 0 });
    return client;
  };

  return {
    async send(device, payload) {
      const opening = clients.get(device) ?? open(device);
      clients.set(device, opening);
      const client = await opening;
      await within(client.publishAsync(topicOf(domain, device, 'telemetry'), payload, { qos: 1 }), device, patienceMs);
    },
    rejected: () => ({ ...rejected }),
    async close() {
      const opened = await Promise.allSettled(clients.values());
      await Promise.all(opened.map((result) => (result.status === 'fulfilled' ? sayGoodbye(result.value) : undefined)));
    },
  };
}

/** Resolves when the broker has let the client in, rejects at the first sign that it does not. */
function settled(client: MqttClient, { host, port }: { host: string; port: number }, device: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new Error(`${device} could not connect to ${host}:${port}: ${why}`));
    client.once('connect', () => resolve());
    client.once('error', (error) => refuse(error.message || String(error)));
    client.once('close', () => refuse('the connection was closed'));
  });
}

async function within(publishing: Promise<unknown>, device: string, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `a message of ${device} was not acknowledged within ${ms / 1_000} s`;
    timer = setTimeout(() => reject(new Unanswered(message)), ms);
  });
  try {
    await Promise.race([publishing, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a notice says: its reason once, and those that the city left out before it, whose reasons nobody told. */
function tally(payload: string): readonly (readonly [reason: string, notices: number])[] {
  try {
    const { reason, suppressed = 0 } = RejectedNotice.parse(JSON.parse(payload));
    // The city only reads more slowly; nothing was refused.
    if (reason === 'too-fast') return [];
    return suppressed > 0
      ? [
          [reason, 1],
          [UNTOLD, suppressed],
        ]
      : [[reason, 1]];
  } catch {
    return [[UNTOLD, 1]];
  }
}
