import { describe, expect, test } from 'vitest';
import { hashSecret, matches, newSecret } from '../../storage/secret.ts';
import { type FreshRegistry, withRegistry } from '../helpers/registry-lab.ts';
import { device, hashOf, registration } from '../helpers/registry-samples.ts';

/** Who may come in, and as what. */
export function credentialContract(fresh: FreshRegistry): void {
  describe('credentials', () => {
    test('a device is let in as itself, an observer as one', () =>
      withRegistry(fresh, async (registry, lab) => {
        const { secret, hash } = newSecret();
        await registry.addDevices([{ device: device('counter-1', { provider: 'transerco' }), hash }]);
        await registry.addObserver('dashboard', hashSecret('of the observer'));
        for (const each of [registry, await lab.reader()]) {
          const principal = await each.principal('counter-1');
          expect(principal).toEqual({
            kind: 'device',
            username: 'counter-1',
            hash: expect.any(Uint8Array),
            previous: null,
            domain: 'traffic',
            provider: 'transerco',
            active: true,
          });
          expect(matches(secret, principal?.hash ?? new Uint8Array())).toBe(true);
          expect(await each.principal('dashboard')).toMatchObject({
            kind: 'observer',
            domain: '',
            provider: '',
            active: true,
          });
        }
      }));

    test('every byte of a hash is kept', () =>
      withRegistry(fresh, async (registry) => {
        const low = Uint8Array.from({ length: 32 }, (_, i) => i);
        // A view into the middle of a larger buffer.
        const high = Uint8Array.from({ length: 64 }, (_, i) => 255 - i).subarray(16, 48);
        await registry.addDevices([{ device: device('low'), hash: low }]);
        await registry.addObserver('high', high);
        expect([...((await registry.principal('low'))?.hash ?? [])]).toEqual([...low]);
        expect([...((await registry.principal('high'))?.hash ?? [])]).toEqual([...high]);
      }));

    test('a new secret takes the place of the old one', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1')), registration(device('counter-2'))]);
        await registry.addObserver('dashboard', hashOf('old'));
        await registry.setCredential('counter-1', hashOf('new'));
        await registry.setCredential('dashboard', hashOf('newer'));
        expect([...((await registry.principal('counter-1'))?.hash ?? [])]).toEqual([...hashOf('new')]);
        expect([...((await registry.principal('counter-2'))?.hash ?? [])]).toEqual([...hashOf('counter-2')]);
        expect([...((await registry.principal('dashboard'))?.hash ?? [])]).toEqual([...hashOf('newer')]);
        await expect(registry.setCredential('nobody', hashOf('x'))).rejects.toMatchObject({ code: 'not-found' });
        expect(await registry.principal('nobody')).toBeUndefined();
      }));

    test('the secret before stays good beside a new one for as long as it is told, and no older one does', () =>
      withRegistry(fresh, async (registry, lab) => {
        await registry.addDevices([registration(device('counter-1')), registration(device('counter-2'))]);
        await registry.addObserver('dashboard', hashOf('first'));
        const until = Date.now() + 3_600_000;
        for (const each of ['counter-1', 'dashboard']) {
          await registry.setCredential(each, hashOf(`${each} second`), until);
          const { hash, previous } = (await (await lab.reader()).principal(each)) ?? {};
          expect([...(hash ?? [])]).toEqual([...hashOf(`${each} second`)]);
          expect([...(previous?.hash ?? [])]).toEqual([...hashOf(each === 'dashboard' ? 'first' : each)]);
          expect(previous?.until).toBe(until);
        }
        await registry.setCredential('counter-1', hashOf('third'), until + 1);
        const third = (await registry.principal('counter-1'))?.previous;
        expect([[...(third?.hash ?? [])], third?.until]).toEqual([[...hashOf('counter-1 second')], until + 1]);
        await registry.setCredential('counter-1', hashOf('fourth'));
        expect(await registry.principal('counter-1')).toMatchObject({ previous: null });
        expect(await registry.principal('counter-2')).toMatchObject({ previous: null });
        expect((await registry.observers()).map(({ username }) => username)).toEqual(['dashboard']);
      }));

    test('both secrets go with the device or observer', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1'))]);
        await registry.addObserver('dashboard', hashOf('first'));
        for (const each of ['counter-1', 'dashboard'])
          await registry.setCredential(each, hashOf('second'), Date.now() + 3_600_000);
        expect(await registry.deleteDevice('counter-1')).toBe(true);
        expect(await registry.deleteObserver('dashboard')).toBe(true);
        await registry.addDevices([registration(device('counter-1'))]);
        await registry.addObserver('dashboard', hashOf('again'));
        for (const each of ['counter-1', 'dashboard'])
          expect(await registry.principal(each)).toMatchObject({ previous: null });
      }));

    test('a user name belongs to one', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1'))]);
        await registry.addObserver('dashboard', hashOf('first'));
        for (const taken of ['counter-1', 'dashboard'])
          await expect(registry.addObserver(taken, hashOf('second'))).rejects.toMatchObject({ code: 'conflict' });
        expect([...((await registry.principal('dashboard'))?.hash ?? [])]).toEqual([...hashOf('first')]);
        expect(await registry.principal('counter-1')).toMatchObject({ kind: 'device' });
      }));

    test('deleting a device of an observer’s name leaves the observer', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addObserver('dashboard', hashOf('x'));
        expect(await registry.deleteDevice('dashboard')).toBe(false);
        expect(await registry.principal('dashboard')).toMatchObject({ kind: 'observer' });
      }));

    test('observers are listed by user name, and deleted without touching a device', () =>
      withRegistry(fresh, async (registry, lab) => {
        expect(await registry.observers()).toEqual([]);
        await registry.addDevices([registration(device('counter-1'))]);
        const before = new Date().toISOString();
        for (const username of ['wall', 'dashboard']) await registry.addObserver(username, hashOf(username));
        const listed = await (await lab.reader()).observers();
        expect(listed.map(({ username }) => username)).toEqual(['dashboard', 'wall']);
        for (const { created } of listed) expect(created >= before && created <= new Date().toISOString()).toBe(true);
        expect(await registry.deleteObserver('dashboard')).toBe(true);
        for (const absent of ['dashboard', 'counter-1', 'nobody'])
          expect(await registry.deleteObserver(absent)).toBe(false);
        expect(await registry.principal('dashboard')).toBeUndefined();
        expect(await registry.principal('counter-1')).toMatchObject({ kind: 'device' });
        expect((await registry.observers()).map(({ username }) => username)).toEqual(['wall']);
      }));

    test('a user name is compared whole: nothing close to it is let in', () =>
      withRegistry(fresh, async (registry) => {
        await registry.addDevices([registration(device('counter-1'))]);
        const strangers = [
          '',
          'counter-1\0',
          'counter-1\0x',
          'COUNTER-1',
          'counter-1 ',
          'counter_1',
          '%',
          '\ud800',
          "' or '1'='1",
        ];
        for (const username of strangers) {
          expect(await registry.principal(username)).toBeUndefined();
          expect(await registry.device(username)).toBeUndefined();
          expect(await registry.key(username)).toBeUndefined();
        }
      }));
  });
}
