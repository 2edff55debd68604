import { connect } from 'mqtt';
import type { Logger } from 'pino';
import { topicOf } from '../model/topic.ts';
import { drawOf } from './draws.ts';
import { sayGoodbye } from './goodbye.ts';
import { type DeviceLine, type FleetStats, UNACKNOWLEDGED_AT_MOST } from './line.ts';
import type { SimulatedDevice } from './script.ts';

export interface MqttLineOptions {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** Counted up by every device of the fleet. */
  readonly stats: FleetStats;
  readonly log: Logger;
}

/** Who is refused (its credential is wrong, it was deleted or retired) asks again only so often. */
const REFUSED_MS = 60_000;

/** One device's own MQTT 3.1.1 connection: QoS 1, clean session, kept alive every 60 s, reconnected after 2 to 7 s. */
export function connectDevice({ device, seed }: SimulatedDevice, options: MqttLineOptions): DeviceLine {
  const { host, port, password, stats, log } = options;
  const topic = topicOf(device.domain, device.id, 'telemetry');
  const reconnectPeriod = 2_000 + Math.floor(drawOf(seed, 'reconnect') * 5_000);
  const client = connect({
    protocol: 'mqtt',
    host,
    port,
    clientId: device.id,
    username: device.id,
    password,
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    reconnectPeriod,
    reconnectOnConnackError: true,
    resubscribe: false,
  });
  let open = false;
  let underway = 0;
  client.on('connect', () => {
    open = true;
    client.options.reconnectPeriod = reconnectPeriod;
    stats.connected += 1;
  });
  client.on('close', () => {
    if (open) stats.connected -= 1;
    open = false;
  });
  client.on('error', (error) => {
    // 4 and 5: bad user name or password, not authorized (MQTT 3.1.1, table 3.1).
    if ('code' in error && (error.code === 4 || error.code === 5)) client.options.reconnectPeriod = REFUSED_MS;
    log.debug({ device: device.id, error: error.message }, 'simulated device');
  });

  return {
    attempted: new Promise((resolve) => {
      client.once('connect', () => resolve());
      client.once('close', () => resolve());
    }),
    onceConnected: (run) => client.once('connect', run),
    publish(payload) {
      if (!client.connected || underway >= UNACKNOWLEDGED_AT_MOST) {
        stats.skipped += 1;
        return;
      }
      underway += 1;
      stats.published += 1;
      client.publish(topic, payload, { qos: 1 }, (error) => {
        underway -= 1;
        if (error) stats.failed += 1;
        else stats.acknowledged += 1;
      });
    },
    end: () => sayGoodbye(client),
  };
}
