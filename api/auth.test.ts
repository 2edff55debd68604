import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCatalogue } from '../model/catalogue.ts';
import { DOMAINS } from '../model/domains/index.ts';
import { device, live, NOW, observation, openCity, type TestCity } from './testing/city.fixture.ts';
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
    ] as const;
    for (const [method, path] of writes) {
      expect((await city.request(path, { method })).status, path).toBe(401);
      expect((await city.request(path, { method, as: city.keys.read })).status, path).toBe(403);
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
  const catalogue = createCatalogue(
    DOMAINS.map((domain) => ({
      ...domain,
      metrics: domain.metrics.map((metric) => ({ ...metric, access: access[metric.id] ?? metric.access })),
    })),
  );

  const metrics = ['mean_speed', 'occupancy', 'queue_length'];
  let city: TestCity;
  beforeAll(async () => {
    city = await openCity({ deps: { catalogue } });
    await city.register(device('counter-1'));
    await city.store(...metrics.map((metric) => observation('counter-1', metric, NOW - 1_000, 50)));
    city.live.tell(...metrics.map((metric) => live('counter-1', metric, 50)));
  });
  afterAll(() => city.close());

  it.each([
    ['nobody in particular', undefined, 1],
    ['a partner', 'read', 2],
    ['an auditor', 'restricted', 3],
  ] as const)('show to %s as far as the scope goes, wherever they appear', async (name, scope, count) => {
    const as = scope && (await city.key(name.replaceAll(' ', '-'), scope));
    const asked = as === undefined ? {} : { as };
    const [shown, hidden] = [metrics.slice(0, count), metrics.slice(count)];

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
  });
});
