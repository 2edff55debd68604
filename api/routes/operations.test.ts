import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../model/catalogue.ts';
import type { SetAside } from '../../storage/quarantine/port.ts';
import type { ApiDeps } from '../deps.ts';
import { HOUR, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';

type Door = NonNullable<ApiDeps['deviceRoutes']>;

function item(id: string, received: number, other: Partial<SetAside> = {}): SetAside {
  return {
    ...{
      id,
      scope: 'message',
      device: 'counter-1',
      provider: 'hanoi',
      domain: 'traffic',
      format: 'json',
      received: new Date(received).toISOString(),
    },
    ...{ reason: 'malformed-json', detail: 'x', metric: null, payload: '{', encoding: 'utf8', truncated: false },
    ...other,
  };
}

/** A door for devices as the broker gives it. */
function deviceDoor(): Door {
  const door: Door = new OpenAPIHono();
  return door.openapi(
    {
      ...{ method: 'post', path: '/devices/{id}/telemetry' },
      request: { params: z.object({ id: z.string() }) },
      responses: {
        202: {
          description: 'Accepted',
          content: { 'application/json': { schema: z.object({ accepted: z.number() }) } },
        },
      },
    },
    (c) => c.json({ accepted: 1 }, 202),
  );
}

let city: TestCity;
beforeAll(async () => {
  city = await openCity({ deps: { deviceRoutes: deviceDoor() } });
});
afterAll(() => city.close());

describe('the quarantine', () => {
  beforeAll(() =>
    city.quarantine.put([
      item('1-0', NOW - 3 * HOUR),
      item('2-0', NOW - 2 * HOUR, { reason: 'wrong-time', provider: 'sgtvt' }),
      item('3-0', NOW - HOUR, { device: 'counter-2' }),
    ]),
  );
  const ids = async (query: string) =>
    (await city.list(`/api/v1/quarantine?${query}`, city.keys.read)).items.map(({ id }) => id);

  it.each([
    ['', ['3-0', '2-0', '1-0']],
    ['device=counter-2', ['3-0']],
    ['provider=sgtvt', ['2-0']],
    ['reason=malformed-json', ['3-0', '1-0']],
    [`from=${NOW - 2 * HOUR}&to=${NOW - HOUR}`, ['2-0']],
  ])('lists the newest first, narrowed by "%s"', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('is paged, and knows no other reason', async () => {
    const first = await city.list('/api/v1/quarantine?limit=2', city.keys.read);
    expect(first.items).toHaveLength(2);
    expect(await ids(`limit=2&cursor=${first.next}`)).toEqual(['1-0']);
    expect((await city.request('/api/v1/quarantine?reason=bored', { as: city.keys.read })).status).toBe(400);
  });
});

describe('the vocabulary', () => {
  it('gives each domain the whole rows of what its kinds report, also of other domains', async () => {
    const { items } = await city.list('/api/v1/domains');
    expect(items.map(({ id }) => id)).toEqual(catalogue.domains.map(({ id }) => id));
    const health = z.object({ metrics: z.array(z.object({ id: z.string(), unit: z.string() })) }).parse(items[2]);
    expect(health.metrics.map(({ id }) => id)).toContain('vehicle_speed');
  });

  it('lists every metric, derived ones too, with the domain that declares it', async () => {
    const { items } = await city.list('/api/v1/metrics');
    const byId = new Map(items.map((row) => [row.id, row]));
    expect(byId.get('mean_speed')).toMatchObject({ domain: 'traffic', unit: 'km/h' });
    expect(byId.get('bed_occupancy')).toMatchObject({ domain: 'health', overDevices: 'ratio' });
    expect((await city.list('/api/v1/metrics?domain=tourism')).items).toHaveLength(5);
  });

  it('marks wards as approximate until they are imported, with the attribution they ask for', async () => {
    const wards = await city.list('/api/v1/areas?level=ward');
    expect(wards.items).toHaveLength(126);
    expect(wards.items[0]).toMatchObject({ approximate: true, attribution: expect.stringContaining('OpenStreetMap') });
    expect(wards.items[0]).not.toHaveProperty('geometry');
    const cities = await city.list('/api/v1/areas?level=city&geometry=true');
    expect(cities.items).toMatchObject([{ id: 'hanoi', geometry: { type: 'Polygon' } }]);
  });

  it('lists providers', async () => {
    await city.registry.putProvider({ id: 'sgtvt', name: 'Sở GTVT', simulated: false });
    expect((await city.list('/api/v1/providers')).items).toContainEqual({
      id: 'sgtvt',
      name: 'Sở GTVT',
      simulated: false,
    });
  });
});

describe('the door of the devices', () => {
  it('is mounted with its own credentials, and stands in the document', async () => {
    const headers = { authorization: 'Basic YTpi' };
    const response = await city.request('/api/v1/devices/counter-1/telemetry', { method: 'POST', headers });
    expect([response.status, await response.json()]).toEqual([202, { accepted: 1 }]);
    expect(city.document).toHaveProperty(['paths', '/api/v1/devices/{id}/telemetry', 'post', 'responses', '202']);
  });
});

describe('the ledger', () => {
  it('is the books as they are kept', async () => {
    const books = await (await city.request('/api/v1/ledger', { as: city.keys.read })).json();
    expect(books).toMatchObject({ messages: { pending: 0 }, observations: { stored: 0 }, providers: [] });
  });
});
