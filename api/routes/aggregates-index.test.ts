import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

/** 11:00 in Hanoi, the hour before the clock's. */
const START = NOW - HOUR;
const station = (id: string, other = {}) =>
  device(id, { domain: 'environment', kind: 'air-station', created: '2026-01-01T00:00:00Z', ...other });
/** The example of the decision, 2.3 a: twelve hours, the latest last. Its NowCast is 20.3, index 41. */
const EXAMPLE = [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6];
/** An observation at the beginning of each hour, the last of them at `last`. */
const hourly = (id: string, metric: string, last: number, values: readonly number[]) =>
  values.map((value, i) => observation(id, metric, last - (values.length - 1 - i) * HOUR, value));

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    ...['example', 'gas', 'low', 'high', 'silent', 'day'].map((name) => station(`station-${name}`)),
    station('station-ward', { geometry: { type: 'Point', coordinates: [105.3414, 21.0581] }, provider: 'sgtvt' }),
  );
  await city.store(
    ...hourly('station-example', 'pm2_5', START, EXAMPLE),
    ...hourly('station-gas', 'pm2_5', START, EXAMPLE),
    observation('station-gas', 'no2', START + MINUTE, 118.7),
    ...hourly('station-low', 'pm2_5', START, Array(12).fill(20)),
    ...hourly('station-high', 'pm2_5', START, Array(12).fill(100)),
    observation('station-silent', 'no2', START, 100),
    // All of Monday, and an hour before it: 24 hours of 55.7 are 110; O3 of 450 by 8 hours is above the table.
    ...hourly('station-day', 'pm2_5', Date.parse('2026-11-23T16:00:00Z'), [500, ...Array(24).fill(55.7)]),
    ...hourly('station-ward', 'pm10', START, Array(12).fill(100)),
  );
});
afterAll(() => city.close());

const ask = async (query: string, from = START, to = NOW) =>
  (await city.list(`/api/v1/aggregates?metric=vn_aqi&from=${from}&to=${to}&${query}`)).items;

it.each(['1h', '1d'])('is refused for thousands of years by %s before they are laid out', async (window) => {
  const response = await city.request(
    `/api/v1/aggregates?metric=vn_aqi&window=${window}&from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z`,
  );
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('more than 50000')]);
});

describe('the index of the air by the hour', () => {
  it('looks back twelve hours before the range, and counts as received what the hour itself received', async () => {
    expect(await ask('window=1h&device=station-example')).toEqual([
      {
        ...{ group: 'station-example', time: new Date(START).toISOString(), value: 41, devices: 1 },
        // Four pollutants every five minutes, and one observation of one of them.
        ...{ expected: 48, received: 1, completeness: 1 / 48 },
        ...{ oldest: new Date(START).toISOString(), newest: new Date(START).toISOString() },
      },
    ]);
  });

  it('is the greatest of the pollutants’, in the hour they were measured in', async () => {
    const [item] = await ask('window=1h&device=station-gas');
    expect(item).toMatchObject({ value: 59, received: 2, newest: new Date(START + MINUTE).toISOString() });
  });

  it('is made of a group’s figures: it is no mean of indices', async () => {
    // PM2.5 is 60 on average: 100 + 50 * 10 / 30 = 117; the stations' own indices are 40 and 164.
    const both = await ask('window=1h&group_by=domain&device=station-low,station-high');
    expect(both).toMatchObject([{ group: 'environment', value: 117, devices: 2, received: 2 }]);
    const each = await ask('window=1h&device=station-low,station-high');
    expect(each.map(({ value }) => value)).toEqual([164, 40]);
  });

  it.each(['area', 'provider', 'h3'])('is told by %s', async (by) => {
    const items = await ask(`window=1h&group_by=${by}&device=station-ward`);
    expect(items).toMatchObject([{ value: 75, received: 1, expected: 48 }]);
  });

  it('is of the whole hour that the range begins in', async () => {
    const items = await ask('window=1h&device=station-gas', START + 30 * MINUTE);
    expect(items).toMatchObject([{ time: new Date(START).toISOString(), value: 59 }]);
  });

  it('is not told where nothing is known of particles', async () => {
    expect(await ask('window=1h&device=station-silent')).toEqual([]);
  });

  it('follows hour after hour', async () => {
    const items = await ask('window=1h&device=station-low', START - 11 * HOUR);
    // NowCast needs two of three hours: the first hour has none.
    expect(items.map(({ value }) => value)).toEqual(Array(11).fill(40));
  });
});

describe('the index of the air by the day', () => {
  it('is made of the city’s day', async () => {
    const [from, to] = [Date.parse('2026-11-22T17:00:00Z'), Date.parse('2026-11-23T17:00:00Z')];
    const monday = await ask('window=1d&device=station-day', from, to);
    expect(monday).toMatchObject([
      { time: new Date(from).toISOString(), value: 110, received: 24, expected: 4 * 288, devices: 1 },
    ]);
    const both = await ask('window=1d&device=station-day', from - HOUR, to);
    expect(both.map(({ value }) => value)).toEqual([500, 110]);
  });
});

describe('an index', () => {
  it.each([
    ['by five minutes', 'window=5m'],
    ['by a quarter of an hour', 'window=15m'],
    ['by the week', 'window=1w'],
    ['of all', 'window=all'],
    ['as anything but its value', 'window=1h&fn=mean'],
  ])('is not told %s, and the answer says why', async (_, query) => {
    const response = await city.request(`/api/v1/aggregates?metric=vn_aqi&from=${START}&to=${NOW}&${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/1h or 1d|only a value/);
  });
});
