import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openCity, type TestCity } from '../../api/testing/city.fixture.ts';
import { AreaView } from '../../api/views.ts';
import { Position } from '../../model/geometry.ts';
import { createLocator } from '../../model/places/locate.ts';
import { Problem } from '../../model/problem.ts';
import { sharedData, withSharedData } from '../helpers/shared-data.ts';

const WARDS = 'hanoi-geo/hanoi_wards_126_2025.geojson';
const BOUNDARY = 'hanoi-geo/hanoi_city_boundary.geojson';
const STOPS = 'hanoi-points/bus_stops_osm_2025.geojson';
const MALFORMED = ['geojson/invalid', 'geojson/valid', 'geojsonhint-bad', 'geojsonhint-good', 'json-testsuite'];

const Rings = z.array(z.array(z.tuple([z.number(), z.number()])));
const Borders = z.object({
  features: z.array(
    z.object({ properties: z.object({ name: z.string() }), geometry: z.object({ coordinates: Rings }) }),
  ),
});
const Points = z.object({ features: z.array(z.object({ geometry: z.object({ coordinates: Position }) })) });

/** Ray casting as in any textbook, over every side of every ring: no index, no library. */
function holds(rings: z.infer<typeof Rings>, [x, y]: Position): boolean {
  let crossings = 0;
  for (const ring of rings)
    for (const [i, [ax, ay]] of ring.entries()) {
      const [bx, by] = ring[i + 1] ?? [ax, ay];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) crossings += 1;
    }
  return crossings % 2 === 1;
}

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());

const put = (body: string, level = 'ward') =>
  city.request(`/api/v1/areas?level=${level}`, {
    ...{ method: 'PUT', as: city.keys.admin, body },
    headers: { 'content-type': 'application/geo+json' },
  });
const all = async () => z.array(AreaView).parse((await city.list('/api/v1/areas?geometry=true')).items);

/** Every file below a folder of ../shared/data. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const at = new URL(`../../../shared/data/${folder}/`, import.meta.url);
  const found = await readdir(at, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile() && /json$/.test(entry.name))
    .map((entry) => `${folder}${entry.parentPath.slice(at.pathname.length - 1)}/${entry.name}`);
}

describe.each(MALFORMED)('every file of malformed/%s', (folder) => {
  it('is refused with a path and a reason, and changes nothing', async (context) => {
    const files = await filesBelow(`malformed/${folder}`);
    if (files.length === 0) context.skip(`../shared/data/malformed/${folder} is not here`);
    const before = await all();
    for (const file of files) {
      const response = await put(await sharedData(context, file.split('/').map(encodeURIComponent).join('/')));
      const { code, errors } = Problem.parse(await response.json());
      expect([file, response.status, code]).toEqual([file, 422, 'invalid-areas']);
      expect(errors?.length, file).toBeGreaterThan(0);
      for (const { path, message } of errors ?? []) expect(path && message, file).toBeTruthy();
    }
    expect(await all()).toEqual(before);
    await context.annotate(`${files.length} files`);
  });
});

await withSharedData([WARDS, BOUNDARY, STOPS], 'the surveyed borders of Hanoi', (wards, boundary, stops) => {
  const borders = Borders.parse(JSON.parse(wards)).features;
  const places = Points.parse(JSON.parse(stops)).features.map(({ geometry }) => geometry.coordinates);

  beforeAll(async () => {
    expect(await (await put(wards)).json()).toEqual({ level: 'ward', areas: 126 });
    expect(await (await put(boundary, 'city')).json()).toEqual({ level: 'city', areas: 1 });
  });

  it('are 126 wards with the ids they had before, none of them approximate', async () => {
    const imported = (await all()).filter(({ level }) => level === 'ward');
    expect(imported.some(({ approximate }) => approximate)).toBe(false);
    await city.request('/api/v1/areas?level=ward', { method: 'DELETE', as: city.keys.admin });
    const built = (await all()).filter(({ level }) => level === 'ward');
    await put(wards);
    const facts = (areas: readonly z.infer<typeof AreaView>[]) =>
      areas.map(({ id, kind, name, population }) => ({
        id,
        kind,
        en: name.en,
        vi: name.vi.normalize('NFC'),
        population,
      }));
    expect(facts(imported)).toEqual(facts(built));
  });

  it('hold every bus stop that plain ray casting says, and no other', async () => {
    const locate = createLocator(
      (await all()).flatMap((area) =>
        area.level === 'ward' && area.geometry ? [{ ...area, geometry: area.geometry }] : [],
      ),
    );
    let inside = 0;
    for (const stop of places) {
      const by = borders
        .filter(({ geometry }) => holds(geometry.coordinates, stop))
        .map(({ properties }) => properties.name.normalize('NFC'));
      expect(by.length, `${stop}`).toBeLessThan(2);
      expect(locate(stop)?.name.vi, `${stop}`).toBe(by[0]);
      inside += by.length;
    }
    expect(inside).toBeGreaterThan(3_000);
    expect(places.length - inside).toBeGreaterThan(100);
  });

  it('give every corner of a border to one of the wards it belongs to', async () => {
    const areas = (await all()).flatMap((area) =>
      area.level === 'ward' && area.geometry ? [{ ...area, geometry: area.geometry }] : [],
    );
    const [forward, backward] = [createLocator(areas), createLocator([...areas].reverse())];
    const owners = new Map<string, Set<string>>();
    for (const { id, geometry } of areas)
      for (const corner of geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2)) {
        const key = String(corner);
        owners.set(key, (owners.get(key) ?? new Set()).add(id));
      }
    const shared = [...owners].filter(([, ids]) => ids.size > 1);
    expect(shared.length).toBeGreaterThan(5_000);
    let lost = 0;
    for (const [corner, ids] of shared) {
      const at = Position.parse(corner.split(',').map(Number));
      const found = forward(at)?.id;
      expect(backward(at)?.id).toBe(found);
      if (found === undefined || !ids.has(found)) lost += 1;
    }
    expect(lost).toBe(0);
  });
});
