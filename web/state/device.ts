import { type Judgement, judge, MISSED_INTERVALS } from '../../model/condition.ts';
import type { DeviceCondition } from '../../model/device.ts';
import type { Geometry } from '../../model/geometry.ts';
import { type Level, levelOf } from '../../model/level.ts';
import type { Metric } from '../../model/metric.ts';
import type { Quality } from '../../model/observation.ts';
import type { MapFeature, ObservationEvent, PresenceEvent } from '../api/shapes.ts';

/** The newest value of one series; `time` in ms since the epoch. */
export interface Reading {
  readonly value: number;
  readonly time: number;
  readonly quality: Quality;
}

/** A device as the page keeps it. Immutable: a change makes another object, so that identity tells what changed. */
export interface LiveDevice {
  readonly id: string;
  readonly domain: string;
  readonly kind: string;
  readonly name: string;
  readonly provider: string;
  readonly simulated: boolean;
  readonly geometry: Geometry | null;
  /** How it did by the snapshot: the city knows it where none of its metrics may be read. */
  readonly told: DeviceCondition;
  /** Null where the broker has not seen it. */
  readonly connected: boolean | null;
  /** Since when it is connected or not, ms since the epoch. */
  readonly since: number | null;
  /** Why it is connected or not, as the broker says it; null where it has not seen it. */
  readonly why: string | null;
  /** When it was registered, ms since the epoch. */
  readonly created: number;
  /** When it was retired, ms since the epoch; null while it is in use. */
  readonly retired: number | null;
  readonly latest: Readonly<Record<string, Reading>>;
}

/** The device that a feature of the map describes. */
export function deviceOf(domain: string, { id, geometry, properties }: MapFeature): LiveDevice {
  const { kind, name, provider, simulated, condition, connected, since, created, retired } = properties;
  const latest = Object.entries(properties.latest).map(
    ([metric, { value, time, quality }]) => [metric, { value, time: Date.parse(time), quality }] as const,
  );
  return {
    id,
    domain,
    kind,
    name,
    provider,
    simulated,
    geometry,
    told: condition,
    connected,
    since: since === null ? null : Date.parse(since),
    why: properties.conditionReason.connection,
    created: Date.parse(created),
    retired: retired === null ? null : Date.parse(retired),
    latest: Object.fromEntries(latest),
  };
}

/** The device after an observation: a later phenomenon time wins, an earlier one that came late changes nothing. */
export function observed(device: LiveDevice, event: ObservationEvent): LiveDevice {
  const time = Date.parse(event.time);
  const before = device.latest[event.metric];
  if (before !== undefined && before.time > time) return device;
  const newest = event.position === undefined ? null : newestTime(device);
  const moves = event.position !== undefined && (newest === null || time >= newest);
  return {
    ...device,
    geometry: moves && event.position ? { type: 'Point', coordinates: event.position } : device.geometry,
    latest: { ...device.latest, [event.metric]: { value: event.value, time, quality: event.quality } },
  };
}

/** The device after its connection came or went; an older message than the known one changes nothing. */
export function presenceChanged(device: LiveDevice, event: PresenceEvent): LiveDevice {
  const since = Date.parse(event.since);
  if (device.since !== null && device.since > since) return device;
  return { ...device, connected: event.online, since, why: event.reason };
}

/** The newest phenomenon time of any of its metrics, null where it never reported. */
export function newestTime(device: LiveDevice): number | null {
  let newest: number | null = null;
  for (const { time } of Object.values(device.latest)) if (newest === null || time > newest) newest = time;
  return newest;
}

/** Whether a reading is older than three of its metric's expected intervals. */
export function isStale(reading: Reading, metric: Metric | undefined, now: number): boolean {
  return metric !== undefined && now - reading.time > MISSED_INTERVALS * metric.interval * 1_000;
}

/** How the device is doing at `now`: live while any of its metrics is on time. */
export function conditionOf(
  device: LiveDevice,
  metric: (id: string) => Metric | undefined,
  now: number,
): DeviceCondition {
  // Asked of thousands at once: without a list of the readings.
  let told = false;
  for (const id in device.latest) {
    const reading = device.latest[id];
    if (reading === undefined) continue;
    if (!isStale(reading, metric(id), now)) return 'live';
    told = true;
  }
  if (!told) return device.told;
  return device.connected === false ? 'offline' : 'silent';
}

/** The same with since when and why, by what the page has been told. */
export function judgementOf(device: LiveDevice, metric: (id: string) => Metric | undefined, now: number): Judgement {
  const { connected, since, why } = device;
  return judge(
    Object.entries(device.latest).map(([id, { time }]) => ({ metric: id, at: time })),
    (id) => metric(id)?.interval ?? Number.POSITIVE_INFINITY,
    connected === null || since === null
      ? undefined
      : { online: connected, since: new Date(since).toISOString(), reason: why ?? '' },
    now,
  );
}

/** What colours a device: its headline's level; `unrated` where the metric has no thresholds, null without a value. */
export type Rating = Level | 'unrated' | null;

/** The rating of a reading; an invalid value is shown and rates nothing. */
export function ratingOf(reading: Reading | undefined, metric: Pick<Metric, 'thresholds'> | undefined): Rating {
  if (reading === undefined) return null;
  if (metric === undefined || reading.quality === 'invalid') return 'unrated';
  return levelOf(metric.thresholds, reading.value) ?? 'unrated';
}
