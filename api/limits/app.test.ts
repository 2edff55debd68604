import { afterEach, describe, expect, it } from 'vitest';
import { openCity, type TestCity } from '../testing/city.fixture.ts';

let city: TestCity | undefined;
afterEach(async () => {
  await city?.close();
  city = undefined;
});

const LIMITS = {
  requests: { rate: 1, burst: 2 },
  dear: { atOnce: 1, each: 1, waiting: 1 },
  view: { atOnce: 2, each: 1, waiting: 1 },
};

describe('an API with limits', () => {
  it('limits the API and neither health, measurements nor documentation', async () => {
    city = await openCity({ config: { limits: LIMITS } });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await city.request('/api/v1/domains')).status);
    expect(statuses).toEqual([200, 200, 429]);
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/openapi.json'])
      expect((await city.request(path)).status).toBe(200);
  });

  it('answers a refusal with the headers that tell when to come again', async () => {
    city = await openCity({ config: { limits: { ...LIMITS, requests: { rate: 0.1, burst: 1 } } } });
    await city.request('/api/v1/domains');
    const refused = await city.request('/api/v1/domains', { headers: { origin: 'https://example.org' } });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(refused.headers.get('ratelimit')).toBe('"requests";r=0;t=10');
    expect(refused.headers.get('access-control-expose-headers')).toContain('RateLimit');
  });

  it('lets nobody fill the line in which the map by view is made ready', async () => {
    city = await openCity({ config: { limits: { ...LIMITS, requests: { rate: 100, burst: 100 } } } });
    const ask = (search: string) => city?.request(`/api/v1/map/traffic/tiles/10/812/450.mvt?search=${search}`);
    const all = await Promise.all(['a', 'b', 'c', 'd'].map(ask));
    // One runs, one waits, and what comes beyond is sent away.
    expect(all.map((answer) => answer?.status)).toEqual([200, 200, 429, 429]);
    expect((await city.request('/api/v1/map/traffic/summary')).status).toBe(200);
  });

  it('has no limit where none is set', async () => {
    city = await openCity();
    for (let i = 0; i < 300; i += 1) expect((await city.request('/api/v1/problems/not-found')).status).toBe(200);
  });
});
