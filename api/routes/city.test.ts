import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, createCatalogue } from '../../model/catalogue.ts';
import { type AggregateQuery, StoreUnavailable } from '../../storage/telemetry/port.ts';
import { device, HOUR, live, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';
import { CityView } from './city.ts';

const LONG_AGO = new Date(NOW - 30 * 24 * HOUR).toISOString();
/** Midnight in Hanoi. */
const TODAY = NOW - 12 * HOUR;

async function view(city: TestCity, query = '', as?: string): Promise<CityView> {
  const response = await city.request(`/api/v1/city${query}`, as === undefined ? {} : { as });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return CityView.parse(await response.json());
}
function figure({ domains }: CityView, metric: string) {
  return domains.flatMap(({ figures }) => figures).find((each) => each.metric === metric);
}

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1', { created: LONG_AGO }),
    device('counter-2', {
      created: LONG_AGO,
      simulated: true,
      geometry: { type: 'Point', coordinates: [105.3414, 21.0581] },
    }),
    device('counter-3', { created: LONG_AGO, state: 'retired' }),
    device('bus-1', { created: LONG_AGO, kind: 'bus', geometry: null }),
    device('desk-1', { created: LONG_AGO, domain: 'public-services', kind: 'service-desk' }),
    device('desk-2', { created: LONG_AGO, domain: 'public-services', kind: 'service-desk' }),
    device('station-1', { created: LONG_AGO, domain: 'environment', kind: 'air-station' }),
  );
  await city.store(
    ...[40, 20].map((speed, i) => observation('counter-1', 'mean_speed', NOW - (i + 1) * MINUTE, speed)),
    observation('counter-2', 'mean_speed', NOW, 50),
    observation('counter-3', 'mean_speed', NOW - MINUTE, 200),
    observation('counter-1', 'mean_speed', NOW - 20 * MINUTE, 0),
    observation('desk-1', 'dossiers_received', TODAY, 100),
    observation('desk-1', 'dossiers_online', TODAY, 10),
    observation('desk-2', 'dossiers_received', NOW - HOUR, 20),
    observation('desk-2', 'dossiers_online', NOW - HOUR, 20),
    observation('desk-2', 'dossiers_received', TODAY - 1, 1_000),
    // The hour under way has nothing yet: the one before has an index.
    ...[3, 2, 1].map((hours) => observation('station-1', 'pm2_5', NOW - hours * HOUR, 25)),
  );
  city.live.tell(live('counter-1', 'mean_speed', 40), live('counter-2', 'mean_speed', 50));
  city.live.tell(live('station-1', 'pm2_5', 25, { domain: 'environment', received: NOW - HOUR }));
  city.live.tell(live('bus-1', 'vehicle_speed', 30, { position: [105.3414, 21.0581] }));
});
afterAll(() => city.close());

describe('the city at a glance', () => {
  it('tells the key figures of every domain in the order of its rows', async () => {
    const { domains, approximate } = await view(city);
    expect(
      domains.map(({ domain, figures }) => [domain, ...figures.map(({ metric, over }) => [metric, over])]),
    ).toEqual(
      catalogue.domains.map(({ id, keyFigures }) => [id, ...keyFigures.map(({ metric, over }) => [metric, over])]),
    );
    expect(approximate).toBe(false);
  });

  it('tells a figure of active devices over its span, and how complete it is', async () => {
    expect(figure(await view(city), 'mean_speed')).toEqual({
      ...{ metric: 'mean_speed', value: 40, level: 'good', unit: 'km/h', over: 'PT15M', missing: null },
      ...{ from: new Date(NOW - 15 * MINUTE).toISOString(), to: new Date(NOW).toISOString() },
      ...{
        received: 3,
        devices: 2,
        oldest: new Date(NOW - 2 * MINUTE).toISOString(),
        newest: new Date(NOW).toISOString(),
      },
      // Two counters by the minute for a quarter of an hour; a bus tells its own speed, which is another metric.
      ...{ expected: 30, completeness: 3 / 30 },
    });
  });

  it('tells ratios of sums over the city’s day so far', async () => {
    const at = await view(city);
    expect(figure(at, 'share_online')).toMatchObject({ value: 25, from: new Date(TODAY).toISOString(), devices: 2 });
    expect(figure(at, 'dossiers_received')).toMatchObject({ value: 120, received: 2, over: 'today' });
  });

  it('tells the newest hour of the index of the air that has one', async () => {
    expect(figure(await view(city), 'vn_aqi')).toMatchObject({
      ...{ value: 50, level: 'good', received: 1, missing: null },
      ...{ from: new Date(NOW - HOUR).toISOString(), to: new Date(NOW).toISOString() },
    });
  });

  it('says where nothing was received', async () => {
    expect(figure(await view(city), 'bed_occupancy')).toMatchObject({
      ...{ value: null, level: null, missing: 'no-data', received: 0, devices: 0, oldest: null, completeness: null },
    });
  });

  it('counts the active devices by how they do', async () => {
    const { devices } = await view(city);
    expect(devices).toEqual({ total: 6, live: 3, silent: 1, offline: 0, new: 2, simulated: 1 });
  });

  it('leaves simulated devices out or tells of nothing else', async () => {
    const without = await view(city, '?simulated=exclude');
    expect(without.devices).toMatchObject({ total: 5, simulated: 0 });
    expect(figure(without, 'mean_speed')).toMatchObject({ value: 30, devices: 1 });
    const only = await view(city, '?simulated=only');
    expect(only.devices).toMatchObject({ total: 1, live: 1, simulated: 1 });
    expect(figure(only, 'mean_speed')).toMatchObject({ value: 50 });
  });

  it('takes the filters of devices, and says where an area is approximate', async () => {
    const ward = await view(city, '?area=ba-vi');
    expect(ward.approximate).toBe(true);
    // The counter that stands there and the bus that was last seen there.
    expect(ward.devices).toMatchObject({ total: 2, live: 2 });
    expect(figure(ward, 'mean_speed')).toMatchObject({ value: 50, devices: 1 });
    const retired = await view(city, '?state=retired');
    expect(figure(retired, 'mean_speed')).toMatchObject({ value: 200 });
    expect((await city.request('/api/v1/city?area=nowhere')).status).toBe(400);
    expect((await city.request('/api/v1/city?simulated=perhaps')).status).toBe(400);
    expect((await city.request('/api/v1/city?colour=red')).status).toBe(400);
  });
});

