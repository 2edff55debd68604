import type { Presence } from '../../model/device.ts';
import type { PresenceHistory } from '../../model/presence.ts';

/** How a device was connected at a moment; `since` in ms since the epoch. */
export interface Connection {
  readonly connected: boolean;
  readonly since: number;
  readonly why: string;
}

/** When devices were connected in a stored range. */
export class Connections {
  readonly #changes = new Map<string, readonly Presence[]>();

  put({ items }: Pick<PresenceHistory, 'items'>): void {
    for (const { device, changes } of items) this.#changes.set(device, changes);
  }

  /** What held at a moment, ms; undefined where nobody knows. */
  at(device: string, moment: number): Connection | undefined {
    const last = this.#changes.get(device)?.findLast(({ since }) => Date.parse(since) <= moment);
    return last && { connected: last.online, since: Date.parse(last.since), why: last.reason };
  }
}
