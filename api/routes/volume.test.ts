import { latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import { Volume } from '../../model/playback.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

/** Two hours before NOW: the devices were registered an hour after it. */
const START = NOW - 2 * HOUR;
const at = (minute: number) => START + minute * MINUTE;
const where = (lon: number, lat: number) => ({
  position: [lon, lat] as [number, number],
  cell: latLngToCell(lat, lon, CELL_RESOLUTION),
});

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1'),
    device('counter-2', { provider: 'sgtvt' }),
    device('bus-1', { kind: 'bus', geometry: null }),
  );
  await city.store(
    // A minute's counts of the second hour without its last quarter; the first hour was sent in later.
    ...Array.from({ length: 45 }, (_, i) => observation('counter-1', 'vehicle_count', at(60 + i), i)),
    ...Array.from({ length: 30 }, (_, i) => observation('counter-1', 'vehicle_count', at(30 + i), i)),
    observation('counter-1', 'vehicle_count', at(110), 1, { quality: 'invalid' }),
    observation('counter-1', 'mean_speed', at(61), 30),
    observation('counter-2', 'vehicle_count', at(62), 5, { quality: 'suspect' }),
    observation('bus-1', 'bus_delay', at(5), 5, where(105.7, 21)),
    observation('bus-1', 'bus_delay', at(65), 6, where(105.9, 21)),
  );
});
afterAll(() => city.close());

async function volume(query: string) {
  const response = await city.request(`/api/v1/volume/traffic?from=${START}&to=${NOW}&${query}`);
  expect(response.status).toBe(200);
  return Volume.parse(await response.json());
}
const figures = async (query: string) =>
  (await volume(query)).items.map(({ observations, devices }) => [observations, devices]);

describe('volume', () => {
  it('tells how much there is of every bucket, of all metrics together, each device once', async () => {
    expect(await figures('step=PT1H')).toEqual([
      [31, 2],
      [48, 3],
    ]);
    const { items, step } = await volume('step=PT15M');
    expect(step).toBe('PT15M');
    expect(items.map(({ observations }) => observations)).toEqual([1, 0, 15, 15, 18, 15, 15, 0]);
    expect(items[7]?.time).toBe(new Date(at(105)).toISOString());
  });

  it('tells what was due since devices were registered, and before that of those that sent it in', async () => {
    const one = await volume('step=PT1H&metric=vehicle_count&device=counter-1');
    expect(one.items.map(({ expected, observations }) => [observations, expected])).toEqual([
      // From the first bucket that has any.
      [30, 60],
      [45, 60],
    ]);
    const both = await volume('step=PT15M&metric=vehicle_count,mean_speed&kind=counter');
    expect(both.items.map(({ expected }) => expected)).toEqual([0, 0, 15, 15, 60, 60, 60, 60]);
  });

  it('counts what moves where it was, and then tells nothing of what was due', async () => {
    const { items } = await volume('step=PT1H&bbox=105.88,20.99,105.92,21.01');
    expect(items.map(({ observations, devices, expected }) => [observations, devices, expected])).toEqual([
      [0, 0, null],
      [1, 1, null],
    ]);
    const nowhere = await volume('step=PT1H&bbox=105.5,20.5,105.55,20.6');
    expect(nowhere.items.map(({ observations, expected }) => [observations, expected])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('tells what is archived as if it were still in the store, what moves too', async () => {
    const queries = [
      'step=PT15M',
      'step=PT1H',
      'step=PT15M&bbox=105.88,20.99,105.92,21.01',
      'step=P1D&metric=bus_delay',
    ];
    const before = await Promise.all(queries.map(volume));
    const day = Math.floor(START / (24 * HOUR)) * 24 * HOUR;
    await city.archive.write(day, (path) => city.telemetry.extract(day, day + 24 * HOUR, path));
    await city.telemetry.expire(day + 24 * HOUR, 0);
    expect(await city.telemetry.range({ from: START, to: NOW, limit: 1 })).toEqual([]);
    expect(await Promise.all(queries.map(volume))).toEqual(before);
  });

  it('leaves out what does not show to whoever asks, and refuses it by name', async () => {
    const closed = await openCity({ config: { publicRead: false } });
    expect((await closed.request('/api/v1/volume/traffic')).status).toBe(401);
    expect((await closed.request('/api/v1/volume/traffic', { as: closed.keys.read })).status).toBe(200);
    await closed.close();
  });

  it.each([
    ['magic?', 404],
    ['traffic?metric=pm2_5', 400],
    ['traffic?metric=bed_occupancy', 400],
    ['traffic?step=PT2H', 400],
    [`traffic?step=PT1M&from=${NOW - 48 * HOUR}&to=${NOW}`, 400],
  ])('refuses %s', async (path, status) => {
    expect((await city.request(`/api/v1/volume/${path}`)).status).toBe(status);
  });
});
