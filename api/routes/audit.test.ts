import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collection, feature } from '../area-import/file.fixture.ts';
import { HOUR, NOW, openCity, Page, type TestCity } from '../testing/city.fixture.ts';

const Operations = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ security: z.unknown().optional() }))),
});
const CHANGES = new Set(['post', 'put', 'patch', 'delete']);
/** What changes nothing of the city: whoever ends their own session. */
const NO_ACTS = ['DELETE /api/v1/session'];

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());

const counter = (id: string) => ({ id, domain: 'traffic', kind: 'counter', name: id, position: [105.85, 21.03] });
const item = (id: string) => ({
  ...{ id, scope: 'observation' as const, device: 'counter-1', provider: 'hanoi', domain: 'traffic' },
  ...{ format: 'json' as const, received: new Date(NOW - HOUR).toISOString(), reason: 'out-of-range' as const },
  ...{ detail: 'x', metric: 'mean_speed', payload: '{}', encoding: 'utf8' as const, truncated: false, replayed: null },
});
const remove = (path: string) => city.request(path, { method: 'DELETE', as: city.keys.admin });

/** How each act of the document is done with success, in an order in which each can be. */
const ACTS: Readonly<Record<string, () => Promise<Response>>> = {
  'POST /api/v1/devices': () => city.send('POST', '/api/v1/devices', counter('counter-1')),
  'POST /api/v1/devices/import': () =>
    city.request('/api/v1/devices/import', {
      ...{ method: 'POST', as: city.keys.admin, headers: { 'content-type': 'application/x-ndjson' } },
      body: JSON.stringify(counter('counter-2')),
    }),
  'PATCH /api/v1/devices/{id}': () => city.send('PATCH', '/api/v1/devices/counter-1', { name: 'Kim Mã' }),
  'POST /api/v1/devices/{id}/credential': () => city.send('POST', '/api/v1/devices/counter-1/credential', undefined),
  'DELETE /api/v1/devices/{id}': () => remove('/api/v1/devices/counter-2'),
  'POST /api/v1/observers': () => city.send('POST', '/api/v1/observers', { username: 'wall' }),
  'POST /api/v1/observers/{username}/credential': () =>
    city.send('POST', '/api/v1/observers/wall/credential', undefined),
  'DELETE /api/v1/observers/{username}': () => remove('/api/v1/observers/wall'),
  'POST /api/v1/keys': () => city.send('POST', '/api/v1/keys', { id: 'partner-1', name: 'x', scopes: ['read'] }),
  'DELETE /api/v1/keys/{id}': () => remove('/api/v1/keys/partner-1'),
  'PUT /api/v1/areas': () =>
    city.request('/api/v1/areas?level=ward', {
      ...{ method: 'PUT', as: city.keys.admin, headers: { 'content-type': 'application/geo+json' } },
      body: collection(feature({ id: 'ba-dinh', name: 'Ba Đình' })),
    }),
  'DELETE /api/v1/areas': () => remove('/api/v1/areas?level=ward'),
  'POST /api/v1/quarantine/{id}/replay': async () => {
    await city.quarantine.put([item('1-0'), item('2-0')]);
    return city.send('POST', '/api/v1/quarantine/1-0/replay', undefined);
  },
  'POST /api/v1/quarantine/replay': () => city.send('POST', '/api/v1/quarantine/replay', { all: true }),
  'DELETE /api/v1/quarantine/{id}': async () => {
    await city.quarantine.put([item('3-0')]);
    return remove('/api/v1/quarantine/3-0');
  },
  'DELETE /api/v1/simulated': () => remove('/api/v1/simulated'),
  'POST /api/v1/backups': () => city.send('POST', '/api/v1/backups', undefined),
  'POST /api/v1/session': () => city.send('POST', '/api/v1/session', { key: city.keys.admin }, undefined),
};

describe('the audit', () => {
  it('holds every act that the API offers, by the key it was done with', async () => {
    const documented = Object.entries(Operations.parse(city.document).paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => CHANGES.has(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    // Who adds an act adds how it is done, and so sees whether it is written down.
    expect(Object.keys(ACTS).sort()).toEqual(documented.filter((act) => !NO_ACTS.includes(act)).sort());
    for (const [act, perform] of Object.entries(ACTS)) {
      const [before] = await city.registry.audits({ limit: 1 });
      const response = await perform();
      expect([200, 201, 204], `${act}: ${response.status}`).toContain(response.status);
      const [after] = await city.registry.audits({ limit: 1 });
      expect(after?.id ?? 0, act).toBeGreaterThan(before?.id ?? 0);
      expect(after, act).toMatchObject({ actor: 'admin', at: new Date(NOW).toISOString() });
    }
  });

  it('writes nothing down for what was refused', async () => {
    const before = await city.registry.audits({ limit: 1 });
    expect((await city.send('POST', '/api/v1/devices', counter('counter-9'), city.keys.read)).status).toBe(403);
    expect((await city.send('POST', '/api/v1/devices', { id: 'x' })).status).toBe(400);
    expect((await remove('/api/v1/keys/nobody')).status).toBe(404);
    expect(await city.registry.audits({ limit: 1 })).toEqual(before);
  });

  it('is paged, newest first, and narrowed by actor, action and time', async () => {
    for (let i = 0; i < 7; i += 1)
      await city.registry.audit({
        ...{ at: `2026-01-0${i + 1}T00:00:00.000Z`, actor: i % 2 ? 'ops-1' : 'ops-2' },
        ...{ action: i < 4 ? 'area.import' : 'area.forget', subject: `ward ${i}` },
      });
    const subjects = async (query: string) => {
      const all: unknown[] = [];
      for (let path = `/api/v1/audit?${query}`; ; ) {
        const { items, next } = await city.list(path, city.keys.admin);
        all.push(...items.map(({ subject }) => subject));
        if (next === null) return all;
        path = `/api/v1/audit?${query}&cursor=${next}`;
      }
    };
    expect(await subjects('action=area&limit=2')).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `ward ${i}`));
    expect(await subjects('action=area.forget')).toEqual(['ward 6', 'ward 5', 'ward 4']);
    expect(await subjects('actor=ops-1')).toEqual(['ward 5', 'ward 3', 'ward 1']);
    expect(await subjects('from=2026-01-02T00:00:00Z&to=2026-01-04T00:00:00Z')).toEqual(['ward 2', 'ward 1']);
  });

  it('is the administrator’s', async () => {
    expect((await city.request('/api/v1/audit')).status).toBe(401);
    expect((await city.request('/api/v1/audit', { as: city.keys.read })).status).toBe(403);
    const page = Page.parse(await (await city.request('/api/v1/audit?limit=1', { as: city.keys.admin })).json());
    expect(Object.keys(page.items[0] ?? {}).sort()).toEqual(['action', 'actor', 'at', 'subject']);
  });
});
