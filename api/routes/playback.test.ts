import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCatalogue } from '../../model/catalogue.ts';
import { DOMAINS } from '../../model/domains/index.ts';
import { Playback } from '../../model/playback.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const Problem = z.looseObject({ code: z.string(), detail: z.string() });
/** 11:00 in Hanoi, the hour before NOW. */
const START = NOW - HOUR;
const at = (minute: number) => START + minute * MINUTE;
const instant = (ms: number) => new Date(ms).toISOString();

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('counter-1'),
    device('counter-2', { simulated: true, state: 'retired' }),
    device('bus-1', { kind: 'bus', geometry: null }),
    ...Array.from({ length: 1_500 }, (_, i) => device(`quiet-${i}`, { provider: 'sgtvt' })),
  );
  await city.store(
    observation('counter-1', 'mean_speed', at(1), 10),
    observation('counter-1', 'mean_speed', at(14), 20),
    observation('counter-1', 'mean_speed', at(20), 999, { quality: 'invalid' }),
    observation('counter-1', 'mean_speed', at(45), 30.25, { quality: 'suspect' }),
    observation('counter-1', 'vehicle_count', at(46), 3),
    observation('counter-2', 'mean_speed', at(30), 50),
    observation('bus-1', 'mean_speed', at(2), 5, { position: [105.7, 21] }),
    observation('bus-1', 'mean_speed', at(17), 6, { position: [105.9, 21] }),
    observation('bus-1', 'mean_speed', at(32), 7),
    observation('counter-1', 'mean_speed', at(-24 * 60 * 3), 40),
  );
});
afterAll(() => city.close());

const hour = `from=${START}&to=${NOW}`;
async function played(query: string, as?: string) {
  const response = await city.request(`/api/v1/playback/traffic?${query}`, as === undefined ? {} : { as });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  return Playback.parse(await response.json());
}
async function refused(query: string, domain = 'traffic') {
  const response = await city.request(`/api/v1/playback/${domain}?${query}`);
  return { status: response.status, ...Problem.parse(await response.json()) };
}

