import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bus, BusEvents, BusTopic } from '../../storage/bus/port.ts';

const stale = (id: string): BusEvents['device'] => ({ id });
const presence: BusEvents['presence'] = {
  device: 'counter-1',
  domain: 'traffic',
  online: true,
  since: '2026-01-01T00:00:00.000Z',
  reason: 'connected',
};

export interface BusPair {
  /** Publishes. */
  readonly near: Bus;
  /** Receives: the same bus, or another process's end of it. */
  readonly far: Bus;
  close(): Promise<void>;
}

/**
 * What every bus does. `open` makes two ends of one bus (of one process they are the same), with `onError` told what a
 * listener of the far end threw. Delivery may take a moment: the tests wait for what must come, and send a last event
 * behind what must not.
 */
export function busContract(name: string, open: (onError: (error: unknown) => void) => Promise<BusPair>): void {
  describe(`${name} as a bus`, () => {
    let pair: BusPair;
    let errors: unknown[];
    beforeEach(async () => {
      errors = [];
      pair = await open((error) => errors.push(error));
    });
    afterEach(() => pair.close());

    /** Resolves when an event published now has arrived, and so all before it. */
    async function settled(): Promise<void> {
      const { near, far } = pair;
      await new Promise<void>((resolve) => {
        const leave = far.subscribe('device', ({ id }) => {
          if (id !== 'settled') return;
          leave();
          resolve();
        });
        near.publish('device', stale('settled'));
      });
    }

    test('every subscriber of a topic gets every event of it, in order, and no other topic’s', async () => {
      const { near, far } = pair;
      const seen: string[][] = [[], []];
      const other: unknown[] = [];
      for (const list of seen) far.subscribe('device', ({ id }) => id !== 'settled' && list.push(id));
      far.subscribe('presence', (event) => other.push(event));
      const ids = Array.from({ length: 100 }, (_, i) => `device-${i}`);
      for (const id of ids) near.publish('device', stale(id));
      await settled();
      expect(seen).toEqual([ids, ids]);
      expect(other).toEqual([]);
      near.publish('presence', presence);
      await settled();
      expect(other).toEqual([presence]);
    });

    test('observations arrive as they were published', async () => {
      const { near, far } = pair;
      const seen: unknown[] = [];
      far.subscribe('observations', (event) => seen.push(event));
      const observation: BusEvents['observations'][number] = {
        id: '17.0',
        domain: 'traffic',
        device: 'bus-32',
        metric: 'mean_speed',
        time: 1_767_225_600_000,
        value: 31.25,
        quality: 'suspect',
        received: 1_767_225_600_123,
        flags: ['late', 'simulated'],
        position: [105.85, 21.03],
      };
      near.publish('observations', [observation]);
      await settled();
      expect(seen).toEqual([[observation]]);
    });

    test('a listener that throws harms no other, and is reported', async () => {
      const { near, far } = pair;
      const seen: string[] = [];
      far.subscribe('device', () => {
        throw new Error('a bad listener');
      });
      far.subscribe('device', ({ id }) => seen.push(id));
      near.publish('device', stale('device-1'));
      await settled();
      expect(seen).toEqual(['device-1', 'settled']);
      expect(errors.map(String)).toContain('Error: a bad listener');
    });

    test('one who has left gets nothing more, and leaving twice changes nothing', async () => {
      const { near, far } = pair;
      const seen: string[] = [];
      const listener = ({ id }: BusEvents['device']) => id !== 'settled' && seen.push(id);
      const leave = far.subscribe('device', listener);
      far.subscribe('device', listener);
      near.publish('device', stale('device-1'));
      await settled();
      leave();
      leave();
      near.publish('device', stale('device-2'));
      await settled();
      expect(seen).toEqual(['device-1', 'device-1', 'device-2']);
    });

    test('a listener may leave and subscribe others while an event goes round', async () => {
      const { near, far } = pair;
      const seen: string[] = [];
      const leave = far.subscribe('presence', () => {
        leave();
        seen.push('first');
        far.subscribe('presence', () => seen.push('later'));
      });
      far.subscribe('presence', () => seen.push('second'));
      near.publish('presence', presence);
      await settled();
      expect(seen).toEqual(['first', 'second']);
      near.publish('presence', presence);
      await settled();
      expect(seen).toEqual(['first', 'second', 'second', 'later']);
    });

    test('a topic is wanted from its first subscriber to its last, and watchers of the far end learn of it', () => {
      const { far } = pair;
      const changes: [BusTopic, boolean][] = [];
      const unwatch = far.onWanted((topic, wanted) => changes.push([topic, wanted]));
      expect(far.wanted('observations')).toBe(false);
      const [a, b] = [far.subscribe('observations', () => {}), far.subscribe('observations', () => {})];
      expect(far.wanted('observations')).toBe(true);
      a();
      expect(far.wanted('observations')).toBe(true);
      b();
      expect(far.wanted('observations')).toBe(false);
      expect(changes).toEqual([
        ['observations', true],
        ['observations', false],
      ]);
      unwatch();
      far.subscribe('latest', () => {});
      expect(changes).toHaveLength(2);
      expect(far.wanted('latest')).toBe(true);
    });

    test('a watcher that throws harms no other', () => {
      const { far } = pair;
      const changes: boolean[] = [];
      far.onWanted(() => {
        throw new Error('a bad watcher');
      });
      far.onWanted((_, wanted) => changes.push(wanted));
      far.subscribe('latest', () => {});
      expect(changes).toEqual([true]);
      expect(errors.map(String)).toContain('Error: a bad watcher');
    });

    test('after close nothing is delivered and nobody is wanted', async () => {
      const { near, far } = pair;
      const seen: string[] = [];
      far.subscribe('device', ({ id }) => seen.push(id));
      await pair.close();
      expect(() => near.publish('device', stale('device-1'))).not.toThrow();
      expect(far.wanted('device')).toBe(false);
      far.subscribe('device', ({ id }) => seen.push(id));
      expect(far.wanted('device')).toBe(false);
      near.publish('device', stale('device-2'));
      expect(seen).toEqual([]);
    });
  });
}
