import { connect } from 'mqtt';
import type { Logger } from 'pino';
import type { Reading } from '../model/telemetry.ts';
import { topicOf } from '../model/topic.ts';
import { drawOf } from './draws.ts';
import { sayGoodbye } from './goodbye.ts';
import type { SimulatedDevice } from './script.ts';

/** What a fleet has done since its start. */
export interface FleetStats {
  devices: number;
  connected: number;
  published: number;
  acknowledged: number;
  /** Readings not sent because the device was not connected or too much of it was not acknowledged yet. */
  skipped: number;
  failed: number;
}

export interface DeviceClient {
  /** Resolves when the first attempt to connect has gone well or not. */
  readonly attempted: Promise<void>;
  onceConnected(run: () => void): void;
  publish(reading: Reading): void;
  end(): Promise<void>;
}

export interface DeviceClientOptions {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** Counted up by every device of the fleet. */
  readonly stats: FleetStats;
  readonly log: Logger;
}

/** A sensor keeps few readings: what the city has not acknowledged by then holds back the next. */
const UNACKNOWLEDGED_AT_MOST = 20;

/** One device's own MQTT 3.1.1 connection: QoS 1, clean session, kept alive every 60 s, reconnected after 2 to 7 s. */
export function connectDevice({ device, seed }: SimulatedDevice, options: DeviceClientOptions): DeviceClient {
  const { host, port, password, stats, log } = options;
  const topic = topicOf(device.domain, device.id, 'telemetry');
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
    reconnectPeriod: 2_000 + Math.floor(drawOf(seed, 'reconnect') * 5_000),
    reconnectOnConnackError: true,
    resubscribe: false,
  });
  let open = false;
  let underway = 0;
  client.on('connect', () => {
    open = true;
    stats.connected += 1;
  });
  client.on('close', () => {
    if (open) stats.connected -= 1;
    open = false;
  });
  client.on('error', (error) => log.debug({ device: device.id, error: error.message }, 'simulated device'));

  return {
    attempted: new Promise((resolve) => {
      client.once('connect', () => resolve());
      client.once('close', () => resolve());
    }),
    onceConnected: (run) => client.once('connect', run),
    publish(reading) {
      if (!client.connected || underway >= UNACKNOWLEDGED_AT_MOST) {
        stats.skipped += 1;
        return;
      }
      underway += 1;
      stats.published += 1;
      client.publish(topic, JSON.stringify(reading), { qos: 1 }, (error) => {
        underway -= 1;
        if (error) stats.failed += 1;
        else stats.acknowledged += 1;
      });
    },
    end: () => sayGoodbye(client),
  };
}
