import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { device, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const Cursor = z.tuple([z.string(), z.tuple([z.string(), z.string(), z.number(), z.number(), z.number()])]);

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1'),
    device('counter-2', { simulated: true, provider: 'sgtvt' }),
    device('bus-1', { kind: 'bus', geometry: null }),
  );
  await city.store(
    ...Array.from({ length: 10 }, (_, i) => observation('counter-1', 'mean_speed', NOW - (10 - i) * MINUTE, i)),
    ...Array.from({ length: 10 }, (_, i) => observation('counter-2', 'mean_speed', NOW - (10 - i) * MINUTE, 50 + i)),
    observation('counter-1', 'vehicle_count', NOW - 5 * MINUTE, 7, { quality: 'suspect', flags: ['late'] }),
    ...Array.from({ length: 20 }, (_, i) =>
      observation('bus-1', 'bus_delay', NOW - (30 - i) * MINUTE, i, { position: [105.8 + i / 100, 21] }),
    ),
    observation('counter-1', 'mean_speed', NOW - 3 * 86_400_000, 99),
    observation('counter-1', 'mean_speed', NOW, 77),
  );
});
afterAll(() => city.close());

const list = (query: string) => city.list(`/api/v1/observations?${query}`);
const values = (page: { items: Record<string, unknown>[] }) => page.items.map(({ value }) => value);

describe('observations', () => {
  it('are those of the last 24 hours, ordered by time, this very moment included', async () => {
    const { items } = await list('device=counter-1&metric=mean_speed');
    expect(values({ items })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 77]);
  });

  it('carry quality, flags and position', async () => {
    expect((await list('metric=vehicle_count')).items).toEqual([
      {
        ...{ device: 'counter-1', metric: 'vehicle_count', time: new Date(NOW - 5 * MINUTE).toISOString(), value: 7 },
        ...{ quality: 'suspect', received: new Date(NOW - 5 * MINUTE).toISOString(), flags: ['late'] },
      },
    ]);
    expect((await list('device=bus-1&limit=1')).items).toMatchObject([{ position: [105.8, 21] }]);
  });

  it('take a range as RFC 3339 with an offset or as ms, exclusive at its end', async () => {
    const from = encodeURIComponent('2026-11-24T11:55:00+07:00');
    expect(values(await list(`device=counter-1&metric=mean_speed&from=${from}&to=${NOW - MINUTE}`))).toEqual([
      5, 6, 7, 8,
    ]);
    expect(values(await list(`device=counter-1&from=${NOW - 4 * 86_400_000}&limit=1`))).toEqual([99]);
  });

  it.each([
    ['device=counter-1&device=counter-2&metric=mean_speed', 21],
    ['device=counter-1,counter-2&metric=mean_speed', 21],
    ['simulated=only', 10],
    ['provider=sgtvt', 10],
    ['domain=traffic&metric=bus_delay', 20],
    ['domain=health', 0],
    ['bbox=105.795,20.9,105.845,21.005', 5],
    ['bbox=105.795,20.9,105.845,21.005&kind=counter', 0],
    ['area=hoan-kiem&kind=counter&metric=vehicle_count', 1],
  ])('narrow by %s', async (query, count) => {
    expect((await list(query)).items).toHaveLength(count);
  });

  it('page without gap or repeat, also where a place filter leaves most out', async () => {
    for (const query of ['metric=mean_speed,bus_delay', 'bbox=105.895,20.9,106,21.005']) {
      const whole = await list(query);
      const paged: unknown[] = [];
      let cursor = '';
      for (;;) {
        const { items, next } = await list(`${query}&limit=4${cursor}`);
        expect(items.length).toBeLessThanOrEqual(4);
        paged.push(...items);
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
      expect(paged).toEqual(whole.items);
    }
  });

  it('of a device that is registered no more stay readable by its id', async () => {
    await city.register(device('gone-1'));
    await city.store(observation('gone-1', 'mean_speed', NOW - 1, 3));
    await city.send('DELETE', '/api/v1/devices/gone-1', undefined);
    expect(values(await list('device=gone-1'))).toEqual([3]);
  });

  it.each(['metric=happiness', 'metric=bed_occupancy', 'from=yesterday', 'from=2&to=1', 'limit=10001', 'device=NO'])(
    'refuse %s',
    async (query) => {
      expect((await city.request(`/api/v1/observations?${query}`)).status).toBe(400);
    },
  );

  it.each([
    'observations?',
    'aggregates?metric=mean_speed&group_by=domain&window=all&',
    'aggregates?metric=mean_speed&group_by=domain&window=1d&',
  ])('of times that no calendar knows are refused, asked of %s', async (path) => {
    for (const range of ['from=-8640000000000000&to=-8639999999999999', 'from=8639999999999999&to=8640000000000000'])
      expect((await city.request(`/api/v1/${path}${range}`)).status).toBe(400);
  });

  it('do not go on from a cursor whose moments were tampered with', async () => {
    const { next } = await list('limit=1');
    const [fingerprint, [name, metric, time, from, to]] = Cursor.parse(
      JSON.parse(Buffer.from(next ?? '', 'base64url').toString()),
    );
    for (const place of [
      [name, metric, 0.5, from, to],
      [name, metric, time, -1e300, 1e300],
      [name, metric, time, from + 0.5, to],
    ]) {
      const cursor = Buffer.from(JSON.stringify([fingerprint, place])).toString('base64url');
      const response = await city.request(`/api/v1/observations?limit=1&cursor=${cursor}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'invalid-cursor' }),
      ]);
    }
  });
});
