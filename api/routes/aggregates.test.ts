import { latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const HOAN_KIEM = [105.852, 21.03] as const;
const BA_VI = [105.3414, 21.0581] as const;
const at = (position: readonly [number, number]) => ({
  type: 'Point' as const,
  coordinates: [...position] satisfies [number, number],
});
const seen = ([lon, lat]: readonly [number, number]) => ({
  position: [lon, lat] satisfies [number, number],
  cell: latLngToCell(lat, lon, CELL_RESOLUTION),
});
/** A whole hour in the past; the city's hours are UTC's. */
const START = NOW - 3 * HOUR;
const range = `from=${START}&to=${START + HOUR}`;

const number = z.number();
const Figures = z.object({
  ...{ value: number, mean: number, min: number, max: number, sum: number, count: number, p50: number, p95: number },
});

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1', { tags: { level: '4' } }),
    device('counter-2', { geometry: at(BA_VI), provider: 'sgtvt', simulated: true }),
    device('bus-1', { kind: 'bus', geometry: null }),
    device('hospital-1', { domain: 'health', kind: 'hospital' }),
    device('hospital-2', { domain: 'health', kind: 'hospital' }),
  );
  const minutes = Array.from({ length: 60 }, (_, i) => START + i * MINUTE);
  await city.store(
    ...minutes.flatMap((time, i) => [
      observation('counter-1', 'vehicle_count', time, 10),
      ...(i % 2 === 0 ? [observation('counter-2', 'vehicle_count', time, 5)] : []),
    ]),
    observation('counter-1', 'mean_speed', START, 20),
    observation('counter-1', 'mean_speed', START + MINUTE, 40),
    observation('counter-2', 'mean_speed', START, 60),
    observation('counter-2', 'mean_speed', START + MINUTE, 500, { quality: 'invalid' }),
    observation('bus-1', 'mean_speed', START, 10, seen(HOAN_KIEM)),
    observation('bus-1', 'mean_speed', START + 2 * MINUTE, 10, seen(HOAN_KIEM)),
    observation('bus-1', 'mean_speed', START + 5 * MINUTE, 16, seen([105.8525, 21.0305])),
    observation('bus-1', 'mean_speed', START + 30 * MINUTE, 90, seen(BA_VI)),
    observation('bus-1', 'mean_speed', START + 40 * MINUTE, 33),
    ...[100, 50].map((beds, i) => observation(`hospital-${i + 1}`, 'beds_total', START, beds)),
    ...[90, 20].map((beds, i) => observation(`hospital-${i + 1}`, 'beds_occupied', START, beds)),
  );
});
afterAll(() => city.close());

const ask = (query: string) => city.list(`/api/v1/aggregates?${range}&${query}`);

