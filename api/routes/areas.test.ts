import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { device, live, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';
import { AreaView } from '../views.ts';

/** Two wards side by side, north of the lake; the border runs at 105.86, where the approximation has none. */
const ring = (west: number, east: number) => [
  [west, 21.02],
  [east, 21.02],
  [east, 21.04],
  [west, 21.04],
  [west, 21.02],
];
const ward = (name: string, west: number, east: number, population?: number) => ({
  type: 'Feature',
  properties: { name, ...(population === undefined ? {} : { population }) },
  geometry: { type: 'Polygon', coordinates: [ring(west, east)] },
});
const WARDS = {
  type: 'FeatureCollection',
  features: [ward('Phường Tây', 105.84, 105.86, 12_000), ward('Phường Đông', 105.86, 105.88)],
};
const CITY = { type: 'FeatureCollection', features: [ward('Hà Nội', 105.84, 105.88)] };

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());
afterEach(async () => {
  for (const level of ['ward', 'city'])
    await city.request(`/api/v1/areas?level=${level}`, { method: 'DELETE', as: city.keys.admin });
});

const put = (body: unknown, { query = 'level=ward', type = 'application/geo+json', as = city.keys.admin } = {}) =>
  city.request(`/api/v1/areas?${query}`, {
    method: 'PUT',
    as,
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const areas = async (query: string) => z.array(AreaView).parse((await city.list(`/api/v1/areas?${query}`)).items);
const problem = async (response: Response) => Problem.parse(await response.json());

describe('importing areas', () => {
  it('replaces a level at once, approximate no more, and is audited', async () => {
    expect((await areas('level=ward')).filter(({ approximate }) => approximate)).toHaveLength(126);
    const response = await put(WARDS, { query: `level=ward&attribution=${encodeURIComponent('© Sở Nội vụ')}` });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ level: 'ward', areas: 2 });
    expect(await areas('level=ward&geometry=true')).toEqual([
      {
        ...{ id: 'dong', level: 'ward', kind: 'ward', name: { vi: 'Phường Đông', en: 'Đông Ward' }, population: null },
        ...{ point: [105.87, 21.03], approximate: false, attribution: '© Sở Nội vụ' },
        geometry: WARDS.features[1]?.geometry,
      },
      {
        ...{ id: 'tay', level: 'ward', kind: 'ward', name: { vi: 'Phường Tây', en: 'Tây Ward' }, population: 12_000 },
        ...{ point: [105.85, 21.03], approximate: false, attribution: '© Sở Nội vụ' },
        geometry: WARDS.features[0]?.geometry,
      },
    ]);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([
      { actor: 'admin', action: 'areas.import', subject: 'ward: 2 areas' },
    ]);
    expect((await areas('level=city')).map(({ id, approximate }) => [id, approximate])).toEqual([['hanoi', true]]);
  });

  it('takes the level of the city too, and both stand beside each other', async () => {
    expect((await put(WARDS, { type: 'application/json; charset=utf-8' })).status).toBe(200);
    expect((await put(CITY, { query: 'level=city' })).status).toBe(200);
    expect((await areas('')).map(({ id, level, approximate }) => [id, level, approximate])).toEqual([
      ['hanoi', 'city', false],
      ['dong', 'ward', false],
      ['tay', 'ward', false],
    ]);
  });

  it('is forgotten again: the built-in areas are back', async () => {
    const before = await areas('geometry=true');
    await put(WARDS);
    const response = await city.request('/api/v1/areas?level=ward', { method: 'DELETE', as: city.keys.admin });
    expect(response.status).toBe(204);
    expect(await areas('geometry=true')).toEqual(before);
  });

  it('moves devices, figures and what filters choose to the new borders', async () => {
    await city.register(
      device('west-1', { geometry: { type: 'Point', coordinates: [105.8599, 21.03] } }),
      device('east-1', { geometry: { type: 'Point', coordinates: [105.8601, 21.03] } }),
    );
    await city.store(
      observation('west-1', 'mean_speed', NOW - 1_000, 10),
      observation('east-1', 'mean_speed', NOW - 1_000, 30),
    );
    city.live.tell(live('west-1', 'mean_speed', 10), live('east-1', 'mean_speed', 30));
    const figures = async () => {
      const response = await city.request('/api/v1/aggregates?metric=mean_speed&group_by=area&window=all');
      const page = z
        .object({ approximate: z.boolean(), items: z.array(z.object({ group: z.string(), value: z.number() })) })
        .parse(await response.json());
      return [page.approximate, page.items.map(({ group, value }) => [group, value])];
    };
    const chosen = async (path: string) =>
      (await city.list(`/api/v1/${path}`)).items.map(({ id, device: of }) => id ?? of);
    // By the approximation both stand in one ward.
    const [approximate, [[before, mean] = []] = []] = z
      .tuple([z.boolean(), z.array(z.tuple([z.string(), z.number()]))])
      .parse(await figures());
    expect([approximate, mean]).toEqual([true, 20]);
    expect(await chosen(`devices?area=${before}`)).toEqual(['east-1', 'west-1']);

    await put(WARDS);
    expect(await figures()).toEqual([
      false,
      [
        ['dong', 30],
        ['tay', 10],
      ],
    ]);
    expect(await chosen('devices?area=tay')).toEqual(['west-1']);
    expect(await chosen('observations?area=dong')).toEqual(['east-1']);
    const map = z
      .object({ features: z.array(z.object({ id: z.string() })) })
      .parse(await (await city.request('/api/v1/map/traffic?area=dong')).json());
    expect(map.features.map(({ id }) => id)).toEqual(['east-1']);
    expect((await city.request(`/api/v1/devices?area=${before}`)).status).toBe(400);
  });
});

