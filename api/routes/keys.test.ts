import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { openCity, type TestCity } from '../testing/city.fixture.ts';

const Made = z.object({ id: z.string(), scopes: z.array(z.string()), key: z.string() });
const problem = async (response: Response) => Problem.parse(await response.json());

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());

const make = (body: unknown, as?: string) => city.send('POST', '/api/v1/keys', body, as);
const revoke = (id: string, as = city.keys.admin) => city.request(`/api/v1/keys/${id}`, { method: 'DELETE', as });

describe('an API key', () => {
  it('is shown once, opens what its scopes say, and is refused once it is revoked', async () => {
    const response = await make({ id: 'partner-1', name: 'Transerco', scopes: ['read'] });
    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { key } = Made.parse(await response.json());
    expect(key).toMatch(/^partner-1\.[\w-]{43}$/);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([{ actor: 'admin', action: 'key.create' }]);

    expect((await city.request('/api/v1/ledger', { as: key })).status).toBe(200);
    expect((await make({ name: 'more', scopes: ['admin'] }, key)).status).toBe(403);

    expect((await revoke('partner-1')).status).toBe(204);
    expect((await city.request('/api/v1/ledger', { as: key })).status).toBe(401);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([{ action: 'key.revoke', subject: 'partner-1' }]);
  });

  it('is one provider’s where that is said, and of none that there is not', async () => {
    await city.registry.putProvider({ id: 'transerco', name: 'Transerco', simulated: false });
    const asked = { id: 'gateway-1', name: 'gateways', scopes: ['uplinks', 'quarantine'] };
    expect((await make({ ...asked, provider: 'nobody' })).status).toBe(404);
    expect(await (await make({ ...asked, provider: 'transerco' })).json()).toMatchObject({ provider: 'transerco' });
    expect((await city.registry.key('gateway-1'))?.provider).toBe('transerco');
    expect((await city.registry.key('reader'))?.provider).toBeNull();
  });

  it('gets an id where none is given', async () => {
    const { id, key } = Made.parse(await (await make({ name: 'x', scopes: ['read', 'read', 'restricted'] })).json());
    expect(id).toMatch(/^key-[0-9a-f]{8}$/);
    expect(key.startsWith(`${id}.`)).toBe(true);
    expect((await city.registry.key(id))?.scopes).toEqual(['read', 'restricted']);
  });

  it('is listed without its secret', async () => {
    const { key } = Made.parse(await (await make({ name: 'listed', scopes: ['read'] })).json());
    const text = await (await city.request('/api/v1/keys', { as: city.keys.admin })).text();
    expect(text).toContain('"name":"listed"');
    expect(text).not.toContain(key.slice(key.indexOf('.') + 1));
    expect(text).not.toContain('hash');
  });

  it.each([
    ['no scope', { name: 'x', scopes: [] }, 'scopes'],
    ['a scope there is not', { name: 'x', scopes: ['write'] }, 'scopes.0'],
    ['a dot in the id', { id: 'a.b', name: 'x', scopes: ['read'] }, 'id'],
    ['no name', { scopes: ['read'] }, 'name'],
  ])('is not made with %s', async (_, body, path) => {
    const { status, errors } = await problem(await make(body));
    expect([status, errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });

  it('does not take the id of another', async () => {
    expect(await problem(await make({ id: 'admin', name: 'x', scopes: ['read'] }))).toMatchObject({ code: 'conflict' });
  });

  it('of the administrator stays', async () => {
    expect(await problem(await revoke('admin'))).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await city.request('/api/v1/keys', { as: city.keys.admin })).status).toBe(200);
    expect((await revoke('nobody')).status).toBe(404);
  });

  it('is nothing that another key may list, make or revoke', async () => {
    expect((await city.request('/api/v1/keys', { as: city.keys.read })).status).toBe(403);
    expect((await city.request('/api/v1/keys')).status).toBe(401);
    expect((await revoke('reader', city.keys.read)).status).toBe(403);
  });
});