describe('aggregates', () => {
  it('add up each device over time, then the devices, and say how complete that is', async () => {
    const { items } = await ask('metric=vehicle_count&group_by=domain&fn=sum,min,max,count');
    expect(items).toEqual([
      {
        ...{ group: 'traffic', time: new Date(START).toISOString(), value: 750, sum: 750, min: 5, max: 10, count: 90 },
        ...{ devices: 2, expected: 120, received: 90, completeness: 0.75 },
        ...{ oldest: new Date(START).toISOString(), newest: new Date(START + 59 * MINUTE).toISOString() },
      },
    ]);
  });

  it('give devices the same weight however often they report, and leave invalid results out', async () => {
    const { items } = await ask('metric=mean_speed&group_by=domain&kind=counter');
    expect(items).toMatchObject([{ value: 45, mean: 45, min: 20, max: 60, count: 3, devices: 2 }]);
  });

  it('group by device, provider and tag', async () => {
    const groups = async (by: string) =>
      (await ask(`metric=vehicle_count&group_by=${by}&fn=sum`)).items.map(({ group, sum }) => [group, sum]);
    expect(await groups('device')).toEqual([
      ['counter-1', 600],
      ['counter-2', 150],
    ]);
    expect(await groups('provider')).toEqual([
      ['hanoi', 600],
      ['sgtvt', 150],
    ]);
    expect(await groups('tag:level')).toEqual([['4', 600]]);
  });

  it('group moving devices by where each observation was made, beside fixed ones, and say that wards are approximate', async () => {
    const page = await ask('metric=mean_speed&group_by=area&fn=min,max,count');
    expect(page.approximate).toBe(true);
    // counter 30 and bus 12 in Hoàn Kiếm, counter 60 and bus 90 in Ba Vì
    expect(page.items).toMatchObject([
      { group: 'ba-vi', value: 75, min: 60, max: 90, count: 2, devices: 2 },
      { group: 'hoan-kiem', value: 21, min: 10, max: 40, count: 5, devices: 2 },
    ]);
  });

  it('add a moving device up in each place by what it counted there', async () => {
    const [before, to] = [START - HOUR, START];
    await city.store(
      observation('counter-1', 'vehicle_count', before, 10),
      observation('bus-1', 'vehicle_count', before, 3, seen(HOAN_KIEM)),
      observation('bus-1', 'vehicle_count', before + MINUTE, 4, seen(HOAN_KIEM)),
      observation('bus-1', 'vehicle_count', before + 2 * MINUTE, 5, seen(BA_VI)),
    );
    const { items } = await city.list(
      `/api/v1/aggregates?metric=vehicle_count&group_by=area&fn=sum,p95&from=${before}&to=${to}`,
    );
    expect(items).toMatchObject([
      { group: 'ba-vi', value: 5, sum: 5, p95: 5, received: 1, devices: 1 },
      { group: 'hoan-kiem', value: 17, sum: 17, p95: expect.closeTo(9.4), received: 3, devices: 2 },
    ]);
  });

  it('share out what moving devices left out among the places they came into, as what they told', async () => {
    for (const by of ['device', 'domain', 'provider']) {
      const { items } = await ask(`metric=mean_speed&kind=bus&group_by=${by}`);
      expect(items, by).toMatchObject([{ received: 5, expected: expect.any(Number) }]);
    }
    await city.store(
      ...[0, 1, 2].map((minute) => observation('bus-1', 'bus_delay', START + minute * MINUTE, 60, seen(HOAN_KIEM))),
      observation('bus-1', 'bus_delay', START + 30 * MINUTE, 90, seen(BA_VI)),
      observation('bus-1', 'bus_delay', START + 40 * MINUTE, 120),
    );
    // Of 120 that were due the bus told 5, one of them without its place: each stands for 24.
    expect((await ask('metric=bus_delay&group_by=area')).items).toMatchObject([
      { group: 'ba-vi', received: 1, expected: 24, completeness: 1 / 24 },
      { group: 'hoan-kiem', received: 3, expected: 72, completeness: 1 / 24 },
    ]);
    expect((await ask('metric=bus_delay&group_by=device&area=hoan-kiem')).items).toMatchObject([
      { group: 'bus-1', received: 3, expected: 72 },
    ]);
    // Beside what stands, of which 60 are due as ever.
    expect((await ask('metric=vehicle_count&group_by=area')).items).toMatchObject([
      { group: 'ba-vi', received: 30, expected: 60 },
      { group: 'hoan-kiem', received: 60, expected: 60 },
    ]);
    // Of what stands somewhere it is told by area too.
    const { items } = await ask('metric=mean_speed&group_by=area&device=counter-1');
    expect(items).toMatchObject([{ group: 'hoan-kiem', received: 2, expected: expect.any(Number) }]);
  });

  it('group by H3 cell at the asked resolution', async () => {
    const cell = (resolution: number) => latLngToCell(HOAN_KIEM[1], HOAN_KIEM[0], resolution);
    const at8 = await ask('metric=mean_speed&group_by=h3&kind=bus');
    expect(at8.items.map(({ group }) => group)).toContain(cell(8));
    expect(at8.approximate).toBe(false);
    const fixed = await ask('metric=vehicle_count&group_by=h3&resolution=6&device=counter-1');
    expect(fixed.items).toMatchObject([{ group: cell(6), received: 60, completeness: 1 }]);
  });

  it('keep to what moving devices saw within an area or box', async () => {
    const inWard = await ask('metric=mean_speed&group_by=device&kind=bus&area=hoan-kiem');
    expect(inWard.items).toMatchObject([{ group: 'bus-1', count: 3, value: 12 }]);
    expect(inWard.approximate).toBe(true);
    const inBox = await ask('metric=mean_speed&group_by=domain&bbox=105.3,21,105.4,21.1');
    expect(inBox.items).toMatchObject([{ count: 2, min: 60, max: 90, value: 75, devices: 2 }]);
    const both = await ask('metric=mean_speed&group_by=h3&resolution=5&kind=bus&area=ba-vi&bbox=105.3,21,105.4,21.1');
    expect(both.items).toMatchObject([{ count: 1, min: 90 }]);
    const neither = await ask('metric=mean_speed&group_by=area&area=ba-vi&bbox=105.85,21,105.86,21.1');
    expect(neither.items).toEqual([]);
  });

  it('tell a derived metric as the ratio of sums, and nothing but its value', async () => {
    const { items } = await ask('metric=bed_occupancy&group_by=domain');
    expect(items).toMatchObject([{ group: 'health', value: (110 / 150) * 100, received: 4 }]);
    expect(items[0]).not.toHaveProperty('mean');
    expect((await city.request(`/api/v1/aggregates?metric=bed_occupancy&fn=mean&${range}`)).status).toBe(400);
  });

  it('tell percentiles over all observations of a group, made by what moves and what stands', async () => {
    expect((await ask('metric=vehicle_count&group_by=domain&fn=p50,p95')).items).toMatchObject([{ p50: 10, p95: 10 }]);
    expect((await ask('metric=mean_speed&group_by=area&fn=p50,p95')).items).toMatchObject([
      { group: 'ba-vi', p50: 75, p95: 88.5 },
      { group: 'hoan-kiem', p50: 16, p95: 36 },
    ]);
  });

  describe.each(['device', 'area', 'domain', 'provider', 'h3', 'tag:level'])('by %s tell every figure', (by) => {
    it.each([
      ['everywhere', ''],
      ['of what moves', '&kind=bus'],
      ['of what stands', '&kind=counter'],
      ['within an area', '&area=hoan-kiem'],
      ['within a box', '&bbox=105.3,21,105.9,21.1'],
    ])('%s', async (_, filter) => {
      const fn = 'value,mean,min,max,sum,count,p50,p95';
      const { items } = await ask(`metric=mean_speed&group_by=${by}&fn=${fn}${filter}`);
      expect(items.length > 0).toBe(!(by === 'tag:level' && filter === '&kind=bus'));
      for (const item of items) {
        const { min, p50, p95, max } = Figures.parse(item);
        expect([min, p50, p95, max]).toEqual([min, p50, p95, max].sort((x, y) => x - y));
      }
    });
  });

  it('count as due only what lies in the range and in the past', async () => {
    await city.store(observation('counter-1', 'occupancy', NOW - MINUTE, 12));
    const one = async (query: string) =>
      (await city.list(`/api/v1/aggregates?metric=occupancy&device=counter-1&${query}`)).items;
    const [whole] = await one(`window=1d&from=${NOW - 10 * MINUTE}&to=${NOW + 5 * HOUR}`);
    expect(whole).toMatchObject({ expected: 10, received: 1, completeness: 0.1 });
    const [all] = await one(`window=all&from=${NOW - 4 * MINUTE}&to=${NOW}`);
    expect(all).toMatchObject({ time: new Date(NOW - 4 * MINUTE).toISOString(), expected: 4 });
  });

  it('page by time and group', async () => {
    const query = `/api/v1/aggregates?metric=vehicle_count&window=15m&${range}`;
    const whole = await city.list(query);
    expect(whole.items).toHaveLength(8);
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = await city.list(`${query}&limit=3${cursor}`);
      paged.push(...items);
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(paged).toEqual(whole.items);
  });

  it('count the groups that moving devices come into', async () => {
    const status = async (resolution: number) =>
      (
        await city.request(
          `/api/v1/aggregates?metric=mean_speed&kind=bus&group_by=h3&resolution=${resolution}&window=5m&from=${NOW - 60 * 24 * HOUR}&to=${NOW}`,
        )
      ).status;
    expect(await status(0)).toBe(200);
    expect(await status(CELL_RESOLUTION)).toBe(400);
  });

  it.each([
    ['more than it can hold', `metric=vehicle_count&window=5m&from=0&to=${NOW}`],
    ['an unknown metric', 'metric=happiness'],
    ['no metric', 'window=1h'],
    ['an unknown grouping', 'metric=mean_speed&group_by=colour'],
    ['an unknown function', 'metric=mean_speed&fn=median'],
    ['a range that ends before it begins', `metric=mean_speed&from=${NOW}&to=${NOW - 1}`],
    ['a resolution finer than cells are kept', 'metric=mean_speed&group_by=h3&resolution=12'],
  ])('refuse %s', async (_, query) => {
    expect((await city.request(`/api/v1/aggregates?${query}`)).status).toBe(400);
  });
});
