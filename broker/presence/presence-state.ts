import type { Presence } from '../../model/device.ts';
import { instant } from '../../model/observation.ts';

/** Why a device that was online at the last stop is not any more. */
export const CITY_RESTARTED = 'city-restarted';

/** A presence that changed. */
export interface Change {
  readonly device: string;
  readonly domain: string;
  readonly presence: Presence;
}

interface Entry {
  readonly domain: string;
  presence: Presence;
  /** Its connection is gone, or was gone before the start: when it counts as offline (ms), since when and why. */
  lost: { readonly due: number; readonly since: number; readonly reason: string } | undefined;
}

/**
 * Who is online, by what happens to connections. Pure: the time comes in from outside, in ms. A lost connection is a
 * device offline only after a grace, and since the moment of the loss; one that comes back within it was never away.
 */
export class PresenceState {
  readonly #graceMs: number;
  readonly #entries = new Map<string, Entry>();
  /** Online at the last stop and not back yet. Here and below the grace is one for all: who is due first is in front. */
  readonly #awaited = new Map<string, Entry>();
  /** Connections lost since. */
  readonly #lost = new Map<string, Entry>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  knows(device: string): boolean {
    return this.#entries.has(device);
  }

  /** Takes what was known at the last stop. Who was online stays so until `due`, and counts as offline since `stopped`. */
  restore({ device, domain, presence }: Change, stopped: number, due: number): void {
    const entry: Entry = { domain, presence, lost: undefined };
    this.#entries.set(device, entry);
    if (!presence.online) return;
    entry.lost = { due, since: stopped, reason: CITY_RESTARTED };
    this.#awaited.set(device, entry);
  }

  /** The device has a connection. Answers what changed: nothing where it counted as online, whatever became of others. */
  arrived(device: string, domain: string, now: number): Change | undefined {
    const entry = this.#entries.get(device);
    if (entry?.presence.online) {
      entry.lost = undefined;
      this.#release(device);
      return undefined;
    }
    return this.#become(device, domain, { online: true, since: instant(now), reason: 'connected' });
  }

  /** The device's last connection is gone; `final` where it said so or may not come back: that is no loss to wait out. */
  left(device: string, domain: string, now: number, reason: string, final: boolean): Change | undefined {
    const entry = this.#entries.get(device);
    if (!entry?.presence.online) return undefined;
    // Its first loss counts: what tried to connect since never was a connection.
    const since = this.#lost.has(device) ? (entry.lost?.since ?? now) : now;
    if (final) return this.#become(device, domain, { online: false, since: instant(since), reason });
    if (entry.lost) return undefined;
    entry.lost = { due: now + this.#graceMs, since, reason };
    this.#lost.set(device, entry);
    return undefined;
  }

  /** When somebody's grace ends next, ms. */
  next(): number | undefined {
    const [awaited] = this.#awaited.values();
    const [lost] = this.#lost.values();
    const due = Math.min(awaited?.lost?.due ?? Number.POSITIVE_INFINITY, lost?.lost?.due ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(due) ? due : undefined;
  }

  /** Those whose grace is over are offline: at most `most` of them. */
  expire(now: number, most: number): readonly Change[] {
    const changes: Change[] = [];
    for (const waiting of [this.#awaited, this.#lost])
      for (const [device, { domain, lost }] of waiting) {
        if (!lost || lost.due > now || changes.length >= most) break;
        changes.push(this.#become(device, domain, { online: false, since: instant(lost.since), reason: lost.reason }));
      }
    return changes;
  }

  /** The device is no longer registered. Answers its domain, where it was known. */
  forget(device: string): string | undefined {
    const entry = this.#entries.get(device);
    this.#entries.delete(device);
    this.#release(device);
    return entry?.domain;
  }

  get(device: string): Change | undefined {
    const entry = this.#entries.get(device);
    return entry && { device, domain: entry.domain, presence: entry.presence };
  }

  #become(device: string, domain: string, presence: Presence): Change {
    this.#release(device);
    this.#entries.set(device, { domain, presence, lost: undefined });
    return { device, domain, presence };
  }

  #release(device: string): void {
    this.#awaited.delete(device);
    this.#lost.delete(device);
  }
}
