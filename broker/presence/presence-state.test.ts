import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, CITY_RESTARTED, PresenceState } from './presence-state.ts';

const GRACE = 10;
const RESTART_GRACE = 60;
const DEVICES = ['cam-1', 'cam-2'];
const iso = (ms: number) => new Date(ms).toISOString();

const KINDS = ['arrived', 'tried', 'lost', 'goodbye', 'restart'] as const;

interface Event {
  readonly is: (typeof KINDS)[number];
  readonly device: string;
  /** ms that pass before it. */
  readonly wait: number;
}

const anyEvent: fc.Arbitrary<Event> = fc.record({
  is: fc.constantFrom(...KINDS),
  device: fc.constantFrom(...DEVICES),
  wait: fc.constantFrom(0, 1, GRACE - 1, GRACE, GRACE + 1, RESTART_GRACE, 3 * RESTART_GRACE),
});

/** The same by looking back at what happened: who said what last, and how long ago. */
class Naive {
  connected = false;
  online: { since: number; reason: string } | undefined;
  offline: { since: number; reason: string } | undefined;
  gone: { at: number; reason: string; grace: number } | undefined;

  at(now: number): Change['presence'] | undefined {
    if (this.online && this.gone && now >= this.gone.at + this.gone.grace) {
      this.offline = { since: this.gone.at, reason: this.gone.reason };
      this.online = undefined;
      this.gone = undefined;
    }
    const said = this.online ?? this.offline;
    return said && { online: this.online !== undefined, since: iso(said.since), reason: said.reason };
  }

  arrived(now: number): void {
    this.connected = true;
    this.online ??= { since: now, reason: 'connected' };
    this.gone = undefined;
  }

  left(now: number, reason: string, grace: number): void {
    this.connected = false;
    this.gone = { at: now, reason, grace };
  }

  restarted(now: number): void {
    this.connected = false;
    if (this.online) this.gone = { at: now, reason: CITY_RESTARTED, grace: RESTART_GRACE };
  }
}

/** Both, side by side, at the same moment. */
class World {
  now = 1_700_000_000_000;
  state = new PresenceState(GRACE);
  readonly naive = new Map(DEVICES.map((device) => [device, new Naive()]));
  readonly #told = new Map<string, Change['presence']>();

  tell(change: Change | undefined): void {
    if (!change) return;
    // Nobody is told to be what it was told to be.
    expect(this.#told.get(change.device)?.online).not.toBe(change.presence.online);
    this.#told.set(change.device, change.presence);
  }

  pass(ms: number): void {
    for (const end = this.now + ms; ; this.now += 1) {
      for (const change of this.state.expire(this.now, 100)) this.tell(change);
      for (const each of this.naive.values()) each.at(this.now);
      if (this.now === end) return;
    }
  }

  happen({ is, device }: Event): void {
    const naive = this.naive.get(device) ?? new Naive();
    const left = (reason: string, final: boolean) =>
      this.tell(this.state.left(device, 'traffic', this.now, reason, final));
    if (is === 'restart') this.restart();
    else if (is === 'arrived') {
      this.tell(this.state.arrived(device, 'traffic', this.now));
      naive.arrived(this.now);
    } else if (is === 'tried') {
      // A connection that died before it was ready; with a good one beside it the board does not hear of it.
      if (!naive.connected) left('connection-lost', false);
    } else if (naive.connected) {
      left(is, is === 'goodbye');
      naive.left(this.now, is, is === 'goodbye' ? 0 : GRACE);
    }
  }

  restart(): void {
    const before = DEVICES.flatMap((device) => this.state.get(device) ?? []);
    this.state = new PresenceState(GRACE);
    for (const known of before) this.state.restore(known, this.now, this.now + RESTART_GRACE);
    for (const each of this.naive.values()) each.restarted(this.now);
  }
}

describe('presence', () => {
  it('of any sequence of connections, losses and restarts is what a look back at them says', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const world = new World();
        for (const event of events) {
          world.pass(event.wait);
          world.happen(event);
          for (const [device, naive] of world.naive)
            expect(world.state.get(device)?.presence).toEqual(naive.at(world.now));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells of a whole network that is gone in portions, those due first in front', () => {
    const state = new PresenceState(GRACE);
    state.restore(
      { device: 'old-1', domain: 'traffic', presence: { online: true, since: iso(0), reason: 'connected' } },
      5,
      100,
    );
    for (let index = 0; index < 25; index += 1) {
      state.arrived(`cam-${index}`, 'traffic', 10);
      state.left(`cam-${index}`, 'traffic', 20, 'connection-lost', false);
    }
    expect(state.next()).toBe(30);
    expect(state.expire(29, 10)).toEqual([]);
    expect([state.expire(30, 10), state.expire(30, 10), state.expire(30, 10)].map(({ length }) => length)).toEqual([
      10, 10, 5,
    ]);
    expect(state.next()).toBe(100);
    expect(state.expire(100, 10)).toEqual([
      { device: 'old-1', domain: 'traffic', presence: { online: false, since: iso(5), reason: CITY_RESTARTED } },
    ]);
    expect(state.next()).toBeUndefined();
  });

  it('of a device that is forgotten is nothing, also where its grace was running', () => {
    const state = new PresenceState(GRACE);
    state.arrived('cam-1', 'traffic', 0);
    state.left('cam-1', 'traffic', 1, 'connection-lost', false);
    expect(state.forget('cam-1')).toBe('traffic');
    expect(state.forget('cam-1')).toBeUndefined();
    expect(state.next()).toBeUndefined();
    expect(state.expire(1_000, 10)).toEqual([]);
  });
});
