import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { NewDevice } from '../model/device.ts';
import type { Position } from '../model/geometry.ts';
import { type CityTime, cityTime } from './city-time.ts';
import { gaussian } from './draws.ts';

/** What a device remembers between two readings: plain data, so that a run can be repeated from anywhere. */
export interface DeviceState {
  /** Time of the last reading in ms, undefined before the first. */
  readonly time: number | undefined;
  /** The generator's own state. */
  readonly random: readonly number[];
  /** A slow deviation from the ordinary day: mean 0, variance 1, forgotten in about 20 minutes. */
  readonly drift: number;
  /** Metres a moving device has gone. */
  readonly travelled: number;
}

/** What a script sees when it is asked for a reading. */
export interface Moment {
  readonly now: number;
  readonly city: CityTime;
  /** Seconds since the last reading, at most an hour; the usual interval before the first. */
  readonly elapsed: number;
  readonly drift: number;
  readonly travelled: number;
  /** A number of 0 up to 1, the next of the device's sequence. */
  random(): number;
}

/** A reading of all of a device's metrics, in their own units. */
export interface SimulatedReading {
  readonly values: Readonly<Record<string, number>>;
  readonly position?: Position;
  readonly travelled?: number;
}

/** What a device measures at a moment; pure but for the numbers it draws. */
export type Script = (moment: Moment) => SimulatedReading;

export interface SimulatedDevice {
  readonly device: NewDevice;
  readonly script: Script;
  /** Seed of the device's own sequence: from the city's seed and the id, so that it does not depend on the fleet's size. */
  readonly seed: number;
}

const DRIFT_SECONDS = 1_200;
const LONGEST_GAP = 3_600;

/** The state before the first reading of a device with this seed. */
export function startOf(seed: number): DeviceState {
  const generator = xoroshiro128plus(seed);
  // Seeds that differ in few bits give first numbers that differ in few bits.
  for (let i = 0; i < 8; i += 1) generator.next();
  const drift = gaussian(() => uniformFloat64(generator));
  return { time: undefined, random: generator.getState(), drift, travelled: uniformFloat64(generator) * 50_000 };
}

/**
 * The next reading and the state after it. Same state and same `now` (ms since the epoch) give the same reading;
 * `interval` in seconds stands for the time since the last reading where there was none.
 */
export function next(
  script: Script,
  state: DeviceState,
  now: number,
  interval: number,
): readonly [DeviceState, SimulatedReading] {
  const generator = xoroshiro128plusFromState(state.random);
  const random = () => uniformFloat64(generator);
  const since = state.time === undefined ? interval : (now - state.time) / 1_000;
  const elapsed = Math.min(Math.max(since, 0), LONGEST_GAP);
  const kept = Math.exp(-elapsed / DRIFT_SECONDS);
  const drift = kept * state.drift + Math.sqrt(1 - kept * kept) * gaussian(random);
  const moment: Moment = { now, city: cityTime(now), elapsed, drift, travelled: state.travelled, random };
  const reading = script(moment);
  const travelled = reading.travelled ?? state.travelled;
  return [{ time: now, random: generator.getState(), drift, travelled }, reading];
}

export const between = (low: number, high: number, value: number): number => Math.min(high, Math.max(low, value));

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