describe('what may not be read', () => {
  it('is hidden in its place, and told to a key that opens it', async () => {
    const ict = catalogue.domains.map((domain) =>
      domain.id === 'ict' ? { ...domain, keyFigures: [{ metric: 'failed_logins', over: 'PT1H' as const }] } : domain,
    );
    const other = await openCity({ deps: { catalogue: createCatalogue(ict) } });
    try {
      await other.register(device('gateway-1', { domain: 'ict', kind: 'security-gateway' }));
      await other.store(observation('gateway-1', 'failed_logins', NOW - MINUTE, 7));
      for (const key of [undefined, other.keys.read])
        expect(figure(await view(other, '', key), 'failed_logins')).toMatchObject({
          ...{ value: null, missing: 'hidden', received: 0, devices: 0, oldest: null, newest: null },
        });
      const guard = await other.key('guard', 'restricted');
      expect(figure(await view(other, '', guard), 'failed_logins')).toMatchObject({ value: 7, missing: null });
    } finally {
      await other.close();
    }
  });

  it('is everything where reading needs a key', async () => {
    const other = await openCity({ config: { publicRead: false } });
    try {
      expect((await other.request('/api/v1/city')).status).toBe(401);
      expect((await view(other, '', other.keys.read)).devices.total).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe('many open pages', () => {
  it('cost the store as much as one, a few questions at a time', async () => {
    let [asked, open, most] = [0, 0, 0];
    const aggregate = async (query: AggregateQuery) => {
      asked += 1;
      open += 1;
      most = Math.max(most, open);
      const rows = await city.telemetry.aggregate(query);
      open -= 1;
      return rows;
    };
    const other = await openCity({ deps: { telemetry: { ...city.telemetry, aggregate } } });
    try {
      await other.register(device('counter-1', { created: LONG_AGO }));
      const views = await Promise.all(Array.from({ length: 20 }, () => view(other)));
      const once = asked;
      await view(other);
      expect(asked).toBe(once);
      expect(new Set(views.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(most).toBeGreaterThan(1);
      // A ratio asks two questions at once, the index of the air four.
      expect(most).toBeLessThanOrEqual(4 * 4);
    } finally {
      await other.close();
    }
  });
});

describe('a store that cannot tell one metric', () => {
  it('costs that figure only', async () => {
    const aggregate = async (query: AggregateQuery) => {
      if (query.metric === 'mean_speed') throw new StoreUnavailable('away');
      if (query.metric === 'pm10') throw new TypeError('a fault of ours');
      return city.telemetry.aggregate(query);
    };
    const other = await openCity({ deps: { telemetry: { ...city.telemetry, aggregate } } });
    try {
      await other.register(device('desk-1', { domain: 'public-services', kind: 'service-desk' }));
      const at = await view(other);
      expect(figure(at, 'mean_speed')).toMatchObject({ value: null, missing: 'unavailable' });
      expect(figure(at, 'vn_aqi')).toMatchObject({ value: null, missing: 'unavailable' });
      expect(figure(at, 'dossiers_received')).toMatchObject({ value: 100, missing: null });
      expect(at.devices.total).toBe(1);
    } finally {
      await other.close();
    }
  });
});
