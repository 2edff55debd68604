import type { MapCollection, ObservationEvent, PresenceEvent } from '../api/shapes.ts';
import { deviceOf, type LiveDevice, newestTime, observed, presenceChanged } from './device.ts';

/** An event of the stream, as it is applied. */
export type LiveEvent =
  | { readonly type: 'observation'; readonly data: ObservationEvent }
  | { readonly type: 'presence'; readonly data: PresenceEvent };

/** The devices on the page, kept up to date by the stream. */
export class DeviceStore {
  // A plain map and one counter: thousands of deep proxies would cost more than they tell.
  readonly #byId = new Map<string, LiveDevice>();
  #version = $state(0);

  /** Every device, by name; made anew when anything changed. */
  readonly all: readonly LiveDevice[] = $derived.by(() => {
    void this.#version;
    return [...this.#byId.values()];
  });

  get(id: string): LiveDevice | undefined {
    void this.#version;
    return this.#byId.get(id);
  }

  /** Replaces what is known of a domain by a snapshot, keeping any reading that is newer than the snapshot's. */
  load(domain: string, snapshot: MapCollection): void {
    const known = new Set(snapshot.features.map((feature) => feature.id));
    for (const device of this.#byId.values())
      if (device.domain === domain && !known.has(device.id)) this.#byId.delete(device.id);
    for (const feature of snapshot.features) {
      const next = deviceOf(domain, feature);
      const before = this.#byId.get(feature.id);
      this.#byId.set(feature.id, before === undefined ? next : newer(next, before));
    }
    this.#version += 1;
  }

  /** Forgets the devices of every domain but these. */
  keep(domains: readonly string[]): void {
    for (const device of this.#byId.values()) if (!domains.includes(device.domain)) this.#byId.delete(device.id);
    this.#version += 1;
  }

  /** Shows devices as an earlier visit saw them; those that have come since stay as they are. */
  restore(devices: readonly LiveDevice[]): void {
    for (const device of devices) if (!this.#byId.has(device.id)) this.#byId.set(device.id, device);
    this.#version += 1;
  }

  /** Forgets every value: whoever reads now may not be shown what another might. */
  clear(): void {
    this.#byId.clear();
    this.#version += 1;
  }

  /** Applies a batch of events; answers those whose device is not on the page. */
  apply(events: readonly LiveEvent[]): readonly LiveEvent[] {
    const unknown: LiveEvent[] = [];
    let changed = false;
    for (const event of events) {
      const device = this.#byId.get(event.data.device);
      if (device === undefined) {
        unknown.push(event);
        continue;
      }
      const next = event.type === 'observation' ? observed(device, event.data) : presenceChanged(device, event.data);
      if (next === device) continue;
      this.#byId.set(device.id, next);
      changed = true;
    }
    if (changed) this.#version += 1;
    return unknown;
  }

  /** The newest phenomenon time on the page, ms since the epoch. */
  readonly newest: number | null = $derived(
    this.all.reduce<number | null>((best, device) => {
      const time = newestTime(device);
      return time !== null && (best === null || time > best) ? time : best;
    }, null),
  );
}

/** The snapshot's device with those readings of `before` that came after the snapshot was taken. */
function newer(snapshot: LiveDevice, before: LiveDevice): LiveDevice {
  const ahead = Object.entries(before.latest).filter(
    ([metric, { time }]) => time > (snapshot.latest[metric]?.time ?? -Infinity),
  );
  if (ahead.length === 0) return snapshot;
  return { ...snapshot, geometry: before.geometry, latest: { ...snapshot.latest, ...Object.fromEntries(ahead) } };
}
