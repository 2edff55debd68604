import { describe, expect, test } from 'vitest';
import { type FreshRegistry, withRegistry } from '../helpers/registry-lab.ts';
import { device, registration } from '../helpers/registry-samples.ts';

const T1 = '2026-03-01T08:00:00.000Z';
const T2 = '2026-03-01T09:00:00.000Z';

/** What the broker knew of connections. */
export function presenceContract(fresh: FreshRegistry): void {
  describe('presence', () => {
    test('is nothing at first, and then the last that was said of each device, also after a restart', () =>
      withRegistry(fresh, async (registry, lab) => {
        expect(await registry.presences()).toEqual({ at: null, devices: [] });
        await registry.addDevices([registration(device('counter-1')), registration(device('counter-2'))]);
        await registry.putPresences(T1, [
          { device: 'counter-2', online: true, since: T1, reason: 'connected' },
          { device: 'counter-1', online: true, since: T1, reason: 'connected' },
          { device: 'counter-2', online: false, since: T1, reason: 'connection-lost' },
        ]);
        await registry.putPresences(T2, [{ device: 'counter-1', online: false, since: T2, reason: 'đứt cáp' }]);
        const expected = {
          at: T2,
          devices: [
            { device: 'counter-1', domain: 'traffic', online: false, since: T2, reason: 'đứt cáp' },
            { device: 'counter-2', domain: 'traffic', online: false, since: T1, reason: 'connection-lost' },
          ],
        };
        expect(await registry.presences()).toEqual(expected);
        expect(await (await lab.reopen()).presences()).toEqual(expected);
      }));

    test('knows when it was last written, also where nothing changed', () =>
      withRegistry(fresh, async (registry) => {
        await registry.putPresences(T1, []);
        await registry.putPresences(T2, []);
        expect(await registry.presences()).toEqual({ at: T2, devices: [] });
      }));

    test('is kept of registered devices only, and goes with them', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1'))]);
        const online = (device: string) => ({ device, online: true, since: T1, reason: 'connected' });
        await registry.putPresences(T1, [online('stranger'), online('counter-1')]);
        expect((await registry.presences()).devices.map(({ device }) => device)).toEqual(['counter-1']);
        await registry.deleteDevice('counter-1');
        await registry.addDevices([registration(device('counter-1'))]);
        expect((await registry.presences()).devices).toEqual([]);
      }));

    test('is kept change by change: what held when a range began, and what changed within it', () =>
      withRegistry(fresh, async (registry, lab) => {
        const hour = (n: number) => `2026-03-01T${String(n).padStart(2, '0')}:00:00.000Z`;
        const change = (
          device: string,
          n: number,
          online: boolean,
          reason = online ? 'connected' : 'connection-lost',
        ) => ({
          ...{ device, online, since: hour(n), reason },
        });
        const ids = ['counter-1', 'counter-2', 'sensor-1'];
        await registry.addDevices(
          ids.map((id) => registration(device(id, id === 'sensor-1' ? { domain: 'environment' } : {}))),
        );
        const one = [change('counter-1', 1, true), change('counter-1', 3, false), change('counter-1', 5, true)];
        const blink = [change('counter-2', 2, true), change('counter-2', 2, false, 'disconnected')];
        await registry.putPresences(hour(2), [...one.slice(0, 1), ...blink, change('stranger', 1, true)]);
        await registry.putPresences(hour(6), [...one.slice(1), change('sensor-1', 4, true)]);
        const told = (from: number, to: number, other: { device?: string; limit?: number } = {}) =>
          registry.presenceChanges({ domain: 'traffic', from: hour(from), to: hour(to), limit: 99, ...other });
        expect(await told(0, 9)).toEqual([...one, ...blink]);
        // Of two of one moment the later one holds.
        expect(await told(4, 9)).toEqual([...one.slice(1), blink[1]]);
        expect(await told(6, 9, { device: 'counter-1' })).toEqual(one.slice(2));
        expect(await told(3, 5, { device: 'counter-1' })).toEqual(one.slice(0, 2));
        expect(await told(0, 2)).toEqual(one.slice(0, 1));
        expect(await told(0, 9, { limit: 2 })).toEqual(one.slice(0, 2));
        expect(await registry.expirePresenceChanges(hour(4))).toBe(2);
        expect(await registry.expirePresenceChanges(hour(4))).toBe(0);
        const again = await lab.reopen();
        const asked = { domain: 'traffic', from: hour(0), to: hour(9), limit: 99 };
        expect(await again.presenceChanges(asked)).toEqual([...one.slice(1), blink[1]]);
        await again.deleteDevice('counter-1');
        expect(await again.presenceChanges(asked)).toEqual(blink.slice(1));
      }));

    test('of a whole fleet is written at once', () =>
      withRegistry(fresh, async (registry) => {
        const ids = Array.from({ length: 2_300 }, (_, index) => `counter-${10_000 + index}`);
        await registry.addDevices(ids.map((id) => registration(device(id))));
        const at = (reason: string) => ids.map((device) => ({ device, online: true, since: T1, reason }));
        await registry.putPresences(T1, at('connected'));
        await registry.putPresences(T2, at('connected again'));
        const { devices } = await registry.presences();
        expect(devices).toHaveLength(ids.length);
        expect(new Set(devices.map(({ reason }) => reason))).toEqual(new Set(['connected again']));
      }));
  });
}
