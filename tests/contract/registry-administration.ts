import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Provider } from '../../model/device.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import { type FreshRegistry, withRegistry } from '../helpers/registry-lab.ts';
import { area, device, hashOf, naughtyText, registration } from '../helpers/registry-samples.ts';

const key = (id: string, parts: Partial<ApiKey> = {}): ApiKey => ({
  id,
  name: `Key ${id}`,
  hash: hashOf(id),
  scopes: ['read'],
  provider: null,
  created: '2026-01-01T00:00:00.000Z',
  ...parts,
});

/** Providers, areas, API keys and the audit. */
export function administrationContract(fresh: FreshRegistry): void {
  describe('administration', () => {
    test('a provider is made, then changed, and keeps any name unharmed', () =>
      withRegistry(fresh, async (registry, lab) => {
        const given = new Map<string, Provider>();
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom('hanoi', 'transerco', 'aa', 'z-9'),
            naughtyText(60),
            fc.boolean(),
            async (id, name, simulated) => {
              await registry.putProvider({ id, name, simulated });
              given.set(id, { id, name, simulated });
              const inOrder = [...given.keys()].sort().map((each) => given.get(each));
              expect(await registry.providers()).toEqual(inOrder);
            },
          ),
          { numRuns: 50 },
        );
        expect(await (await lab.reopen()).providers()).toHaveLength(given.size);
      }));

    test('a provider changed under its devices keeps them', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1'))]);
        await registry.putProvider({ id: 'hanoi', name: 'Hà Nội', simulated: true });
        expect(await registry.devices({ provider: 'hanoi' })).toHaveLength(1);
      }));

    test('a provider is deleted once nothing belongs to it', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([
          registration(device('counter-1')),
          registration(device('bus-1', { provider: 'bus' })),
        ]);
        await expect(registry.deleteProvider('hanoi')).rejects.toMatchObject({ code: 'conflict' });
        await registry.deleteDevices(['counter-1']);
        expect(await registry.deleteProvider('hanoi')).toBe(true);
        expect(await registry.deleteProvider('hanoi')).toBe(false);
        expect((await registry.providers()).map(({ id }) => id)).toEqual(['bus']);
      }));

    test('a copy holds all there is, while others write, and is never written over', () =>
      withRegistry(fresh, async (registry, lab) => {
        const devices = Array.from({ length: 500 }, (_, i) => device(`counter-${i}`));
        await registry.addDevices(devices.map(registration));
        await registry.addKey(key('partner'));
        await registry.addObserver('dashboard', hashOf('x'));
        await registry.replaceAreas('ward', [area('ba-dinh')]);
        const [copy] = await Promise.all([lab.copy('copy.db'), registry.addObserver('later', hashOf('y'))]);
        expect(await copy.devices({})).toEqual(await registry.devices({}));
        expect(await copy.keys()).toEqual(await registry.keys());
        expect(await copy.areas()).toEqual(await registry.areas());
        expect(await copy.principal('dashboard')).toEqual(await registry.principal('dashboard'));
        await copy.deleteDevices(['counter-1']);
        expect(await registry.device('counter-1')).toBeDefined();
        await expect(lab.copy('copy.db')).rejects.toThrow();
        expect(await copy.devices({})).toHaveLength(499);
      }));

    test('areas are empty until imported; an import replaces its level and no other', () =>
      withRegistry(fresh, async (registry, lab) => {
        expect(await registry.areas()).toEqual([]);
        const city = area('hanoi', { level: 'city', kind: 'city', population: null });
        const first = Array.from({ length: 126 }, (_, i) => area(`ward-${String(i).padStart(3, '0')}`));
        await registry.replaceAreas('city', [city]);
        await registry.replaceAreas('ward', first);
        expect(await registry.areas()).toEqual([city, ...first]);
        const second = [area('ba-dinh', { approximate: true, kind: 'commune' }), area('cua-nam')];
        await registry.replaceAreas('ward', second);
        expect(await registry.areas()).toEqual([city, ...second]);
        expect(await (await lab.reopen()).areas()).toEqual([city, ...second]);
      }));

    test('an import that is wrong leaves the areas as they were', () =>
      withRegistry(fresh, async (registry) => {
        await registry.replaceAreas('ward', [area('ba-dinh')]);
        await expect(registry.replaceAreas('ward', [area('cua-nam'), area('cua-nam')])).rejects.toMatchObject({
          code: 'conflict',
        });
        await expect(registry.replaceAreas('ward', [area('hanoi', { level: 'city' })])).rejects.toThrow(RangeError);
        expect(await registry.areas()).toEqual([area('ba-dinh')]);
        await registry.replaceAreas('ward', []);
        expect(await registry.areas()).toEqual([]);
      }));

    test('keys are kept, listed by id, and removed', () =>
      withRegistry(fresh, async (registry, lab) => {
        const admin = key('admin', { scopes: ['admin', 'read', 'restricted'], name: 'Quản trị \0 \ud800 "x"' });
        const partner = key('partner', { scopes: ['uplinks', 'quarantine'], provider: 'transerco' });
        await registry.addKey(partner);
        await registry.addKey(admin);
        const again = await lab.reopen();
        const kept = await again.key('admin');
        expect(kept).toEqual({ ...admin, hash: expect.any(Uint8Array) });
        expect(await again.key('partner')).toEqual({ ...partner, hash: expect.any(Uint8Array) });
        expect([...(kept?.hash ?? [])]).toEqual([...admin.hash]);
        expect((await again.keys()).map(({ id }) => id)).toEqual(['admin', 'partner']);
        await expect(again.addKey(key('admin', { scopes: [] }))).rejects.toMatchObject({ code: 'conflict' });
        expect((await again.key('admin'))?.scopes).toEqual(admin.scopes);
        expect(await again.removeKey('partner')).toBe(true);
        expect(await again.removeKey('partner')).toBe(false);
        expect(await again.key('partner')).toBeUndefined();
      }));

    test('the audit tells what was done, the newest first', () =>
      withRegistry(fresh, async (registry, lab) => {
        const entries = Array.from({ length: 12 }, (_, i) => ({
          at: `2026-01-01T00:00:00.00${i % 3}Z`,
          actor: i % 2 ? 'admin' : 'city',
          action: 'device.create',
          subject: `counter-${i} \0 \ud800`,
        }));
        for (const entry of entries) await registry.audit(entry);
        const newest = entries.map((entry, i) => ({ ...entry, id: i + 1 })).reverse();
        expect(await registry.audits({ limit: 5 })).toEqual(newest.slice(0, 5));
        const again = await lab.reopen();
        expect(await again.audits({ limit: 100 })).toEqual(newest);
        expect(await again.audits({ limit: 3, after: newest[4]?.id })).toEqual(newest.slice(5, 8));
        expect((await again.audits({ limit: 100, actor: 'city' })).map(({ id }) => id)).toEqual([11, 9, 7, 5, 3, 1]);
        const at = { from: '2026-01-01T00:00:00.001Z', to: '2026-01-01T00:00:00.002Z' };
        expect((await again.audits({ limit: 100, ...at })).map(({ id }) => id)).toEqual([11, 8, 5, 2]);
        await again.audit({ at: '2026-01-02T00:00:00.000Z', actor: 'admin', action: 'devices.import', subject: '' });
        const named = async (action: string) => (await again.audits({ limit: 100, action })).map(({ id }) => id);
        expect(await named('device')).toHaveLength(12);
        expect(await named('device.create')).toHaveLength(12);
        expect(await named('devices')).toEqual([13]);
        expect(await named('device.cr')).toEqual([]);
      }));
  });
}
