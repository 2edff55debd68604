import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { drawOf } from './draws.ts';
import { dutyOf, type TimedReading } from './duty.ts';
import { payloadOf, wearOf } from './faults.ts';
import { type HistoryOptions, type HistorySummary, sendHistory } from './history.ts';
import { createHttpPool } from './http-line.ts';
import type { DeviceLine, FleetStats } from './line.ts';
import { connectDevice } from './mqtt-line.ts';
import type { SimulatedDevice } from './script.ts';
import { createTimetable } from './timetable.ts';

export type { FleetStats } from './line.ts';
export { planFleet, SIMULATED_PROVIDER } from './plan.ts';
export type { SimulatedDevice } from './script.ts';

export interface FleetOptions {
  /** Where the city takes MQTT. */
  readonly mqtt: { readonly host: string; readonly port: number };
  /** Where the city serves HTTP, such as `http://127.0.0.1:8080`. */
  readonly http: string;
  readonly log: Logger;
  readonly now?: () => number;
  /** The first readings are spread over so many ms, so that the map fills at once and the city is not hit by a wave. */
  readonly firstWithinMs?: number;
}

/** How a device reaches the city: over its own MQTT connection, or over HTTP connections that it shares with others. */
export type Carriage = 'own' | 'shared';

export interface Launch {
  readonly simulated: SimulatedDevice;
  readonly password: string;
  readonly carriage: Carriage;
}

export interface Fleet {
  /** When live readings began, ms since the epoch: history ends here. */
  readonly begun: number;
  /** Lets devices report. Resolves when each has tried to connect; one that could not goes on trying. */
  launch(devices: readonly Launch[]): Promise<void>;
  /** Sends the readings that these devices would have sent in `hours` before live readings began. */
  history(
    devices: readonly Launch[],
    lengthMs: number,
    options: Pick<HistoryOptions, 'pending' | 'sent'>,
  ): Promise<HistorySummary>;
  /** Says goodbye (DISCONNECT) for every device; answers when all connections are closed. */
  stop(): Promise<void>;
  stats(): Readonly<FleetStats>;
}

/** Connections that are being opened at once. */
const OPENING_AT_ONCE = 50;
/** Connections of the devices that share. */
const SHARED_SOCKETS = 32;
/** First readings a second, however many devices there are. */
const FIRST_A_SECOND = 1_000;
/** A device that connects so much later was off until then, and has measured nothing. */
const CATCH_UP_MS = 60_000;
/** How long a stop waits for goodbyes, and for answers to what devices that share have sent. */
const FAREWELL_MS = 3_000;

/** A fleet without devices yet. */
export function createFleet(options: FleetOptions): Fleet {
  const { mqtt, http, log, now = Date.now, firstWithinMs = 6_000 } = options;
  const stats: FleetStats = { devices: 0, connected: 0, published: 0, acknowledged: 0, skipped: 0, failed: 0 };
  const timetable = createTimetable(now);
  const opening = pLimit(OPENING_AT_ONCE);
  const pool = createHttpPool(http, SHARED_SOCKETS);
  const lines: DeviceLine[] = [];
  const ending = new AbortController();
  const begun = now();

  const lineOf = ({ simulated, password, carriage }: Launch): DeviceLine =>
    carriage === 'own'
      ? connectDevice(simulated, { ...mqtt, password, stats, log })
      : pool.line(simulated, password, stats);

  /** First readings come in one wave after the other: the first fills the map, the others are not to flood the city. */
  let wave = { begins: begun, length: 0 };
  function nextWave(devices: number): typeof wave {
    const begins = Math.max(now(), wave.begins + wave.length);
    wave = { begins, length: Math.max(lines.length === 0 ? firstWithinMs : 0, (devices / FIRST_A_SECOND) * 1_000) };
    return wave;
  }

  /** Lets the device of this line report for as long as the fleet runs. */
  function employ(simulated: SimulatedDevice, line: DeviceLine, { begins, length }: typeof wave): void {
    const duty = dutyOf(simulated);
    const wear = wearOf(simulated);
    const publish = (reading: TimedReading) => {
      for (const outgoing of wear(reading)) line.publish(payloadOf(outgoing));
    };
    const report = (due: number) => {
      publish(duty.report(due));
      // Reports missed while the machine slept are not made up: a sensor that was off has measured nothing.
      timetable.add(duty.after(Math.max(due, now() - duty.interval * 1_000)), report);
    };
    const begin = (due: number) => {
      // What was due between the end of the history and now is reported first: no reading is missing where they meet.
      if (due - begun <= CATCH_UP_MS)
        for (let missed = duty.after(begun - 1); missed < due; missed = duty.after(missed))
          publish(duty.report(missed));
      publish(duty.first(due));
      timetable.add(duty.after(due), report);
    };
    const turn = Math.floor(drawOf(simulated.seed, 'first') * length);
    line.onceConnected(() => timetable.add(Math.max(now(), begins) + turn, begin));
  }

  return {
    begun,
    async launch(devices) {
      stats.devices += devices.length;
      const own = nextWave(devices.length);
      const launch = async (device: Launch): Promise<void> => {
        if (ending.signal.aborted) return;
        const line = lineOf(device);
        lines.push(line);
        employ(device.simulated, line, own);
        await line.attempted;
      };
      await Promise.all(devices.map((device) => opening(() => launch(device))));
      log.debug({ devices: stats.devices, connected: stats.connected }, 'simulated devices have tried to connect');
    },
    async history(devices, lengthMs, { pending, sent }) {
      const passwords = new Map(devices.map(({ simulated, password }) => [simulated.device.id, password]));
      return await sendHistory(
        devices.map(({ simulated }) => simulated),
        {
          from: begun - lengthMs,
          to: begun,
          post: (device, payload) => pool.post(device, passwords.get(device) ?? '', payload),
          pending,
          sent,
          signal: ending.signal,
        },
      );
    },
    async stop() {
      ending.abort(new Error('the fleet stops'));
      timetable.stop();
      const late = new AbortController();
      const ended = Promise.all(lines.map((line) => line.end()));
      const patience = delay(FAREWELL_MS, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([ended, patience]);
      late.abort();
      pool.close();
    },
    stats: () => ({ ...stats }),
  };
}
