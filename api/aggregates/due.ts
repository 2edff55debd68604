import type { Device } from '../../model/device.ts';
import type { AggregateRow } from '../../storage/telemetry/port.ts';

/** When a device is due to report: from `since` until before `until`, ms. */
export interface Service {
  readonly since: number;
  readonly until: number;
  /** Seconds between two of its observations, where they are other than its metric says. */
  readonly interval?: number | undefined;
}

const known = new WeakMap<Device, Service>();

/** A device is due since it was registered, and one that is retired until it was last changed, which is then. */
export function serviceOf(device: Device): Service {
  const { created, updated, state } = device;
  const service = known.get(device) ?? {
    since: Date.parse(created),
    until: state === 'active' ? Number.POSITIVE_INFINITY : Date.parse(updated),
  };
  known.set(device, service);
  return service;
}

/** `from <= t < to` and not after `now`, ms. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** What was received of a group in a window. */
export type Received = Pick<AggregateRow, 'count' | 'devices'>;

/** How many observations are due from a group's devices. */
export interface Dues {
  /**
   * Due within a window, as far as it lies in the range and in the past: the whole number of intervals of all devices
   * together, so that a window shorter than the interval is still due its share. Where more was received than the
   * devices in service can have been due, history was sent in from before they were registered: every device that
   * contributed is then due since the group's first observation.
   */
  of(window: { readonly start: number; readonly end: number }, received: Received): number;
}

/** Sum over points p of how long t is behind p, as a function of t. `points` are sorted. */
function behind(points: readonly number[]): (t: number) => number {
  const sums = [0];
  for (const point of points) sums.push((sums.at(-1) ?? 0) + point);
  return (t) => {
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle] ?? 0) < t) low = middle + 1;
      else high = middle;
    }
    return low * t - (sums[low] ?? 0);
  };
}

const ascending = (a: number, b: number) => a - b;

/**
 * What is due from devices in service that report every `interval` seconds, or each in its own; `oldest` is the time of
 * the first observation of their group in the range, ms.
 */
export function createDues(services: readonly Service[], interval: number, range: Range, oldest: number): Dues {
  const paces = new Map<number, Service[]>();
  for (const service of services) {
    const own = service.interval ?? interval;
    const same = paces.get(own);
    if (same) same.push(service);
    else paces.set(own, [service]);
  }
  const parts = [...paces].map(([own, some]) => ({
    share: some.length / services.length,
    dues: duesAtOnePace(some, own, range, oldest),
  }));
  const [first] = parts;
  if (first && parts.length === 1) return first.dues;
  return {
    // Nobody counts by pace: what was received is taken to be of all of them alike.
    of: (window, { count, devices }) =>
      parts.reduce(
        (sum, { share, dues }) => sum + dues.of(window, { count: count * share, devices: Math.round(devices * share) }),
        0,
      ),
  };
}

function duesAtOnePace(services: readonly Service[], interval: number, range: Range, oldest: number): Dues {
  const [from, end] = [range.from, Math.min(range.to, range.now)];
  // Times count from the start of the range, so that sums over many devices stay exact.
  const clip = (t: number) => Math.min(Math.max(t, from), Math.max(from, end)) - from;
  const entered = behind(services.map(({ since }) => clip(since)).sort(ascending));
  const left = behind(services.map(({ until }) => clip(until)).sort(ascending));
  /** ms that the devices were in service until a moment, all together. */
  const served = (t: number) => entered(clip(t)) - left(clip(t));
  const intervals = (ms: number) => Math.max(0, Math.floor(ms / (interval * 1_000)));

  return {
    of(window, { count, devices }) {
      const registered = intervals(served(window.end) - served(window.start));
      if (count <= registered) return registered;
      const length = clip(window.end) - clip(Math.max(window.start, oldest));
      return Math.max(registered, intervals(Math.min(devices, services.length) * length));
    },
  };
}
