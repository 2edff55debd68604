import type { Logger } from 'pino';
import { topicOf } from '../../model/topic.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Bus } from '../../storage/bus/port.ts';
import type { Session } from '../sessions/session.ts';
import { PresenceKeeper, type PresenceStore } from './presence-keeper.ts';
import { type Change, PresenceState } from './presence-state.ts';

/** Publishes as the city itself: past the topic policy, never into the journal. Resolves when it was handed to every subscriber. */
export type Announce = (message: { topic: string; payload: string; retain: boolean; qos: 0 | 1 }) => Promise<void>;

/** Devices told of at a time, when a whole network is gone at once. */
const AT_ONCE = 500;

interface PresenceDeps {
  readonly bus: Bus;
  readonly announce: Announce;
  readonly store?: PresenceStore | undefined;
  readonly graceMs: number;
  readonly restartGraceMs: number;
  readonly log: Logger;
  readonly now?: () => number;
}

/**
 * Tells who is connected, retained on the device's status topic and on the bus. A device is online while any of its
 * connections is, and for a grace after the last was lost: takeover, reconnect and a restart of the city say nothing.
 */
export class PresenceBoard {
  readonly #deps: PresenceDeps;
  readonly #now: () => number;
  readonly #state: PresenceState;
  readonly #keeper: PresenceKeeper | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer rings, ms. */
  #rings = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(deps: PresenceDeps) {
    const { store, graceMs, log } = deps;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#state = new PresenceState(graceMs);
    this.#keeper = store && new PresenceKeeper(store, this.#now, log);
  }

  /** Takes up what was so at the last stop, before anybody can connect. */
  async restore(): Promise<void> {
    const { store, restartGraceMs } = this.#deps;
    if (!store) return;
    const now = this.#now();
    const { at, devices } = await store.presences();
    for (const batch of batches(devices, AT_ONCE)) {
      const told = batch.map(({ device, domain, ...presence }) => {
        const change = { device, domain, presence };
        this.#state.restore(change, at === null ? now : Date.parse(at), now + restartGraceMs);
        return this.#tell(change);
      });
      await Promise.all(told);
      await yieldToOthers();
    }
    this.#keeper?.start();
    this.#wait();
  }

  /** `others` are the device's further connections. */
  arrived(session: Session, others: number): void {
    const { kind, username, domain } = session.principal;
    if (kind === 'device' && others === 0) this.#changed(this.#state.arrived(username, domain, this.#now()));
  }

  /** The device's current session ended, whether or not it ever got as far as `arrived`. */
  left(session: Session, others: number): void {
    if (others > 0 || this.#stopped) return;
    const { principal, reason, revoked } = session;
    const final = revoked || reason === 'disconnected';
    this.#changed(this.#state.left(principal.username, principal.domain, this.#now(), reason, final));
    this.#wait();
  }

  /** Whether the device was ever announced. */
  knows(device: string): boolean {
    return this.#state.knows(device);
  }

  /** The device is no longer registered: its retained status goes too. */
  forget(device: string): void {
    const domain = this.#state.forget(device);
    if (domain === undefined) return;
    this.#keeper?.forget(device);
    // MQTT 3.1.1, section 3.3.1.3: an empty retained message removes the one that is kept.
    void this.#deps.announce({ topic: topicOf(domain, device, 'status'), payload: '', retain: true, qos: 1 });
  }

  /** The city stops: what happens to connections from now on says nothing about devices. */
  async close(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#keeper?.close();
  }

  #changed(change: Change | undefined): void {
    if (!change) return;
    this.#keeper?.changed(change);
    void this.#tell(change);
  }

  #tell({ device, domain, presence }: Change): Promise<void> {
    const { bus, announce } = this.#deps;
    bus.publish('presence', { ...presence, device, domain });
    const topic = topicOf(domain, device, 'status');
    return announce({ topic, payload: JSON.stringify(presence), retain: true, qos: 1 });
  }

  /** Sets the clock for the next grace to end, unless it is set: who comes back in time only makes it ring for nobody. */
  #wait(): void {
    const due = this.#state.next();
    if (due === undefined || due >= this.#rings || this.#stopped) return;
    this.#rings = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, due - this.#now()));
    this.#timer.unref();
  }

  #ring(): void {
    this.#rings = Number.POSITIVE_INFINITY;
    for (const change of this.#state.expire(this.#now(), AT_ONCE)) this.#changed(change);
    this.#wait();
  }
}
