import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createCatalogue } from '../model/catalogue.ts';
import { DOMAINS } from '../model/domains/index.ts';
import { Attempts } from '../storage/attempts.ts';
import type { SetAside } from '../storage/quarantine/port.ts';
import { WITHHELD } from './quarantine.ts';
import { device, live, NOW, observation, openCity, type TestCity } from './testing/city.fixture.ts';
import { listen, type TestServer } from './testing/sse.fixture.ts';
import { MapView } from './views.ts';

const body = JSON.stringify({ id: 'counter-1', domain: 'traffic', kind: 'counter', name: 'A', position: [105.8, 21] });
const json = { 'content-type': 'application/json' };

describe('keys', () => {
  let city: TestCity;
  beforeEach(async () => {
    city = await openCity();
  });
  afterEach(() => city.close());

  it('are needed for ledger, quarantine and every write, with the right scope', async () => {
    const writes = [
      ['POST', '/api/v1/devices'],
      ['POST', '/api/v1/devices/import'],
      ['PATCH', '/api/v1/devices/abc-1'],
      ['DELETE', '/api/v1/devices/abc-1'],
      ['POST', '/api/v1/devices/abc-1/credential'],
      ['POST', '/api/v1/observers'],
      ['POST', '/api/v1/observers/abc-1/credential'],
      ['POST', '/api/v1/keys'],
      ['DELETE', '/api/v1/keys/abc-1'],
      ['PUT', '/api/v1/areas?level=ward'],
      ['POST', '/api/v1/quarantine/replay'],
      ['POST', '/api/v1/quarantine/7-0/replay'],
    ] as const;
    for (const [method, path] of writes) {
      // Who asks is settled before a fault of the body, or a byte of it, is looked at.
      const unread = { method, ...(method === 'DELETE' ? {} : { body: '{', headers: json }) };
      expect((await city.request(path, unread)).status, path).toBe(401);
      expect((await city.request(path, { ...unread, as: city.keys.read })).status, path).toBe(403);
    }
    for (const path of ['/api/v1/ledger', '/api/v1/quarantine']) {
      expect((await city.request(path)).status).toBe(401);
      for (const as of [city.keys.read, city.keys.admin]) expect((await city.request(path, { as })).status).toBe(200);
    }
  });

  it('are refused where wrong, even where none is needed', async () => {
    for (const as of ['admin.wrong', 'nobody.secret', 'admin', '', '.x']) {
      const response = await city.request('/api/v1/domains', { as });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('are exchanged for a session that scripts cannot read', async () => {
    const login = (key: string) =>
      city.request('/api/v1/session', { method: 'POST', body: JSON.stringify({ key }), headers: json });
    expect((await login('admin.wrong')).status).toBe(401);
    const response = await login(city.keys.admin);
    expect(response.status).toBe(204);
    const set = response.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(';')[0] ?? '';
    expect(cookie).not.toContain(city.keys.admin.split('.')[1]);

    const post = (headers: Record<string, string>) =>
      city.request('/api/v1/devices', { method: 'POST', body, headers: { ...json, cookie, ...headers } });
    expect((await post({ origin: 'http://localhost:3000' })).status).toBe(403);
    expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await post({ origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).status).toBe(201);

    expect((await city.request('/api/v1/session', { method: 'DELETE', headers: { cookie } })).status).toBe(204);
    expect((await city.request('/api/v1/ledger', { headers: { cookie } })).status).toBe(401);
  });

  it('end their sessions when they are removed', async () => {
    const response = await city.request('/api/v1/session', {
      ...{ method: 'POST', headers: json, body: JSON.stringify({ key: city.keys.read }) },
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await city.request('/api/v1/ledger', { headers: { cookie } })).status).toBe(200);
    await city.registry.removeKey('reader');
    expect((await city.request('/api/v1/ledger', { headers: { cookie } })).status).toBe(401);
  });

  it('do not make large bodies welcome', async () => {
    const huge = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    const init = { method: 'POST', body: huge, headers: { ...json, 'content-length': String(huge.length) } };
    expect((await city.request('/api/v1/devices', { ...init, as: city.keys.admin })).status).toBe(413);
  });
});

it('a wrong key presented again and again, also for a session, is slowed down; right ones are let in meanwhile', async () => {
  const attempts = new Attempts({ free: 2, firstMs: 1, longestMs: 1, quietMs: 60_000, heldPerAddress: 2 }, () => 0);
  const city = await openCity({ deps: { attempts } });
  onTestFinished(() => city.close());
  const ledger = async (as: string) => (await city.request('/api/v1/ledger', { as })).status;
  expect(await ledger(city.keys.read)).toBe(200);
  for (let i = 0; i < 3; i += 1) expect(await ledger('nobody.guess')).toBe(401);
  expect((await city.send('POST', '/api/v1/session', { key: 'other.guess' }, undefined)).status).toBe(401);
  const refused = await city.send('POST', '/api/v1/session', { key: 'other.guess' }, undefined);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await ledger('third.guess')).toBe(429);
  expect(await ledger(city.keys.read)).toBe(200);
});

describe('a city that is read with a key only', () => {
  it('refuses every reading without one', async () => {
    const city = await openCity({ config: { publicRead: false } });
    try {
      for (const path of [
        'domains',
        'metrics',
        'areas',
        'providers',
        'devices',
        'devices/counter-1',
        'devices/counter-1/latest',
        'city',
        'observations',
        'map/traffic',
        'stream',
      ])
        expect((await city.request(`/api/v1/${path}`)).status, path).toBe(401);
      expect((await city.request('/api/v1/aggregates?metric=mean_speed')).status).toBe(401);
      expect((await city.request('/api/v1/domains', { as: city.keys.read })).status).toBe(200);
      expect((await city.request('/healthz')).status).toBe(200);
    } finally {
      await city.close();
    }
  });
});

describe('metrics that are not public', () => {
  const access: Readonly<Record<string, 'partner' | 'restricted'>> = {
    occupancy: 'partner',
    queue_length: 'restricted',
  };
  const text = { vi: 'x', en: 'x' };
  /** Public by its own row, and worked out of another metric besides a public one. */
  const ratio = (id: string, numerator: string) => ({
    ...{ id, name: text, description: text, unit: '%' as const, thresholds: [], access: 'public' as const },
    ...{ overDevices: 'ratio' as const, numerator, denominator: 'mean_speed', scale: 100 },
  });
  const catalogue = createCatalogue(
    DOMAINS.map((domain) => ({
      ...domain,
      metrics: domain.metrics.map((metric) => ({ ...metric, access: access[metric.id] ?? metric.access })),
      derived:
        domain.id === 'traffic'
          ? [ratio('of_public', 'mean_speed'), ratio('of_partner', 'occupancy'), ratio('of_restricted', 'queue_length')]
          : domain.derived,
      keyFigures: domain.id === 'traffic' ? [] : domain.keyFigures,
    })),
  );

  const metrics = ['mean_speed', 'occupancy', 'queue_length'];
  const derived = ['of_public', 'of_partner', 'of_restricted'];
  let city: TestCity;
  let server: TestServer;
  beforeAll(async () => {
    city = await openCity({ config: { stream: { coalesceMs: 20 } }, deps: { catalogue } });
    server = await listen(city.api);
    await city.register(device('counter-1'));
    await city.store(...metrics.map((metric) => observation('counter-1', metric, NOW - 1_000, 50)));
    city.live.tell(...metrics.map((metric) => live('counter-1', metric, 50)));
  });
  afterAll(async () => {
    await server.close();
    await city.close();
  });

  it.each([
    ['nobody in particular', undefined, 1],
    ['a partner', 'read', 2],
    ['who only administers', 'admin', 2],
    ['an auditor', 'restricted', 3],
  ] as const)('show to %s as far as the scope goes, wherever they appear', async (name, scope, count) => {
    const as = scope && (await city.key(name.replaceAll(' ', '-'), scope));
    const asked = as === undefined ? {} : { as };
    const [shown, hidden] = [metrics.slice(0, count), metrics.slice(count)];
    const [open, closed] = [derived.slice(0, count), derived.slice(count)];

    const listed = async (path: string) => (await city.list(`/api/v1/${path}`, as)).items.map(({ metric }) => metric);
    expect(await listed('observations')).toEqual(shown);
    expect(await listed('devices/counter-1/latest')).toEqual(shown);
    const { features } = MapView.parse(await (await city.request('/api/v1/map/traffic', asked)).json());
    expect(Object.keys(features[0]?.properties.latest ?? {}).sort()).toEqual(shown);

    const statuses = (paths: readonly string[], names: readonly string[]) =>
      Promise.all(paths.flatMap((path) => names.map((id) => city.request(`/api/v1/${path}?metric=${id}`, asked)))).then(
        (responses) => [...new Set(responses.map(({ status }) => status))],
      );
    expect(await statuses(['aggregates', 'observations'], shown)).toEqual([200]);
    const refused = as === undefined ? [401] : [403];
    expect(await statuses(['aggregates', 'observations', 'stream'], hidden)).toEqual(hidden.length > 0 ? refused : []);
    // A figure tells of what it is worked out of: it is as closed as the strictest of that.
    expect(await statuses(['aggregates'], open)).toEqual([200]);
    expect(await statuses(['aggregates'], closed)).toEqual(closed.length > 0 ? refused : []);

    const authorization = as === undefined ? {} : { authorization: `Bearer ${as}` };
    for (const mode of ['', '&coalesce=0']) {
      const client = await server.stream(`?snapshot=1${mode}`, authorization);
      city.live.tell(...metrics.map((metric) => live('counter-1', metric, 51)));
      const told: unknown[] = [];
      while (told.length < 1 + count) told.push(...(await client.take(1)).map(({ data }) => data.metric));
      expect([...new Set(told)].sort()).toEqual(shown);
      client.leave();
    }
  });

  it('show in the quarantine to who may read everything of the domain', async () => {
    const item: SetAside = {
      ...{ id: '7-0', scope: 'observation', device: 'counter-1', provider: 'hanoi', domain: 'traffic', format: 'json' },
      ...{
        received: new Date(NOW).toISOString(),
        reason: 'out-of-range',
        detail: '-3 is below 0',
        metric: 'queue_length',
      },
      ...{ payload: '{"values":{"queue_length":-3}}', encoding: 'utf8', truncated: false },
    };
    await city.quarantine.put([item, { ...item, id: '8-0', domain: 'health', metric: 'icu_free' }]);
    const withheld = { ...item, detail: WITHHELD, payload: '' };
    const cases = [
      [await city.key('operator', 'admin'), withheld],
      [await city.key('controller', 'read', 'restricted'), item],
    ] as const;
    for (const [as, expected] of cases) {
      const { items } = await city.list('/api/v1/quarantine', as);
      expect(items).toEqual([
        expect.objectContaining({ id: '8-0', payload: item.payload }),
        expect.objectContaining(expected),
      ]);
      expect(await (await city.request('/api/v1/quarantine/7-0', { as })).json()).toMatchObject(expected);
    }
  });
});
