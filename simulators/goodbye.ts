import { setTimeout as delay } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';

/** Goodbyes that take longer are cut short. */
const GOODBYE_MS = 2_000;

/** Ends a connection: waits for what is not acknowledged yet, sends DISCONNECT, and hangs up where that takes too long. */
export async function sayGoodbye(client: MqttClient): Promise<void> {
  const late = new AbortController();
  const ended = client.endAsync(!client.connected);
  await Promise.race([ended, delay(GOODBYE_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  // A second end() would do nothing while the first still waits for acknowledgements.
  client.stream.destroy();
}
