import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PROBLEMS, Problem } from '../model/problem.ts';
import { StoreUnavailable } from '../storage/telemetry/port.ts';
import { openCity, type TestCity } from './testing/city.fixture.ts';

const Paths = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const problem = async (response: Response) => Problem.parse(await response.json());

describe('the API as a whole', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await openCity();
  });
  afterAll(() => city.close());

  it('describes itself in valid OpenAPI 3.1', async () => {
    const document = z.record(z.string(), z.unknown()).parse(city.document);
    const validator = new Validator();
    expect(await validator.validate(document)).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route in the document and every documented route in the app', () => {
    const documented = Object.entries(Paths.parse(city.document).paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = city.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect([...new Set(routed)].sort()).toEqual(documented.sort());
  });

  it('answers what is not there as a problem', async () => {
    const response = await city.request('/api/v1/nothing');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await problem(response)).toMatchObject({ code: 'not-found', instance: '/api/v1/nothing' });
  });

  it('answers a wrong method with those there are', async () => {
    const response = await city.request('/api/v1/devices/abc', { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH']);
    expect((await problem(response)).code).toBe('method-not-allowed');
  });

  it.each([
    '/api/v1/domains?verbose=1',
    '/api/v1/devices?domian=traffic',
    '/api/v1/map/traffic?zoom=3',
    '/api/v1/observations?metrics=mean_speed',
    '/api/v1/stream?device=abc-1&cursor=x',
  ])('refuses the unknown parameter of %s by name', async (path) => {
    const response = await city.request(path);
    const unknown = [...new URL(path, 'http://city').searchParams.keys()].at(-1);
    expect(response.status).toBe(400);
    const { code, errors } = await problem(response);
    expect(code).toBe('invalid-request');
    expect(errors?.map(({ path }) => path)).toEqual([unknown]);
  });

  it('refuses a parameter given twice where one is taken', async () => {
    expect((await city.request('/api/v1/devices?domain=traffic&domain=health')).status).toBe(400);
  });

  it('explains every problem it can answer', async () => {
    for (const code of Object.keys(PROBLEMS)) {
      const response = await city.request(`/api/v1/problems/${code}`);
      expect(await response.json()).toMatchObject({ code, title: expect.any(String), advice: expect.any(String) });
    }
    expect((await city.request('/api/v1/problems/constructor')).status).toBe(404);
  });

  it('answers HEAD as GET without the body, also for the stream', async () => {
    const head = await city.request('/api/v1/domains', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const stream = await city.request('/api/v1/stream', { method: 'HEAD' });
    expect([stream.status, await stream.text()]).toEqual([200, '']);
    expect(city.api.streams()).toBe(0);
  });

  it('spares what the client has already', async () => {
    const first = await city.request('/api/v1/domains');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    const again = await city.request('/api/v1/domains', { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each([
    ['*', '*', ['accept-encoding', 'authorization', 'cookie']],
    [['https://example.org'], 'https://example.org', ['accept-encoding', 'authorization', 'cookie', 'origin']],
  ] as const)(
    'tells pages of other origins (%j) the same with a 304 as with a 200',
    async (corsOrigins, allowed, vary) => {
      const open = await openCity({ config: { corsOrigins } });
      try {
        const origin = 'https://example.org';
        const first = await open.request('/api/v1/domains', { headers: { origin } });
        const again = await open.request('/api/v1/domains', {
          headers: { origin, 'if-none-match': first.headers.get('etag') ?? '' },
        });
        expect([first.status, again.status]).toEqual([200, 304]);
        for (const { headers } of [first, again]) {
          expect(headers.get('access-control-allow-origin')).toBe(allowed);
          expect(headers.get('access-control-expose-headers')).toContain('ETag');
          expect(headers.get('vary')?.toLowerCase().split(', ').sort()).toEqual(vary);
        }
      } finally {
        await open.close();
      }
    },
  );

  it.each(['/api/v1/map/traffic', '/api/v1/observations', '/api/v1/devices'])(
    'lets no cache give %s of one key to another',
    async (path) => {
      const { headers } = await city.request(path, { as: city.keys.read });
      expect(headers.get('cache-control')).toBe('private, no-cache');
      expect(headers.get('vary')).toContain('Authorization, Cookie');
    },
  );

  it('compresses what is large', async () => {
    const response = await city.request('/api/v1/domains', { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
  });

  it('lets pages of other origins read, without cookies', async () => {
    const response = await city.request('/api/v1/domains', { headers: { origin: 'https://example.org' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    const preflight = await city.app.request('/api/v1/devices', {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('serves its documentation without a request elsewhere', async () => {
    const html = await (await city.request('/api/docs')).text();
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).toMatch(/^\/api\/docs\//);
      expect((await city.app.request(link)).status).toBe(200);
    }
    for (const [path, method] of [
      ['/api/docs/package.json', 'GET'],
      ['/api/docs/start.js', 'POST'],
    ] as const) {
      const response = await city.app.request(path, { method });
      expect([response.status, (await problem(response)).code]).toEqual([404, 'not-found']);
    }
  });

  it('serves health and Prometheus at the root', async () => {
    expect(await (await city.request('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await city.request('/readyz')).status).toBe(200);
    const metrics = await city.request('/metrics');
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
    expect(await metrics.text()).toContain('up 1');
  });
});

describe('when something is wrong behind the API', () => {
  it('says that the store does not answer, and when to ask again', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const inner = await openCity();
    const telemetry = {
      ...inner.telemetry,
      range: () => Promise.reject(new StoreUnavailable('10.0.0.7 refused')),
      latest: () => Promise.reject(new Error('password=hunter2')),
    };
    const city = await openCity({
      deps: { telemetry, log, ready: async () => ({ ready: false, checks: { store: false } }) },
    });
    try {
      const response = await city.request('/api/v1/observations');
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      const text = await response.text();
      expect(text).toContain('store-unavailable');
      expect(text).not.toContain('10.0.0.7');
      expect((await city.request('/readyz')).status).toBe(503);

      await city.send('POST', '/api/v1/devices', {
        ...{ id: 'abc-1', domain: 'traffic', kind: 'counter', name: 'A', position: [105.8, 21] },
      });
      const broken = await city.app.request('/api/v1/devices/abc-1/latest');
      expect(broken.status).toBe(500);
      const body = await broken.text();
      expect(body).toContain('internal');
      expect(body).not.toContain('hunter2');
      expect(lines.join('')).toContain('hunter2');
    } finally {
      await city.close();
      await inner.close();
    }
  });
});

describe('the built page', () => {
  it('is served with its own paths, and never in place of the API', async () => {
    const root = await mkdtemp(join(tmpdir(), 'web-'));
    await mkdir(join(root, 'assets'));
    await writeFile(join(root, 'index.html'), '<title>Nhịp</title>');
    await writeFile(join(root, 'assets', 'app-1a2b.js'), 'export {};');
    const city = await openCity({ deps: { webRoot: root } });
    try {
      for (const path of ['/', '/tourism', '/device/abc']) {
        const page = await city.app.request(path);
        expect(await page.text()).toContain('Nhịp');
        expect(page.headers.get('cache-control')).toBe('no-cache');
      }
      const script = await city.app.request('/assets/app-1a2b.js');
      expect(script.headers.get('cache-control')).toContain('immutable');
      expect(script.headers.get('content-type')).toContain('javascript');
      expect((await city.app.request('/assets/gone.js')).status).toBe(404);
      expect((await city.app.request('/api/nothing')).status).toBe(404);
      expect((await city.app.request('/api/v1/nothing', { method: 'POST' })).status).toBe(404);
      for (const [method, path, status] of [
        ['POST', '/', 405],
        ['DELETE', '/tourism', 405],
        ['PUT', '/assets/app-1a2b.js', 405],
        ['POST', '/healthz', 405],
        ['POST', '/mqtt', 404],
        ['GET', '/api/v1/nothing', 404],
      ] as const) {
        const refused = await city.app.request(path, { method });
        expect([path, refused.status]).toEqual([path, status]);
        expect(refused.headers.get('content-type')).toBe('application/problem+json');
        expect(refused.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null);
        expect(await problem(refused)).toMatchObject({ status, instance: path });
      }
      expect((await city.app.request('/', { method: 'HEAD' })).status).toBe(200);
      expect((await city.app.request('/../package.json')).status).toBe(200);
      expect(await (await city.app.request('/%2e%2e/package.json')).text()).not.toContain('"version"');
    } finally {
      await city.close();
      await rm(root, { recursive: true });
    }
  });
});
