import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { matches } from '../../storage/secret.ts';
import { device, openCity, type TestCity } from '../testing/city.fixture.ts';
import { ImportedDevice } from '../views.ts';

const counter = { id: 'counter-1', domain: 'traffic', kind: 'counter', name: 'Kim Mã', position: [105.82, 21.03] };
const problem = async (response: Response) => Problem.parse(await response.json());

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());
// The embedded store takes long to open; each test gets an empty registry all the same.
afterEach(async () => {
  for (const { id } of await city.registry.devices({})) {
    await city.registry.deleteDevice(id);
    city.bus.publish('device', { id });
  }
});

describe('importing devices', () => {
  const importing = (body: string, type: string) =>
    city.request('/api/v1/devices/import', {
      method: 'POST',
      as: city.keys.admin,
      body,
      headers: { 'content-type': type },
    });

  it('registers NDJSON by the thousand and answers a credential for each', async () => {
    const lines = Array.from({ length: 1_200 }, (_, i) => JSON.stringify({ ...counter, id: `counter-${i}` }));
    const response = await importing(`${lines.join('\n')}\n`, 'application/x-ndjson');
    expect(response.status).toBe(200);
    const { items } = z.object({ items: z.array(ImportedDevice) }).parse(await response.json());
    expect(new Set(items.map(({ credential }) => credential.password)).size).toBe(1_200);
    const principal = await city.registry.principal('counter-700');
    expect(principal && matches(items[700]?.credential.password ?? '', principal.hash)).toBe(true);
  });

  it('takes CSV with tags, quotes and a line geometry', async () => {
    const csv = [
      '\uFEFFid,domain,kind,name,lon,lat,geometry,provider,simulated,tag:level,tag:field',
      'counter-1,traffic,counter,"Kim Mã, ""bắc""",105.82,21.03,,sở-gtvt,,4,',
      'road-1,traffic,road-segment,Đường,,,"{""type"":""LineString"",""coordinates"":[[105.8,21],[105.9,21]]}",,true,,đường',
      'bus-1,traffic,bus,Xe,,,,,,,',
    ].join('\r\n');
    const response = await importing(csv.replace('sở-gtvt', 'so-gtvt'), 'text/csv; charset=utf-8');
    expect(response.status).toBe(200);
    const byId = new Map((await city.registry.devices({})).map((each) => [each.id, each]));
    expect(byId.get('counter-1')).toMatchObject({ name: 'Kim Mã, "bắc"', provider: 'so-gtvt', tags: { level: '4' } });
    expect(byId.get('road-1')).toMatchObject({
      geometry: { type: 'LineString' },
      simulated: true,
      tags: { field: 'đường' },
    });
    expect(byId.get('bus-1')?.geometry).toBeNull();
  });

  it('registers none where one is wrong, and names the lines', async () => {
    const csv = [
      'id,domain,kind,name,lon,lat',
      'good-1,traffic,counter,A,105.8,21',
      'bad-1,traffic,submarine,B,105.8,21',
      'bad-2,traffic,counter,C,east,21',
      'good-1,traffic,counter,D,105.8,21',
    ].join('\n');
    const response = await importing(csv, 'text/csv');
    expect(response.status).toBe(422);
    const paths = (await problem(response)).errors?.map(({ path }) => path);
    expect(paths).toEqual(['line 3: kind', 'line 4: position.0', 'line 5: id']);
    expect(await city.registry.devices({})).toEqual([]);
  });

  it('refuses a member of NDJSON it does not know by its line and name', async () => {
    const lines = [counter, { ...counter, id: 'counter-2', colour: 'red', speed: 3 }].map((row) => JSON.stringify(row));
    const response = await importing(lines.join('\n'), 'application/x-ndjson');
    expect(response.status).toBe(422);
    expect((await problem(response)).errors?.map(({ path }) => path)).toEqual(['line 2: colour', 'line 2: speed']);
    expect(await city.registry.devices({})).toEqual([]);
  });

  it('names at most a hundred faults', async () => {
    const response = await importing('{}\n'.repeat(300), 'application/x-ndjson');
    expect((await problem(response)).errors).toHaveLength(100);
  });

  it.each([
    ['an unknown column', 'id,domain,kind,name,colour\na-1,traffic,counter,A,red', 'text/csv', 422],
    ['a broken quote', 'id,domain\n"a-1,traffic', 'text/csv', 422],
    ['a line that is not JSON', '{"id":', 'application/x-ndjson', 422],
    ['nothing', '', 'text/csv', 400],
    ['another media type', '[]', 'application/json', 415],
  ])('refuses %s', async (_, body, type, status) => {
    expect((await importing(body, type)).status).toBe(status);
  });

  it('refuses all where one is registered already', async () => {
    await city.register(device('counter-1'));
    const lines = ['counter-0', 'counter-1'].map((id) => JSON.stringify({ ...counter, id }));
    expect((await importing(lines.join('\n'), 'application/x-ndjson')).status).toBe(409);
    expect(await city.registry.device('counter-0')).toBeUndefined();
  });
});
