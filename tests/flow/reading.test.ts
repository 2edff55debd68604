import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Page = z.looseObject({ items: z.array(z.looseObject({})) });
const Drawn = z.looseObject({ features: z.array(z.looseObject({ id: z.string() })) });
const Made = z.object({ key: z.string() });

let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let city: TestCity;
beforeAll(async () => {
  folder = await temporaryDirectory();
  city = await startCity({ dataDir: folder.path });
});
afterAll(async () => {
  await city.stop();
  await folder.remove();
});

/** Registers a device and has it tell so many values, a second apart, the last one now. */
async function reporting(id: string, count: number): Promise<void> {
  const password = await city.register({ id });
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const client = await city.connect(id, password);
  const readings = Array.from({ length: count }, (_, i) => ({
    time: now - (count - 1 - i) * 1_000,
    values: { vehicle_count: i },
  }));
  for (let start = 0; start < count; start += 1_000)
    await client.publishAsync(`city/traffic/${id}/telemetry`, JSON.stringify(readings.slice(start, start + 1_000)), {
      qos: 1,
    });
  await client.endAsync();
  await city.settled();
}

describe('answers that only read come from their own thread', () => {
  it('whole and in order, however long they are', async () => {
    await reporting('counter-long', 9_000);
    const answer = await city.api('/api/v1/observations?device=counter-long&limit=10000');
    expect(answer.status).toBe(200);
    const { items } = Page.parse(await answer.json());
    expect(items.map(({ value }) => value)).toEqual(Array.from({ length: 9_000 }, (_, i) => i));
  });

  it('and know what was registered, told and imported the moment before', async () => {
    await reporting('counter-new', 1);
    const drawn = async (query = '') =>
      Drawn.parse(await city.json(`/api/v1/map/traffic${query}`)).features.filter(({ id }) => id === 'counter-new');
    // The newest values come four times a second.
    await expect
      .poll(() => drawn(), { timeout: 10_000 })
      .toMatchObject([{ properties: { latest: { vehicle_count: { value: 0 } } } }]);
    const square = (west: number) => ({
      type: 'Feature',
      properties: { id: 'o-vuong', name: 'Ô vuông' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west, 21],
            [west + 0.1, 21],
            [west + 0.1, 21.1],
            [west, 21.1],
            [west, 21],
          ],
        ],
      },
    });
    for (const [west, found] of [
      [105.8, true],
      [105.4, false],
    ] as const) {
      const body = JSON.stringify({ type: 'FeatureCollection', features: [square(west)] });
      const headers = { 'content-type': 'application/geo+json' };
      const imported = await city.api('/api/v1/areas?level=ward', { method: 'PUT', headers, body });
      expect(imported.status).toBe(200);
      expect((await drawn('?area=o-vuong')).length > 0).toBe(found);
    }
    await city.api('/api/v1/devices/counter-new', { method: 'DELETE' });
    expect(await drawn()).toEqual([]);
  });

  it('to those who may read them, and to nobody else', async () => {
    const made = await city.post('/api/v1/keys', { name: 'partner', scopes: ['read'] });
    const partner = Made.parse(await made.json()).key;
    const path = '/api/v1/aggregates?metric=failed_logins&window=1h';
    const asked = (authorization?: string) =>
      fetch(`${city.url}${path}`, { headers: authorization === undefined ? {} : { authorization } });
    expect((await asked()).status).toBe(401);
    expect((await asked(`Bearer ${partner}`)).status).toBe(403);
    expect((await asked('Bearer nobody.nothing')).status).toBe(401);
    expect((await city.api(path.replace('failed_logins', 'vehicle_count'))).status).toBe(200);
  });

  it('with problem details where the question is wrong', async () => {
    const answer = await city.api('/api/v1/aggregates?metric=no_such_metric&window=1h');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'invalid-request', instance: '/api/v1/aggregates' });
  });

  it('once only for whoever has them already, and without a body for HEAD', async () => {
    const path = '/api/v1/observations?device=counter-long&limit=10&from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z';
    const first = await city.api(path);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    await first.arrayBuffer();
    expect((await city.api(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const head = await city.api(path, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });

  it('and an export that nobody reads any more makes room for the next', async () => {
    const path = '/api/v1/export/observations?format=ndjson&device=counter-long';
    const key = (await readFile(`${folder.path}/admin.key`, 'utf8')).trim();
    const headers = { authorization: `Bearer ${key}` };
    for (let i = 0; i < 6; i += 1) {
      const asking = request(`${city.url}${path}`, { headers });
      asking.end();
      const [answer] = await once(asking, 'response');
      expect(answer.statusCode).toBe(200);
      await once(answer, 'readable');
      asking.destroy();
      // The two that a key may have at a time are free again when the hanging up has arrived.
      for (;;) {
        const next = await city.api(path);
        const lines = (await next.text()).trim().split('\n');
        if (next.status === 429) continue;
        expect(lines).toHaveLength(9_000);
        break;
      }
    }
  });
});
