import { latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../model/catalogue.ts';
import type { Position } from '../../model/geometry.ts';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import { PROFILE } from '../../model/profile.ts';
import { ProfileView } from '../profile/view.ts';
import { device, HOUR, live, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const LONG_AGO = new Date(NOW - 30 * 24 * HOUR).toISOString();
const WEEK = 7 * 24 * HOUR;
const HOAN_KIEM: Position = [105.8505, 21.032];
const BA_VI: Position = [105.3414, 21.0581];
const BA_DINH: Position = [105.838, 21.0386];
/** Inhabitants of Hoàn Kiếm, by its row. */
const PEOPLE = 105_301;

const at = (coordinates: Position) => ({ type: 'Point' as const, coordinates });
const counter = (id: string, place: Position, other = {}) =>
  device(id, { created: LONG_AGO, geometry: at(place), ...other });

async function profile(city: TestCity, query: string, as?: string): Promise<ProfileView> {
  const response = await city.request(`/api/v1/profile?${query}`, as === undefined ? {} : { as });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return ProfileView.parse(await response.json());
}
const figure = ({ domains }: ProfileView, metric: string) =>
  domains.flatMap(({ figures }) => figures).find((each) => each.metric === metric);

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    counter('hk-1', HOAN_KIEM),
    counter('hk-2', HOAN_KIEM, { simulated: true }),
    counter('bv-1', BA_VI),
    counter('bd-1', BA_DINH),
    counter('old-1', HOAN_KIEM, { state: 'retired' }),
    counter('air-1', HOAN_KIEM, { domain: 'environment', kind: 'air-station' }),
    counter('rack-1', HOAN_KIEM, { domain: 'ict', kind: 'server-rack' }),
    device('bus-1', { created: LONG_AGO, kind: 'bus', geometry: null }),
  );
  const seen = (position: Position) => ({
    position,
    cell: latLngToCell(position[1], position[0], CELL_RESOLUTION),
  });
  await city.store(
    observation('hk-1', 'mean_speed', NOW - 10 * MINUTE, 20),
    observation('hk-1', 'mean_speed', NOW - 20 * MINUTE, 40),
    observation('hk-2', 'mean_speed', NOW - 30 * MINUTE, 60),
    observation('old-1', 'mean_speed', NOW - MINUTE, 900),
    observation('bv-1', 'mean_speed', NOW - MINUTE, 45),
    observation('bd-1', 'mean_speed', NOW - MINUTE, 10),
    // A week before, in the hour and beside it.
    observation('hk-1', 'mean_speed', NOW - WEEK - HOUR, 30),
    observation('hk-2', 'mean_speed', NOW - WEEK - MINUTE, 34),
    observation('hk-1', 'mean_speed', NOW - WEEK, 200),
    observation('hk-1', 'mean_speed', NOW - WEEK - HOUR - 1, 200),
    observation('hk-1', 'vehicle_count', NOW - MINUTE, 400),
    observation('hk-2', 'vehicle_count', NOW - 2 * MINUTE, 653),
    observation('bd-1', 'vehicle_count', NOW - MINUTE, 5_000),
    observation('bus-1', 'bus_delay', NOW - 4 * MINUTE, 100, seen(HOAN_KIEM)),
    observation('bus-1', 'bus_delay', NOW - 2 * MINUTE, 300, seen(BA_VI)),
    // The newest hour of the index, and the same one of the week before.
    ...[3, 2, 1].map((hours) => observation('air-1', 'pm2_5', NOW - hours * HOUR, 25)),
    ...[3, 2, 1].map((hours) => observation('air-1', 'pm2_5', NOW - WEEK - hours * HOUR, 50)),
    observation('rack-1', 'cpu_load', NOW - MINUTE, 50),
    observation('rack-1', 'power_draw', NOW - MINUTE, 4),
  );
  city.live.tell(live('hk-1', 'mean_speed', 20), live('bus-1', 'bus_delay', 300, { position: BA_VI }));
});
afterAll(() => city.close());

