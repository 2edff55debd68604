import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Credential } from '../../model/device.ts';
import { Problem } from '../../model/problem.ts';
import { matches } from '../../storage/secret.ts';
import { device, openCity, type TestCity } from '../testing/city.fixture.ts';

const Registered = z.object({ credential: Credential });
const problem = async (response: Response) => Problem.parse(await response.json());

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(device('counter-1'));
});
afterAll(() => city.close());

const register = (body: unknown) => city.send('POST', '/api/v1/observers', body);
const renew = (username: string, query = '') =>
  city.send('POST', `/api/v1/observers/${username}/credential${query}`, undefined);

describe('registering an observer', () => {
  it('answers its credential once, which lets it in as an observer', async () => {
    const told: string[] = [];
    const leave = city.bus.subscribe('device', ({ id }) => told.push(id));
    const response = await register({ username: 'wall-1' });
    leave();
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { credential } = Registered.parse(await response.json());
    expect(credential.username).toBe('wall-1');
    const principal = await city.registry.principal('wall-1');
    expect(principal).toMatchObject({ kind: 'observer', active: true });
    expect(principal && matches(credential.password, principal.hash)).toBe(true);
    expect(told).toEqual(['wall-1']);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([
      { actor: 'admin', action: 'observer.create', subject: 'wall-1' },
    ]);
  });

  it('refuses the name of a device or of another observer, leaving both as they are', async () => {
    await register({ username: 'wall-2' });
    const before = await city.registry.principal('wall-2');
    for (const username of ['counter-1', 'wall-2'])
      expect(await problem(await register({ username }))).toMatchObject({ status: 409, code: 'conflict' });
    expect(await city.registry.principal('wall-2')).toEqual(before);
    expect(await city.registry.principal('counter-1')).toMatchObject({ kind: 'device' });
  });

  it.each([
    ['no name', {}, 'username'],
    ['a name no topic could hold', { username: 'wall/+' }, 'username'],
    ['a member it does not know', { username: 'wall-3', domain: 'traffic' }, 'domain'],
  ])('refuses %s, naming it', async (_, body, path) => {
    const { status, errors } = await problem(await register(body));
    expect([status, errors?.map((error) => error.path)]).toEqual([400, [path]]);
    expect(await city.registry.principal('wall-3')).toBeUndefined();
  });
});

describe('an observer’s new password', () => {
  it('is good beside the old one, or ends it at once, told on the bus and audited', async () => {
    const { credential: first } = Registered.parse(await (await register({ username: 'wall-4' })).json());
    const told: string[] = [];
    const leave = city.bus.subscribe('device', ({ id }) => told.push(id));
    const response = await renew('wall-4');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { username, password } = Credential.parse(await response.json());
    expect(username).toBe('wall-4');
    const principal = await city.registry.principal('wall-4');
    expect(principal && matches(password, principal.hash)).toBe(true);
    expect(principal?.previous && matches(first.password, principal.previous.hash)).toBe(true);
    expect(principal && matches(first.password, principal.hash)).toBe(false);
    await renew('wall-4', '?overlap=0');
    expect(await city.registry.principal('wall-4')).toMatchObject({ previous: null });
    leave();
    expect(told).toEqual(['wall-4', 'wall-4']);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([
      { action: 'observer.credential', subject: 'wall-4' },
    ]);
  });

  it('is not made for nobody, nor for a device', async () => {
    const before = await city.registry.principal('counter-1');
    for (const username of ['nobody-1', 'counter-1'])
      expect(await problem(await renew(username))).toMatchObject({ status: 404, code: 'not-found' });
    expect(await city.registry.principal('counter-1')).toEqual(before);
  });
});

describe('the observers', () => {
  it('are listed without their passwords, and only to the administrator', async () => {
    await register({ username: 'wall-5' });
    const { items } = await city.list('/api/v1/observers', city.keys.admin);
    expect(items).toContainEqual({ username: 'wall-5', created: expect.stringMatching(/Z$/) });
    expect((await city.request('/api/v1/observers', { as: city.keys.read })).status).toBe(403);
  });

  it('can be deleted, told on the bus and audited; a device cannot be deleted as one', async () => {
    await register({ username: 'wall-6' });
    const told: string[] = [];
    const leave = city.bus.subscribe('device', ({ id }) => told.push(id));
    const remove = (username: string, as = city.keys.admin) =>
      city.request(`/api/v1/observers/${username}`, { method: 'DELETE', as });
    expect((await remove('wall-6', city.keys.read)).status).toBe(403);
    expect((await remove('wall-6')).status).toBe(204);
    leave();
    expect(told).toEqual(['wall-6']);
    expect(await city.registry.principal('wall-6')).toBeUndefined();
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([{ action: 'observer.delete', subject: 'wall-6' }]);
    expect((await remove('wall-6')).status).toBe(404);
    expect((await remove('counter-1')).status).toBe(404);
    expect(await city.registry.principal('counter-1')).toMatchObject({ kind: 'device' });
  });
});
