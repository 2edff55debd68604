import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { device, live, MINUTE, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';
import { MapView } from '../views.ts';

let city: TestCity;
beforeEach(async () => {
  city = await openCity();
});
afterEach(() => city.close());

async function map(query = '') {
  const response = await city.request(`/api/v1/map/traffic${query}`);
  expect(response.headers.get('content-type')).toBe('application/geo+json');
  return MapView.parse(await response.json());
}

describe('the map', () => {
  it('shows every active device of the domain with latest values, their age and level', async () => {
    await city.register(
      device('counter-1', { tags: { level: '4' } }),
      device('counter-2', { state: 'retired' }),
      device('hospital-1', { domain: 'health', kind: 'hospital' }),
    );
    city.live.tell(live('counter-1', 'mean_speed', 15), live('hospital-1', 'icu_free', 3, { domain: 'health' }));
    const { time, features } = await map();
    expect(time).toBe(new Date(NOW).toISOString());
    expect(features).toHaveLength(1);
    expect(features[0]).toMatchObject({
      ...{ type: 'Feature', id: 'counter-1', geometry: { type: 'Point' } },
      properties: {
        ...{ kind: 'counter', provider: 'hanoi', tags: { level: '4' }, headline: 'mean_speed', condition: 'live' },
        ...{ connected: null, since: null },
        latest: { mean_speed: { value: 15, age: 10, quality: 'valid', level: 'poor' } },
      },
    });
  });

  it('says which devices are new, silent and offline', async () => {
    await city.register(device('new-1'), device('live-1'), device('silent-1'), device('offline-1'));
    const since = new Date(NOW).toISOString();
    const presence = { domain: 'traffic', since, reason: 'x' };
    city.bus.publish('presence', { ...presence, device: 'silent-1', online: true });
    city.bus.publish('presence', { ...presence, device: 'offline-1', online: false });
    const quiet = { time: NOW - 4 * MINUTE, received: NOW - 4 * MINUTE };
    city.live.tell(
      live('live-1', 'mean_speed', 1, { time: NOW - 60 * MINUTE, received: NOW - 2 * MINUTE }),
      live('silent-1', 'mean_speed', 1, quiet),
      live('offline-1', 'mean_speed', 1, quiet),
    );
    const { features } = await map();
    const told = Object.fromEntries(features.map(({ id, properties: p }) => [id, [p.condition, p.connected, p.since]]));
    expect(told).toEqual({
      'new-1': ['new', null, null],
      'live-1': ['live', null, null],
      'silent-1': ['silent', true, since],
      'offline-1': ['offline', false, since],
    });
  });

  it('puts what moves where it was last seen, and nowhere before', async () => {
    await city.register(
      device('bus-1', { kind: 'bus', geometry: null }),
      device('bus-2', { kind: 'bus', geometry: null }),
    );
    city.live.tell(
      live('bus-1', 'bus_delay', 5, { time: NOW - 2_000, position: [105.1, 21] }),
      live('bus-1', 'mean_speed', 5, { time: NOW - 1_000, position: [105.2, 21] }),
    );
    const places = Object.fromEntries((await map()).features.map(({ id, geometry }) => [id, geometry]));
    expect(places).toEqual({ 'bus-1': { type: 'Point', coordinates: [105.2, 21] }, 'bus-2': null });
    expect((await map('?bbox=105.15,20,105.25,22')).features.map(({ id }) => id)).toEqual(['bus-1']);
  });

  it('shows a device at once when it is registered, and leaves it out when it is deleted', async () => {
    await map();
    await city.send('POST', '/api/v1/devices', {
      ...{ id: 'counter-9', domain: 'traffic', kind: 'counter', name: 'A', position: [105.8, 21] },
    });
    expect((await map()).features).toHaveLength(1);
    expect((await map('?simulated=only')).features).toHaveLength(0);
    await city.send('DELETE', '/api/v1/devices/counter-9', undefined);
    expect((await map()).features).toHaveLength(0);
  });

  it('knows no other domain', async () => {
    expect((await city.request('/api/v1/map/weather')).status).toBe(404);
  });
});
