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
