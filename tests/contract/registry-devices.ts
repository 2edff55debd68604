import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../model/problem.ts';
import { type FreshRegistry, withRegistry } from '../helpers/registry-lab.ts';
import { anyDevice, device, hashOf, registration } from '../helpers/registry-samples.ts';
import { sharedData } from '../helpers/shared-data.ts';

/** Registering, reading, changing and deleting devices. */
export function deviceContract(fresh: FreshRegistry): void {
  describe('devices', () => {
    test('any valid devices are given back as they were registered, also over a restart', () =>
      withRegistry(fresh, async (registry, lab) => {
        const kept = new Map<string, unknown>();
        await fc.assert(
          fc.asyncProperty(fc.uniqueArray(anyDevice, { selector: ({ id }) => id, maxLength: 12 }), async (given) => {
            const news = given.filter(({ id }) => !kept.has(id));
            await registry.addDevices(news.map(registration));
            for (const one of news) {
              kept.set(one.id, one);
              expect(await registry.device(one.id)).toEqual(one);
            }
          }),
          { numRuns: 40 },
        );
        const inOrder = [...kept.keys()].sort().map((id) => kept.get(id));
        expect(await registry.devices({})).toEqual(inOrder);
        expect(await (await lab.reopen()).devices({})).toEqual(inOrder);
      }));

    test('naughty names and tags are kept unharmed and found', (context) =>
      withRegistry(fresh, async (registry) => {
        const naughty: string[] = JSON.parse(await sharedData(context, 'malformed/blns.json'));
        const names = naughty.map((text) => text.trim().slice(0, 200)).filter((text) => text !== '');
        const given = names.map((name, i) =>
          device(`naughty-${String(i).padStart(4, '0')}`, { name, tags: { note: name.slice(0, 100) } }),
        );
        await registry.addDevices(given.map(registration));
        expect(await registry.devices({})).toEqual(given);
        for (const one of given) {
          const found = await registry.devices({ search: one.name });
          expect(found.map(({ id }) => id)).toContain(one.id);
          const note = one.tags.note ?? '';
          expect(await registry.devices({ tag: ['note', note], ids: [one.id] })).toEqual([one]);
        }
      }));

    test('thousands at once are all registered, each with its credential', () =>
      withRegistry(fresh, async (registry) => {
        const given = Array.from({ length: 3_001 }, (_, i) => device(`counter-${String(i).padStart(5, '0')}`));
        await registry.addDevices(given.map(registration));
        expect(await registry.devices({})).toEqual(given);
        for (const i of [0, 499, 500, 3_000])
          expect((await registry.principal(`counter-${String(i).padStart(5, '0')}`))?.hash).toEqual(
            hashOf(`counter-${String(i).padStart(5, '0')}`),
          );
      }));

    test('none is registered where one exists, and every one that exists is named', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([device('aaa'), device('mmm'), device('zzz')].map(registration));
        await registry.addObserver('observer-1', hashOf('observer-1'));
        const many = Array.from({ length: 1_200 }, (_, i) => device(`new-${i}`, { provider: 'newcomer' }));
        const given = [device('aaa'), ...many, device('observer-1'), device('zzz')];
        const error = await registry.addDevices(given.map(registration)).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(CodedError);
        expect(error).toMatchObject({ code: 'conflict' });
        const named = error instanceof CodedError ? error.errors?.map(({ path }) => path) : [];
        expect(named?.sort()).toEqual(['aaa', 'observer-1', 'zzz']);
        expect((await registry.devices({})).map(({ id }) => id)).toEqual(['aaa', 'mmm', 'zzz']);
        expect(await registry.principal('new-0')).toBeUndefined();
        expect(await registry.providers()).toMatchObject([{ id: 'hanoi' }]);
        await registry.addDevices(many.map(registration));
        expect(await registry.devices({})).toHaveLength(1_203);
      }));

    test('an id given twice at once is a conflict', () =>
      withRegistry(fresh, async (registry) => {
        await expect(registry.addDevices([device('aaa'), device('aaa')].map(registration))).rejects.toMatchObject({
          code: 'conflict',
          errors: [{ path: 'aaa' }],
        });
        expect(await registry.devices({})).toEqual([]);
      }));

    test('of two who register the same id at once one wins', () =>
      withRegistry(fresh, async (registry) => {
        const outcomes = await Promise.allSettled(
          ['Mine', 'Yours'].map((name) => registry.addDevices([registration(device('counter-1', { name }))])),
        );
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await registry.devices({})).toHaveLength(1);
      }));

    test('nothing to register is nothing done', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([]);
        expect(await registry.devices({})).toEqual([]);
      }));

    test('unknown providers are made, known ones stay as they are', () =>
      withRegistry(fresh, async (registry) => {
        await registry.putProvider({ id: 'hanoi', name: 'Thành phố Hà Nội', simulated: false });
        await registry.addDevices(
          [
            device('counter-1', { simulated: true }),
            device('counter-2', { provider: 'toy', simulated: true }),
            device('counter-3', { provider: 'mixed', simulated: true }),
            device('counter-4', { provider: 'mixed' }),
          ].map(registration),
        );
        expect(await registry.providers()).toEqual([
          { id: 'hanoi', name: 'Thành phố Hà Nội', simulated: false },
          { id: 'mixed', name: 'mixed', simulated: false },
          { id: 'toy', name: 'toy', simulated: true },
        ]);
      }));

    test('a changed device is found by what it is now and not by what it was', () =>
      withRegistry(fresh, async (registry) => {
        const before = device('counter-1', { name: 'Cầu Giấy', tags: { level: '1', side: 'east' } });
        await registry.addDevices([before, device('counter-2')].map(registration));
        const after = device('counter-1', {
          name: 'Mỹ Đình',
          geometry: null,
          tags: { level: '2' },
          state: 'retired',
          updated: '2026-02-01T00:00:00.000Z',
        });
        await registry.updateDevice(after);
        expect(await registry.device('counter-1')).toEqual(after);
        expect(await registry.devices({ search: 'cau giay' })).toEqual([]);
        expect(await registry.devices({ tag: ['level', '1'] })).toEqual([]);
        expect(await registry.devices({ tag: ['side', 'east'] })).toEqual([]);
        expect(await registry.devices({ search: 'my dinh' })).toEqual([after]);
        expect(await registry.devices({ tag: ['level', '2'] })).toEqual([after]);
        expect((await registry.devices({ bbox: [105, 20, 106, 22] })).map(({ id }) => id)).toEqual(['counter-2']);
        expect((await registry.principal('counter-1'))?.active).toBe(false);
      }));

    test('what is not there cannot be changed', () =>
      withRegistry(fresh, async (registry) => {
        await expect(registry.updateDevice(device('nobody', { provider: 'new' }))).rejects.toMatchObject({
          code: 'not-found',
        });
        expect(await registry.providers()).toEqual([]);
      }));

    test('a deleted device is gone with its credential and tags, and its id is free', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1', { tags: { level: '4' } }))]);
        expect(await registry.deleteDevice('counter-1')).toBe(true);
        expect(await registry.deleteDevice('counter-1')).toBe(false);
        expect(await registry.device('counter-1')).toBeUndefined();
        expect(await registry.principal('counter-1')).toBeUndefined();
        await registry.addDevices([registration(device('counter-1'))]);
        expect(await registry.devices({ tag: ['level', '4'] })).toEqual([]);
      }));

    test('thousands are deleted at once, and who is not among them stays', () =>
      withRegistry(fresh, async (registry) => {
        const ids = Array.from({ length: 2_300 }, (_, i) => `counter-${i}`);
        await registry.addDevices(ids.map((id) => registration(device(id, { tags: { level: '4' } }))));
        await registry.addObserver('dashboard', hashOf('x'));
        const gone = ids.slice(2);
        expect(await registry.deleteDevices([...gone, 'nobody', 'dashboard', 'counter-5'])).toEqual([...gone].sort());
        expect((await registry.devices({})).map(({ id }) => id)).toEqual(['counter-0', 'counter-1']);
        expect(await registry.devices({ tag: ['level', '4'] })).toHaveLength(2);
        expect(await registry.principal('counter-5')).toBeUndefined();
        expect(await registry.principal('counter-1')).toMatchObject({ kind: 'device' });
        expect(await registry.principal('dashboard')).toMatchObject({ kind: 'observer' });
        expect(await registry.deleteDevices([])).toEqual([]);
        await registry.addDevices([registration(device('counter-5'))]);
      }));

    test('another connection reads what was committed', () =>
      withRegistry(fresh, async (registry, lab) => {
        const reader = await lab.reader();
        await registry.addDevices([registration(device('counter-1'))]);
        expect(await reader.device('counter-1')).toEqual(device('counter-1'));
        expect(await reader.devices({})).toHaveLength(1);
        await expect(reader.addObserver('observer-1', hashOf('x'))).rejects.toThrow();
        expect(await registry.principal('observer-1')).toBeUndefined();
      }));
  });
}