describe('the profile of a ward', () => {
  it('tells a figure over its span, how complete it is, its rank and what it was a week before', async () => {
    expect(figure(await profile(city, 'area=hoan-kiem'), 'mean_speed')).toEqual({
      // The mean of 30 and 60, of two counters and nobody else's.
      ...{ metric: 'mean_speed', value: 45, unit: 'km/h', level: 'good', per_inhabitants: null, over: 'PT1H' },
      ...{ from: new Date(NOW - HOUR).toISOString(), to: new Date(NOW).toISOString() },
      ...{ expected: 120, received: 3, completeness: 3 / 120, devices: 2, missing: null },
      newest: new Date(NOW - 10 * MINUTE).toISOString(),
      rank: { place: 1, of: 3, by: 'value', lowest: 10, median: 45, highest: 45 },
      before: {
        ...{ from: new Date(NOW - WEEK - HOUR).toISOString(), to: new Date(NOW - WEEK).toISOString() },
        ...{ value: 32, completeness: 2 / 120, difference: 13, ratio: 13 / 32 },
      },
    });
  });

  it('tells a total by inhabitants, and ranks by them', async () => {
    const at = figure(await profile(city, 'area=hoan-kiem'), 'vehicle_count');
    expect(at).toMatchObject({ value: 1_053, level: null, rank: { place: 2, of: 2, by: 'inhabitants' }, before: null });
    expect(at?.per_inhabitants).toBeCloseTo((1_053 / PEOPLE) * 10_000, 9);
    expect(at?.rank?.lowest).toBeCloseTo((1_053 / PEOPLE) * 10_000, 9);
  });

  it('counts what moves by where each observation was made, and what it left out as what it told', async () => {
    expect(figure(await profile(city, 'area=hoan-kiem'), 'bus_delay')).toMatchObject({
      // Of 120 within the hour the bus told 2, one in each of two wards.
      ...{ value: 100, received: 1, expected: 60, completeness: 1 / 60, rank: { place: 2, of: 2 } },
    });
    expect(figure(await profile(city, 'area=ba-vi'), 'bus_delay')).toMatchObject({ value: 300 });
  });

  it('compares the newest hour of an index with the same hour a week before', async () => {
    expect(figure(await profile(city, 'area=hoan-kiem'), 'vn_aqi')).toMatchObject({
      ...{ value: 50, from: new Date(NOW - HOUR).toISOString(), to: new Date(NOW).toISOString() },
      before: { value: 100, difference: -50, ratio: -0.5, from: new Date(NOW - WEEK - HOUR).toISOString() },
    });
  });

  it('says what it is, that its border is approximate, and how its active devices do', async () => {
    const { area, approximate, devices, within, size } = await profile(city, 'area=hoan-kiem');
    expect(area).toMatchObject({ id: 'hoan-kiem', level: 'ward', population: PEOPLE, approximate: true });
    expect({ approximate, within, size }).toEqual({ approximate: true, within: null, size: null });
    expect(devices).toEqual({ total: 4, live: 1, silent: 0, offline: 0, new: 3, simulated: 1 });
  });

  it('says where nothing was received', async () => {
    expect(figure(await profile(city, 'area=ba-vi'), 'bed_occupancy')).toMatchObject({
      ...{ value: null, missing: 'no-data', received: 0, rank: null, before: null },
    });
  });

  it('leaves simulated devices out where asked to', async () => {
    const view = await profile(city, 'area=hoan-kiem&simulated=exclude');
    expect(figure(view, 'mean_speed')).toMatchObject({ value: 30, devices: 1, rank: { place: 2 } });
    expect(view.devices.simulated).toBe(0);
  });

  it('ends at the moment that is asked for', async () => {
    const view = await profile(city, `area=hoan-kiem&to=${NOW - WEEK}`);
    expect(figure(view, 'mean_speed')).toMatchObject({ value: 32, before: null });
  });

  it('tells every row of the profile in the order of the domains', async () => {
    const { domains, hidden } = await profile(city, 'area=hoan-kiem', await city.key('all', 'restricted'));
    const rows = PROFILE.map(({ metric }) => metric);
    expect(domains.flatMap(({ figures }) => figures.map(({ metric }) => metric)).sort()).toEqual([...rows].sort());
    expect(domains.map(({ domain }) => domain)).toEqual(catalogue.domains.map(({ id }) => id));
    expect(hidden).toBe(0);
  });
});