describe('playback', () => {
  it('tells the newest of each bucket, and where any is suspect which', async () => {
    expect(await played(`metric=mean_speed&device=counter-1&${hour}`)).toEqual({
      ...{ from: instant(START), to: instant(NOW), step: 'PT15M' },
      times: [0, 15, 30, 45].map((minute) => instant(at(minute))),
      series: [
        {
          ...{ device: 'counter-1', metric: 'mean_speed', values: [20, null, null, 30.25] },
          quality: ['valid', null, null, 'suspect'],
        },
      ],
    });
  });

  it('tells columns by device and then in the order of the metrics, retired and simulated devices too', async () => {
    const { series } = await played(`metric=vehicle_count,mean_speed&${hour}&step=PT1H`);
    expect(series.map(({ device, metric, values }) => [device, metric, values])).toEqual([
      ['bus-1', 'mean_speed', [7]],
      ['counter-1', 'vehicle_count', [3]],
      ['counter-1', 'mean_speed', [30.25]],
      ['counter-2', 'mean_speed', [50]],
    ]);
  });

  it('tells where what moves was, and nothing where it did not say so', async () => {
    const { series } = await played(`metric=mean_speed&device=bus-1&${hour}`);
    expect(series).toEqual([
      {
        ...{ device: 'bus-1', metric: 'mean_speed', values: [5, 6, 7, null] },
        positions: [[105.7, 21], [105.9, 21], null, null],
      },
    ]);
  });

  it('within a place tells of what moves only while it was there', async () => {
    const { series } = await played(`metric=mean_speed&${hour}&bbox=105.88,20.99,105.92,21.01`);
    expect(series.map(({ device, values }) => [device, values])).toEqual([['bus-1', [null, 6, null, null]]]);
    expect((await played(`metric=mean_speed&${hour}&bbox=105.5,20.5,105.55,20.6`)).series).toEqual([]);
  });

  it('cuts the range to the millisecond, and begins days at the city’s midnight', async () => {
    const cut = await played(`metric=mean_speed&device=counter-1&from=${at(1) + 1}&to=${at(45)}`);
    expect(cut.series.map(({ values }) => values)).toEqual([[20, null, null]]);
    expect(cut.times[0]).toBe(instant(START));
    const days = await played(`metric=mean_speed&device=counter-1&from=${NOW - 72 * HOUR}&to=${NOW}&step=P1D`);
    expect(days.times).toEqual([21, 22, 23, 24].map((day) => `2026-11-${day - 1}T17:00:00.000Z`));
    expect(days.series.map(({ values }) => values)).toEqual([[null, null, null, 30.25]]);
  });

  it('is of the last 24 hours by quarters of an hour by default', async () => {
    const { from, to, times } = await played('metric=mean_speed');
    expect(Date.parse(to) - Date.parse(from)).toBe(24 * HOUR);
    expect(times).toHaveLength(97);
  });

  it('has an entity tag, and need not be sent again', async () => {
    const path = `/api/v1/playback/traffic?metric=mean_speed&${hour}`;
    const etag = (await city.request(path)).headers.get('etag') ?? '';
    expect((await city.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('tells archived days as if they were still in the store', async () => {
    const day = Date.parse('2026-11-21T00:00:00Z');
    const asked = `metric=mean_speed&device=counter-1&step=PT1H&from=${NOW - 80 * HOUR}&to=${NOW}`;
    const before = await played(asked);
    expect(before.series.map(({ values }) => values.filter((value) => value !== null))).toEqual([[40, 30.25]]);
    await city.archive.write(day, (path) => city.telemetry.extract(day, day + 24 * HOUR, path));
    await city.telemetry.expire(day + 24 * HOUR, 0);
    expect(await played(asked)).toEqual(before);
  });
});

describe('playback refuses', () => {
  it.each([
    ['metric=happiness', 400, 'no metric happiness'],
    ['metric=mean_speed,bed_occupancy', 400, 'no metric bed_occupancy'],
    ['metric=pm2_5', 400, 'do not report pm2_5'],
    ['step=PT1H', 400, 'metric'],
    ['metric=mean_speed&step=PT2H', 400, 'step'],
    ['metric=mean_speed&from=2&to=1', 400, 'from must be before to'],
    ['metric=mean_speed&limit=5', 400, 'limit'],
  ])('%s', async (query, status, says) => {
    const problem = await refused(query);
    expect(problem).toMatchObject({ status, code: 'invalid-request' });
    expect(JSON.stringify(problem)).toContain(says);
  });

  it('a domain that is not there', async () => {
    expect(await refused('metric=mean_speed', 'magic')).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('more buckets than it may have, and says which step would do', async () => {
    const [from, day] = [NOW - 24 * HOUR, `to=${NOW}`];
    expect((await played(`metric=mean_speed&device=counter-1&from=${from}&${day}&step=PT1M`)).times).toHaveLength(
      1_440,
    );
    const problem = await refused(`metric=mean_speed&device=counter-1&from=${from - 24 * HOUR}&${day}&step=PT1M`);
    expect(problem).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(problem.detail).toContain('step=PT5M');
    const forever = await refused('metric=mean_speed&from=-62135596800000&to=253402300799999&step=P1D');
    expect(forever).toMatchObject({ status: 400, detail: expect.stringContaining('a shorter range') });
  });

  it('more cells than it may have, and says how many buckets would do', async () => {
    const day = `from=${NOW - 24 * HOUR}&to=${NOW}&step=PT1M`;
    const problem = await refused(`metric=mean_speed&provider=sgtvt&${day}`);
    expect(problem).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(problem.detail).toContain('at most 1333 buckets');
    expect((await city.request(`/api/v1/playback/traffic?metric=parking_free&${day}`)).status).toBe(200);
  });

  it('a closed metric by its name, to whoever may not read it', async () => {
    const domains = DOMAINS.map((domain) => ({
      ...domain,
      metrics: domain.metrics.map((row) =>
        row.id === 'queue_length' ? { ...row, access: 'restricted' as const } : row,
      ),
    }));
    const closed = await openCity({ deps: { catalogue: createCatalogue(domains) } });
    const ask = async (as: string | undefined) =>
      (await closed.request('/api/v1/playback/traffic?metric=mean_speed,queue_length', as ? { as } : {})).status;
    const inner = await closed.key('inner', 'restricted');
    expect([await ask(undefined), await ask(closed.keys.read), await ask(inner)]).toEqual([401, 403, 200]);
    await closed.close();
  });
});
