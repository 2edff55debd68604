import { catalogue } from '../model/catalogue.ts';
import type { Reading } from '../model/telemetry.ts';
import { drawOf } from './draws.ts';
import { memoryOf } from './memory.ts';
import { next, type SimulatedDevice, type SimulatedReading } from './script.ts';

/** A reading as the city's own devices make it: with its phenomenon time in ms. */
export type TimedReading = Reading & { readonly time: number };

/**
 * When a device reports what: every metric once in its expected interval, on a grid of the city's clock that is moved
 * by the device's seed, so that the fleet reports evenly. What it reports at a time depends on seed and time alone.
 */
export interface Duty {
  /** Seconds between two reports: the shortest interval of the device's metrics. */
  readonly interval: number;
  /** The first time after `time` at which the device reports, in ms since the epoch. */
  after(time: number): number;
  /** The reading of the metrics that are due at `time`, one of those that `after` gives. */
  report(time: number): TimedReading;
  /** The reading of all metrics at any time: what a device sends when it is switched on. */
  first(time: number): TimedReading;
}

/** Throws where the device's kind is not in the catalogue. */
export function dutyOf(simulated: SimulatedDevice): Duty {
  const { device, script, seed } = simulated;
  const kind = catalogue.kind(device.domain, device.kind);
  if (!kind) throw new Error(`${device.id} is of an unknown kind`);
  const metrics = kind.metrics.map((id) => catalogue.metric(id)).filter((metric) => metric !== undefined);
  const interval = Math.min(...metrics.map((metric) => metric.interval));
  const step = interval * 1_000;
  const phase = Math.floor(drawOf(seed, 'phase of report') * step);
  const slot = (time: number) => Math.floor((time - phase) / step);
  const memory = memoryOf(simulated, kind.geometry === 'moving', step, phase);
  /** Metrics by how many slots lie between two reports of them: what is counted is counted over all of that time. */
  const groups = [...new Set(metrics.map((metric) => metric.interval))]
    .sort((a, b) => a - b)
    .map((every) => ({
      every,
      slots: Math.max(1, Math.round(every / interval)),
      metrics: metrics.filter((metric) => metric.interval === every).map((metric) => metric.id),
    }));

  function reading(time: number, due: typeof groups): TimedReading {
    const values: Record<string, number> = {};
    let position: SimulatedReading['position'];
    for (const { every, metrics: ids } of due) {
      const [, made] = next(script, memory.at(time, every), time, every);
      position ??= made.position;
      for (const id of ids) {
        const value = made.values[id];
        if (value !== undefined) values[id] = value;
      }
    }
    return { time, values, ...(position ? { position } : {}) };
  }

  return {
    interval,
    after: (time) => (slot(time) + 1) * step + phase,
    report: (time) =>
      reading(
        time,
        groups.filter(({ slots }) => slot(time) % slots === 0),
      ),
    first: (time) => reading(time, groups),
  };
}