describe('an import is refused', () => {
  it('with what is wrong where, and changes nothing', async () => {
    await put(WARDS);
    const before = await areas('geometry=true');
    const open = ward('Phường Hở', 105.85, 105.86);
    open.geometry.coordinates[0]?.pop();
    const taken = { ...ward('Phường Một', 105.84, 105.85), id: 'hanoi' };
    const file = (...features: unknown[]) => ({ type: 'FeatureCollection', features });
    const refused: readonly [body: unknown, path: string, message: string][] = [
      ['', 'file', 'not JSON'],
      ['[]', 'file', 'FeatureCollection'],
      [file(WARDS.features[0], open), 'features[1].geometry.coordinates[0]', 'ends where it begins'],
      [file(taken), 'features[0].id', 'another level has the id hanoi'],
    ];
    for (const [body, path, message] of refused) {
      const response = await put(body);
      expect(response.status).toBe(422);
      const { code, errors, detail } = await problem(response);
      expect([code, errors?.map((error) => error.path)]).toEqual(['invalid-areas', [path]]);
      expect(errors?.[0]?.message).toContain(message);
      expect(detail).toContain(message);
    }
    expect(await areas('geometry=true')).toEqual(before);
  });

  it('without the administrator’s scope, before a byte is read', async () => {
    const huge = { body: 'x', headers: { 'content-type': 'application/json', 'content-length': '99999999' } };
    for (const method of ['PUT', 'DELETE']) {
      expect((await city.request('/api/v1/areas?level=ward', { method, ...huge })).status).toBe(401);
      expect((await city.request('/api/v1/areas?level=ward', { method, ...huge, as: city.keys.read })).status).toBe(
        403,
      );
    }
    expect(
      (await city.request('/api/v1/areas?level=ward', { method: 'PUT', ...huge, as: city.keys.admin })).status,
    ).toBe(413);
  });

  it('as another media type or level', async () => {
    expect((await put('a,b', { type: 'text/csv' })).status).toBe(415);
    for (const query of ['', 'level=district', 'level=ward&attribution=%20', 'level=ward&force=1'])
      expect((await put(WARDS, { query })).status, query).toBe(400);
  });

  it('may be larger than any other body', async () => {
    const padded = { ...WARDS, padding: 'x'.repeat(2_000_000) };
    expect((await put(padded)).status).toBe(200);
  });
});
