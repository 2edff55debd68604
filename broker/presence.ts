import type { Presence } from '../model/device.ts';
import { instant } from '../model/observation.ts';
import { topicOf } from '../model/topic.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Session } from './session.ts';

/** Publishes as the city itself: past the topic policy, never into the journal. Resolves when it was handed to every subscriber. */
export type Announce = (message: { topic: string; payload: string; retain: boolean; qos: 0 | 1 }) => Promise<void>;

/**
 * Tells who is connected, retained on the device's status topic and on the bus. A device is online while any of its
 * connections is: one whose new connection replaces the old was never away, so nothing says offline then.
 */
export class PresenceBoard {
  readonly #bus: Bus;
  readonly #announce: Announce;
  /** Devices that were announced as online or offline, with their domain. */
  readonly #known = new Map<string, { readonly domain: string; readonly online: boolean }>();

  constructor(bus: Bus, announce: Announce) {
    this.#bus = bus;
    this.#announce = announce;
  }

  /** `others` are the device's further connections. */
  arrived(session: Session, others: number): void {
    if (others > 0) return;
    const again = this.#known.get(session.principal.username)?.online === true;
    this.#tell(session, true, again ? 'taken-over' : 'connected');
  }

  /** The device's current session ended, whether or not it ever got as far as `arrived`. */
  left(session: Session, others: number): void {
    if (others > 0) return;
    if (this.#known.get(session.principal.username)?.online) this.#tell(session, false, session.reason);
  }

  /** Whether the device was ever announced. */
  knows(device: string): boolean {
    return this.#known.has(device);
  }

  /** The device is no longer registered: its retained status goes too. */
  forget(device: string): void {
    const known = this.#known.get(device);
    if (!known) return;
    this.#known.delete(device);
    // MQTT 3.1.1, section 3.3.1.3: an empty retained message removes the one that is kept.
    void this.#announce({ topic: topicOf(known.domain, device, 'status'), payload: '', retain: true, qos: 1 });
  }

  #tell(session: Session, online: boolean, reason: string): void {
    const { kind, username: device, domain } = session.principal;
    if (kind !== 'device') return;
    const presence: Presence = { online, since: instant(Date.now()), reason };
    this.#known.set(device, { domain, online });
    this.#bus.publish('presence', { ...presence, device, domain });
    void this.#announce({
      topic: topicOf(domain, device, 'status'),
      payload: JSON.stringify(presence),
      retain: true,
      qos: 1,
    });
  }
}
