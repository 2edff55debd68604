import { LRUCache } from 'lru-cache';
import type { RejectedNotice } from '../model/notice.ts';
import { instant } from '../model/observation.ts';
import { topicOf } from '../model/topic.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Announce } from './presence/presence.ts';

/** Devices whose rate is remembered at a time. */
const AT_MOST = 10_000;

interface Window {
  second: number;
  sent: number;
  suppressed: number;
}

/** A notice before it is known how many were left out. */
export type Rejected = Omit<RejectedNotice, 'suppressed'>;

/**
 * Tells a device why something it sent was not stored: what ingest quarantined (by the bus) and what the broker
 * refused. A device that errs a thousand times a second is told ten times, and how often it was not told.
 */
export class Notices {
  readonly #announce: Announce;
  readonly #perSecond: number;
  readonly #windows = new LRUCache<string, Window>({ max: AT_MOST });
  readonly #unsubscribe: () => void;

  constructor(bus: Bus, announce: Announce, perSecond: number) {
    this.#announce = announce;
    this.#perSecond = perSecond;
    this.#unsubscribe = bus.subscribe('rejected', ({ domain, device, reason, detail, received, metric }) => {
      void this.tell(domain, device, { reason, detail, received: instant(received), metric });
    });
  }

  /** Resolves when the notice was handed to whoever subscribed, or was left out. */
  async tell(domain: string, device: string, rejected: Rejected): Promise<void> {
    const suppressed = this.#admit(device, Math.floor(Date.now() / 1000));
    if (suppressed === undefined) return;
    const notice: RejectedNotice = suppressed > 0 ? { ...rejected, suppressed } : rejected;
    await this.#announce({
      topic: topicOf(domain, device, 'rejected'),
      payload: JSON.stringify(notice),
      retain: false,
      qos: 0,
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** How many notices went untold before this one; undefined where this one has to be left out too. */
  #admit(device: string, second: number): number | undefined {
    const window = this.#windows.get(device) ?? { second, sent: 0, suppressed: 0 };
    this.#windows.set(device, window);
    if (window.second !== second) {
      window.second = second;
      window.sent = 0;
    }
    if (window.sent >= this.#perSecond) {
      window.suppressed += 1;
      return undefined;
    }
    const { suppressed } = window;
    window.sent += 1;
    window.suppressed = 0;
    return suppressed;
  }
}
