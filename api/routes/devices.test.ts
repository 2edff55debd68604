import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Device } from '../../model/device.ts';
import { Problem } from '../../model/problem.ts';
import { matches } from '../../storage/secret.ts';
import { RenewedCredential } from '../credential.ts';
import { device, live, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';
import { RegisteredDevice } from '../views.ts';

const counter = { id: 'counter-1', domain: 'traffic', kind: 'counter', name: 'Kim Mã', position: [105.82, 21.03] };
const problem = async (response: Response) => Problem.parse(await response.json());
const ids = (page: { items: Record<string, unknown>[] }) => page.items.map(({ id }) => id);

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

describe('registering a device', () => {
  it('answers its credential once, which lets it in, and where it is', async () => {
    const response = await city.send('POST', '/api/v1/devices', counter);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/api/v1/devices/counter-1');
    const { credential } = RegisteredDevice.parse(await response.json());
    expect(credential.username).toBe('counter-1');
    const principal = await city.registry.principal('counter-1');
    expect(principal && matches(credential.password, principal.hash)).toBe(true);

    const shown = await (await city.request('/api/v1/devices/counter-1')).json();
    expect(shown).toMatchObject({ provider: 'hanoi', simulated: false, state: 'active', tags: {} });
    expect(shown).not.toHaveProperty('credential');
  });

  it('is told on the bus and audited', async () => {
    const told: string[] = [];
    city.bus.subscribe('device', ({ id }) => told.push(id));
    await city.send('POST', '/api/v1/devices', counter);
    expect(told).toEqual(['counter-1']);
    expect(await city.registry.audits({ limit: 1 })).toMatchObject([
      { actor: 'admin', action: 'device.create', subject: 'counter-1' },
    ]);
  });

  it.each([
    ['an unknown domain', { domain: 'weather' }, 'domain'],
    ['an unknown kind', { kind: 'submarine' }, 'kind'],
    ['a kind of another domain', { kind: 'hospital' }, 'kind'],
    ['a point where a line is needed', { kind: 'road-segment' }, 'geometry'],
    ['no place where one is needed', { position: undefined }, 'geometry'],
  ])('refuses %s, naming it', async (_, other, path) => {
    const response = await city.send('POST', '/api/v1/devices', { ...counter, ...other });
    expect(response.status).toBe(422);
    const { code, errors } = await problem(response);
    expect(code).toBe('invalid-device');
    expect(errors?.map((error) => error.path)).toEqual([path]);
    expect(await city.registry.devices({})).toEqual([]);
  });

  it('refuses a body of the wrong shape with every fault', async () => {
    const response = await city.send('POST', '/api/v1/devices', { ...counter, id: 'No!', position: [200, 21] });
    expect(response.status).toBe(400);
    expect((await problem(response)).errors?.map(({ path }) => path)).toEqual(['id', 'position.0']);
  });

  it('refuses what is not JSON, another media type and a taken id', async () => {
    const post = (body: string, type: string) =>
      city.request('/api/v1/devices', { method: 'POST', as: city.keys.admin, body, headers: { 'content-type': type } });
    expect(await problem(await post('{', 'application/json'))).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(await problem(await post('a,b', 'text/plain'))).toMatchObject({ status: 415 });
    await city.send('POST', '/api/v1/devices', counter);
    const again = await problem(await city.send('POST', '/api/v1/devices', counter));
    expect(again).toMatchObject({ status: 409, code: 'conflict' });
    expect(again.detail).toContain('counter-1');
  });

  it('refuses a member it does not know by its name', async () => {
    const response = await city.send('POST', '/api/v1/devices', { ...counter, geometri: null, tag: {} });
    const { status, code, errors } = await problem(response);
    expect([status, code]).toEqual([400, 'invalid-request']);
    expect(errors?.map(({ path }) => path)).toEqual(['geometri', 'tag']);
    expect(await city.registry.devices({})).toEqual([]);
  });

  it('takes what moves without a place', async () => {
    const bus = { id: 'bus-1', domain: 'traffic', kind: 'bus', name: 'Bus 1' };
    const response = await city.send('POST', '/api/v1/devices', bus);
    expect(await response.json()).toMatchObject({ geometry: null });
  });
});

describe('changing a device', () => {
  beforeEach(() => city.register(device('counter-1', { tags: { level: '1' } })));

  it('changes what may change and tells it', async () => {
    const told: string[] = [];
    city.bus.subscribe('device', ({ id }) => told.push(id));
    const patch = { name: 'Mới', position: [105.8, 21], tags: { level: '2' }, state: 'retired' };
    const changed = Device.parse(await (await city.send('PATCH', '/api/v1/devices/counter-1', patch)).json());
    expect(changed).toMatchObject({
      ...{ name: 'Mới', tags: { level: '2' }, state: 'retired', updated: new Date(NOW).toISOString() },
      geometry: { type: 'Point', coordinates: [105.8, 21] },
    });
    expect(await city.registry.device('counter-1')).toEqual(changed);
    expect(told).toEqual(['counter-1']);
  });

  it('leaves domain and kind alone, and a geometry its kind cannot have', async () => {
    expect((await city.send('PATCH', '/api/v1/devices/counter-1', { kind: 'bus' })).status).toBe(400);
    const line = {
      type: 'LineString',
      coordinates: [
        [105.8, 21],
        [105.9, 21],
      ],
    };
    expect((await city.send('PATCH', '/api/v1/devices/counter-1', { geometry: line })).status).toBe(422);
  });

  it('gets a new password, and the old one stays good for a day, for as long as is said, or not at all', async () => {
    const renew = async (query: string) => {
      const before = await city.registry.principal('counter-1');
      const response = await city.send('POST', `/api/v1/devices/counter-1/credential${query}`, undefined);
      const { password, previousUntil } = RenewedCredential.parse(await response.json());
      const after = await city.registry.principal('counter-1');
      expect(after && matches(password, after.hash)).toBe(true);
      expect(after?.hash).not.toEqual(before?.hash);
      const { hash, until } = after?.previous ?? {};
      if (until !== undefined) expect(hash).toEqual(before?.hash);
      expect(until).toBe(previousUntil === null ? undefined : Date.parse(previousUntil));
      return until === undefined ? 'ended' : (until - NOW) / 60_000;
    };
    expect(await renew('')).toBe(24 * 60);
    expect(await renew('?overlap=600')).toBe(10);
    expect(await renew('?overlap=0')).toBe('ended');
    for (const wrong of ['-1', '1.5', 'x', '', '9999999', '0&overlap=1'])
      expect((await city.send('POST', `/api/v1/devices/counter-1/credential?overlap=${wrong}`, undefined)).status).toBe(
        400,
      );
  });

  it('deletes it, once', async () => {
    expect((await city.send('DELETE', '/api/v1/devices/counter-1', undefined)).status).toBe(204);
    expect((await city.send('DELETE', '/api/v1/devices/counter-1', undefined)).status).toBe(404);
    expect((await city.request('/api/v1/devices/counter-1')).status).toBe(404);
    expect((await city.list('/api/v1/devices')).items).toEqual([]);
  });
});

describe('listing devices', () => {
  beforeEach(() =>
    city.register(
      device('counter-1', { tags: { level: '4' }, name: 'Đống Đa', provider: 'sgtvt' }),
      device('counter-2', { simulated: true, geometry: { type: 'Point', coordinates: [105.3414, 21.0581] } }),
      device('bus-1', { kind: 'bus', geometry: null }),
      device('hospital-1', { domain: 'health', kind: 'hospital', state: 'retired' }),
    ),
  );

  it.each([
    ['domain=traffic', ['bus-1', 'counter-1', 'counter-2']],
    ['kind=hospital', ['hospital-1']],
    ['provider=sgtvt', ['counter-1']],
    ['tag=level:4', ['counter-1']],
    ['search=dong+da', ['counter-1']],
    ['search=COUNTER', ['counter-1', 'counter-2']],
    ['simulated=only', ['counter-2']],
    ['simulated=exclude&domain=traffic', ['bus-1', 'counter-1']],
    ['state=retired', ['hospital-1']],
    ['bbox=105.8,21,105.9,21.1&domain=traffic', ['counter-1']],
    ['area=ba-vi', ['counter-2']],
    ['area=hanoi&kind=counter', ['counter-1', 'counter-2']],
  ])('narrows by %s', async (query, expected) => {
    expect(ids(await city.list(`/api/v1/devices?${query}`))).toEqual(expected);
  });

  it('finds what moves where it was last seen', async () => {
    city.live.tell(live('bus-1', 'bus_delay', 5, { position: [105.3414, 21.0581] }));
    expect(ids(await city.list('/api/v1/devices?area=ba-vi'))).toEqual(['bus-1', 'counter-2']);
  });

  it('pages through all without gap or repeat', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    for (;;) {
      const { items, next } = await city.list(`/api/v1/devices?limit=3${cursor}`);
      seen.push(...items.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(seen).toEqual(['bus-1', 'counter-1', 'counter-2', 'hospital-1']);
  });

  it('refuses a cursor of other filters, of another list, and nonsense', async () => {
    const { next } = await city.list('/api/v1/devices?limit=1');
    for (const path of [
      `/api/v1/devices?domain=traffic&cursor=${next}`,
      `/api/v1/observations?cursor=${next}`,
      '/api/v1/devices?cursor=AAAA',
      '/api/v1/devices?cursor=%00',
    ])
      expect(await problem(await city.request(path))).toMatchObject({ status: 400, code: 'invalid-cursor' });
  });

  it.each(['area=atlantis', 'domain=weather', 'bbox=1,2,3', 'bbox=9,9,1,1', 'tag=level', 'limit=0', 'limit=5000'])(
    'refuses %s',
    async (query) => {
      expect((await city.request(`/api/v1/devices?${query}`)).status).toBe(400);
    },
  );
});

describe('the newest of one device', () => {
  it('is the live state, judged by the thresholds; the store where there is none', async () => {
    await city.register(device('counter-1'), device('counter-2'));
    city.live.tell(live('counter-1', 'mean_speed', 5), live('counter-1', 'vehicle_count', 40));
    const { items } = await city.list('/api/v1/devices/counter-1/latest');
    expect(items).toMatchObject([
      { metric: 'mean_speed', value: 5, level: 'severe' },
      { metric: 'vehicle_count', value: 40, level: null },
    ]);
    await city.store(observation('counter-2', 'mean_speed', NOW - 1_000, 55));
    expect((await city.list('/api/v1/devices/counter-2/latest')).items).toMatchObject([{ value: 55, level: 'good' }]);
  });
});
