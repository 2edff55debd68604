import { Agent, request } from 'node:http';
import { type DeviceLine, type FleetStats, UNACKNOWLEDGED_AT_MOST } from './line.ts';
import type { SimulatedDevice } from './script.ts';

/** Connections that carry any number of devices, each with its own credential. */
export interface HttpPool {
  line(device: SimulatedDevice, password: string, stats: FleetStats): DeviceLine;
  /** Posts one message; resolves with the status. Rejects where the city does not answer. */
  post(device: string, password: string, payload: string): Promise<number>;
  /** Hangs up, also where answers are awaited. */
  close(): void;
}

const ANSWER_WITHIN_MS = 20_000;

/** `url`: where the city serves HTTP. At most `sockets` connections, kept alive. */
export function createHttpPool(url: string, sockets: number): HttpPool {
  const base = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, scheduling: 'fifo' });

  const post: HttpPool['post'] = (device, password, payload) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          host: base.hostname.replace(/^\[|\]$/g, ''),
          port: base.port,
          method: 'POST',
          path: `/api/v1/devices/${device}/telemetry`,
          auth: `${device}:${password}`,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
          timeout: ANSWER_WITHIN_MS,
        },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode ?? 0));
          answer.once('error', reject);
        },
      );
      sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.once('error', reject);
      sent.end(payload);
    });

  return {
    post,
    line({ device }, password, stats) {
      let underway = 0;
      let whenIdle = () => {};
      stats.connected += 1;
      const settled = (accepted: boolean) => {
        underway -= 1;
        if (accepted) stats.acknowledged += 1;
        else stats.failed += 1;
        if (underway === 0) whenIdle();
      };
      return {
        attempted: Promise.resolve(),
        onceConnected: (run) => run(),
        publish(payload) {
          if (underway >= UNACKNOWLEDGED_AT_MOST) {
            stats.skipped += 1;
            return;
          }
          underway += 1;
          stats.published += 1;
          post(device.id, password, payload).then(
            (status) => settled(status === 202),
            () => settled(false),
          );
        },
        async end() {
          stats.connected -= 1;
          if (underway > 0)
            await new Promise<void>((resolve) => {
              whenIdle = resolve;
            });
        },
      };
    },
    close: () => agent.destroy(),
  };
}
