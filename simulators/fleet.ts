import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { connectDevice, type DeviceClient, type FleetStats } from './device-client.ts';
import { drawOf } from './draws.ts';
import { dutyOf } from './duty.ts';
import type { SimulatedDevice } from './script.ts';
import { createTimetable } from './timetable.ts';

export type { FleetStats } from './device-client.ts';
export { planFleet, SIMULATED_PROVIDER } from './plan.ts';
export type { SimulatedDevice } from './script.ts';

export interface FleetOptions {
  readonly plan: readonly SimulatedDevice[];
  /** Passwords by device id. */
  readonly credentials: ReadonlyMap<string, string> | ((id: string) => string | undefined);
  readonly connect: { readonly host: string; readonly port: number };
  readonly log: Logger;
  readonly now?: () => number;
  /** The first readings are spread over so many ms, so that the map fills at once and the city is not hit by a wave. */
  readonly firstWithinMs?: number;
}

export interface Fleet {
  /** Says goodbye (DISCONNECT) for every device; answers when all connections are closed. */
  stop(): Promise<void>;
  stats(): Readonly<FleetStats>;
}

/** Connections that are being opened at once. */
const OPENING_AT_ONCE = 50;

/**
 * Starts the devices as MQTT clients, one connection each. Answers when every device has tried to connect; one that
 * could not goes on trying. Throws where a device has no password.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { plan, credentials, connect, log, now = Date.now, firstWithinMs = 6_000 } = options;
  const passwordOf = typeof credentials === 'function' ? credentials : (id: string) => credentials.get(id);
  const stats: FleetStats = {
    devices: plan.length,
    connected: 0,
    published: 0,
    acknowledged: 0,
    skipped: 0,
    failed: 0,
  };
  const timetable = createTimetable(now);
  const opening = pLimit(OPENING_AT_ONCE);

  const launch = async (simulated: SimulatedDevice): Promise<DeviceClient> => {
    const { id } = simulated.device;
    const password = passwordOf(id);
    if (password === undefined) throw new Error(`there is no password for ${id}`);
    const duty = dutyOf(simulated);
    const client = connectDevice(simulated, { ...connect, password, stats, log });
    const report = (due: number) => {
      client.publish(duty.report(due));
      // Reports missed while the machine slept are not made up: a sensor that was off has measured nothing.
      timetable.add(duty.after(Math.max(due, now() - duty.interval * 1_000)), report);
    };
    client.onceConnected(() =>
      timetable.add(now() + Math.floor(drawOf(simulated.seed, 'first') * firstWithinMs), report),
    );
    await client.attempted;
    return client;
  };
  const clients = await Promise.all(plan.map((simulated) => opening(() => launch(simulated))));
  log.info({ devices: plan.length, connected: stats.connected }, 'the simulated fleet is under way');

  return {
    async stop() {
      timetable.stop();
      await Promise.all(clients.map((client) => client.end()));
    },
    stats: () => ({ ...stats }),
  };
}
