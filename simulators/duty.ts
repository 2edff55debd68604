import { catalogue } from '../model/catalogue.ts';
import type { Metric } from '../model/metric.ts';
import type { Reading } from '../model/telemetry.ts';
import { drawOf } from './draws.ts';
import { type DeviceState, next, type SimulatedDevice, startOf } from './script.ts';

/**
 * When a device reports what: every metric once in its expected interval, on a grid of the city's clock that is moved
 * by the device's seed, so that the fleet reports evenly.
 */
export interface Duty {
  /** Seconds between two reports: the shortest interval of the device's metrics. */
  readonly interval: number;
  /** The first time after `time` at which the device reports, in ms since the epoch. */
  after(time: number): number;
  /** The reading of the metrics that are due at `time`; of all of them the first time. Calls move the device on. */
  report(time: number): Reading;
}

/** Throws where the device's kind is not in the catalogue. */
export function dutyOf({ device, script, seed }: SimulatedDevice): Duty {
  const kind = catalogue.kind(device.domain, device.kind);
  if (!kind) throw new Error(`${device.id} is of an unknown kind`);
  const metrics = kind.metrics.map((id) => catalogue.metric(id)).filter((metric) => metric !== undefined);
  const interval = Math.min(...metrics.map((metric) => metric.interval));
  const step = interval * 1_000;
  const phase = Math.floor(drawOf(seed, 'phase of report') * step);
  const slot = (time: number) => Math.floor((time - phase) / step);
  const due = (metric: Metric, time: number) => slot(time) % Math.max(1, Math.round(metric.interval / interval)) === 0;

  let state: DeviceState = startOf(seed);
  return {
    interval,
    after: (time) => (slot(time) + 1) * step + phase,
    report(time) {
      const first = state.time === undefined;
      const [after, reading] = next(script, state, time, interval);
      state = after;
      const reported = metrics.filter((metric) => first || due(metric, time)).map((metric) => metric.id);
      const values = Object.fromEntries(Object.entries(reading.values).filter(([id]) => reported.includes(id)));
      return { time, values, ...(reading.position ? { position: reading.position } : {}) };
    },
  };
}