describe('the profile of a drawn area', () => {
  const WITHIN = `within=${encodeURIComponent('circle:105.8505,21.032,300')}`;

  it('tells the same as that of the ward which holds the same, without inhabitants and rank', async () => {
    const [drawn, ward] = [await profile(city, WITHIN), await profile(city, 'area=hoan-kiem')];
    for (const { metric } of PROFILE) {
      const [a, b] = [figure(drawn, metric), figure(ward, metric)];
      expect(a, metric).toEqual(b && { ...b, rank: null, per_inhabitants: null });
    }
    expect(drawn).toMatchObject({ area: null, within: 'circle:105.8505,21.032,300', approximate: false });
    expect(drawn.devices).toEqual(ward.devices);
    expect((drawn.size ?? 0) / 1e6).toBeCloseTo(0.09 * Math.PI, 4);
  });

  it('holds what a polygon does, and what moves only where it was within', async () => {
    const square = 'polygon:105.3 21,105.4 21,105.4 21.1,105.3 21.1';
    const view = await profile(city, `within=${encodeURIComponent(square)}`);
    expect(figure(view, 'mean_speed')).toMatchObject({ value: 45, devices: 1 });
    expect(figure(view, 'bus_delay')).toMatchObject({ value: 300, received: 1 });
    expect(view.devices.total).toBe(2);
  });
});

describe('every figure of a profile', () => {
  it.each(['area=hoan-kiem', 'area=ba-vi', 'area=hanoi', 'within=circle:105.845,21.034,2000'])(
    'of %s equals what aggregates answers for its range',
    async (where) => {
      const view = await profile(city, where);
      const by = where.startsWith('within') || where === 'area=hanoi' ? 'domain' : 'area';
      for (const { domain, figures } of view.domains)
        for (const { metric, value, from, to, expected, received, completeness, devices, newest } of figures) {
          const window = metric === 'vn_aqi' ? '1h' : 'all';
          const query = `metric=${metric}&window=${window}&fn=value&group_by=${by}&state=active&from=${from}&to=${to}`;
          const { items } = await city.list(`/api/v1/aggregates?${where}&${query}`);
          const told = items.find(({ group }) => group === (by === 'area' ? view.area?.id : domain));
          if (value === null) expect(told, metric).toBeUndefined();
          else expect(told, metric).toMatchObject({ value, expected, received, completeness, devices, newest });
        }
    },
  );
});

describe('what may not be read', () => {
  it('is left out and counted', async () => {
    const view = await profile(city, 'area=hoan-kiem');
    expect(figure(view, 'cpu_load')).toBeUndefined();
    expect(figure(view, 'power_draw')).toMatchObject({ value: 4 });
    expect(view.hidden).toBe(2);
    const partner = await profile(city, 'area=hoan-kiem', city.keys.read);
    expect(figure(partner, 'cpu_load')).toMatchObject({ value: 50 });
    expect(partner.hidden).toBe(1);
  });
});

describe('a wrong question', () => {
  it.each([
    '',
    'area=hoan-kiem&within=circle:105.85,21.03,500',
    'area=atlantis',
    'within=circle:1,2',
    'area=hanoi&kind=bus',
  ])('is refused: %s', async (query) => {
    expect((await city.request(`/api/v1/profile?${query}`)).status).toBe(400);
  });
});
