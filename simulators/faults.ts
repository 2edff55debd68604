import { catalogue } from '../model/catalogue.ts';
import type { Reading } from '../model/telemetry.ts';
import { drawOf, nthDraw, seedOf } from './draws.ts';
import type { TimedReading } from './duty.ts';
import { between, rounded, type SimulatedDevice } from './script.ts';

/** What may be wrong with a device of a real fleet; a device has one fault at most, and most have none. */
export type Fault = 'silence' | 'drift' | 'clock' | 'duplicates' | 'broken';

/** Shares of the fleet. */
export const FAULT_SHARES: Readonly<Record<Fault, number>> = {
  silence: 0.02,
  drift: 0.02,
  clock: 0.01,
  duplicates: 0.02,
  broken: 0.01,
};
/** Of the wrong clocks, how many run so far ahead that the city refuses what they send. */
export const FAR_AHEAD_SHARE = 0.4;
/** Of the messages of a device with this fault, how many are sent twice, and how many are broken. */
export const TWICE_SHARE = 0.1;
export const BROKEN_SHARE = 0.03;

/** What leaves a device: a reading, one that the city will not store, or text that is none. */
export type Outgoing = { readonly reading: Reading } | { readonly broken: Reading } | { readonly garbled: string };

/** As it leaves the device by itself. */
export function payloadOf(outgoing: Outgoing): string {
  if ('garbled' in outgoing) return outgoing.garbled;
  return JSON.stringify('reading' in outgoing ? outgoing.reading : outgoing.broken);
}

/** A device's faults: what leaves it instead of a reading, in order. Depends on the device's seed and the reading alone. */
export type Wear = (reading: TimedReading) => readonly Outgoing[];

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A silent device falls silent once in so long, or every other time not. */
const SILENCE_EVERY = 12 * HOUR_MS;
/** A clock is wrong for so long, in every other span: until somebody sets it. */
const CLOCK_SPAN = 6 * HOUR_MS;
/** A sensor wanders off for so long, then it is calibrated. */
const CALIBRATED_EVERY = 72 * HOUR_MS;

/** The fault of a device, by its seed. */
export function faultOf(seed: number): Fault | undefined {
  let draw = drawOf(seed, 'fault');
  for (const fault of ['silence', 'drift', 'clock', 'duplicates', 'broken'] as const) {
    if (draw < FAULT_SHARES[fault]) return fault;
    draw -= FAULT_SHARES[fault];
  }
  return undefined;
}

/** The device's own faults; without any, its readings leave it as they are. */
export function wearOf({ device, seed }: SimulatedDevice): Wear {
  const metrics = catalogue.kind(device.domain, device.kind)?.metrics ?? [];
  switch (faultOf(seed)) {
    case 'silence':
      return silence(seed);
    case 'drift':
      return drift(seed, metrics);
    case 'clock':
      return clock(seed);
    case 'duplicates':
      return duplicates(seed);
    case 'broken':
      return broken(seed);
    case undefined:
      return (reading) => [{ reading }];
  }
}

/** Whether the device's clock is wrong at a time, and by how many ms. */
export function clockError(seed: number, time: number): number {
  const salt = seedOf(seed, 'clock');
  const span = Math.floor(time / CLOCK_SPAN);
  if (nthDraw(salt, 2 * span) < 0.5) return 0;
  const draw = nthDraw(salt, 2 * span + 1);
  const minutes = drawOf(seed, 'far ahead') < FAR_AHEAD_SHARE ? 12 + 33 * draw : -25 + 33 * draw;
  return Math.round((minutes * MINUTE_MS) / 1_000) * 1_000;
}

function clock(seed: number): Wear {
  return (reading) => [{ reading: { ...reading, time: reading.time + clockError(seed, reading.time) } }];
}

/** One to eight hours in every other span. */
function silence(seed: number): Wear {
  const salt = seedOf(seed, 'silence');
  return (reading) => {
    const span = Math.floor(reading.time / SILENCE_EVERY);
    const length = (1 + 7 * nthDraw(salt, 3 * span)) * HOUR_MS;
    const begins = nthDraw(salt, 3 * span + 1) * (SILENCE_EVERY - length);
    const since = reading.time - span * SILENCE_EVERY - begins;
    const silent = nthDraw(salt, 3 * span + 2) < 0.5 && since >= 0 && since < length;
    return silent ? [] : [{ reading }];
  };
}

/** One metric wanders off by up to 40 % of its value, within its range: nothing but its neighbours can tell. */
function drift(seed: number, metrics: readonly string[]): Wear {
  const wandering = metrics[Math.floor(drawOf(seed, 'drifting metric') * metrics.length)] ?? '';
  const [low, high] = catalogue.metric(wandering)?.range ?? [0, 0];
  const begun = Math.floor(drawOf(seed, 'calibration') * CALIBRATED_EVERY);
  const reach = (drawOf(seed, 'drift') < 0.5 ? -1 : 1) * (0.15 + 0.25 * drawOf(seed, 'reach'));
  return (reading) => {
    const value = reading.values[wandering];
    if (typeof value !== 'number') return [{ reading }];
    const gone = (((reading.time + begun) % CALIBRATED_EVERY) + CALIBRATED_EVERY) % CALIBRATED_EVERY;
    const wandered = value * (1 + (reach * gone) / CALIBRATED_EVERY);
    const shown = between(low, high, rounded(wandered, Number.isInteger(value) ? 0 : 2));
    return [{ reading: { ...reading, values: { ...reading.values, [wandering]: shown } } }];
  };
}

/** A message whose acknowledgement the device missed: it sends it again, the same to the byte. */
function duplicates(seed: number): Wear {
  const salt = seedOf(seed, 'duplicates');
  return (reading) =>
    nthDraw(salt, Math.floor(reading.time / 1_000)) < TWICE_SHARE ? [{ reading }, { reading }] : [{ reading }];
}

/** Now and then a message is cut, in a unit that does not fit, or with a value that cannot be. */
function broken(seed: number): Wear {
  const salt = seedOf(seed, 'broken');
  return (reading) => {
    const draw = nthDraw(salt, Math.floor(reading.time / 1_000)) / BROKEN_SHARE;
    const [metric] = Object.keys(reading.values);
    if (draw >= 1 || metric === undefined) return [{ reading }];
    if (draw < 1 / 3) {
      const text = JSON.stringify(reading);
      return [{ garbled: text.slice(0, Math.floor(text.length * 0.7)) }];
    }
    // Nothing the city measures is a luminous intensity.
    if (draw < 2 / 3) return [{ broken: { ...reading, units: { [metric]: 'cd' } } }];
    const [, high] = catalogue.metric(metric)?.range ?? [0, 0];
    return [{ broken: { ...reading, values: { ...reading.values, [metric]: high * 10 + 1 } } }];
  };
}
