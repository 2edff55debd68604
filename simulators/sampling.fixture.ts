import { next, type SimulatedDevice, type SimulatedReading, startOf } from './script.ts';

/** The readings of a device at these times, in order; `interval` in seconds is the time before the first. */
export function run(
  { script, seed }: SimulatedDevice,
  times: readonly number[],
  interval = 60,
): readonly SimulatedReading[] {
  let state = startOf(seed);
  return times.map((time) => {
    const [after, reading] = next(script, state, time, interval);
    state = after;
    return reading;
  });
}

/** A metric of a device at one moment, NaN where it has none. */
export const valueAt = (device: SimulatedDevice, metric: string, time: number, interval = 60): number =>
  run(device, [time], interval)[0]?.values[metric] ?? Number.NaN;

export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The mean of a metric over many devices at one moment. */
export const mean = (devices: readonly SimulatedDevice[], metric: string, time: number): number =>
  meanOf(devices.map((device) => valueAt(device, metric, time)));
