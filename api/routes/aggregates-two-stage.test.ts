import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { device, HOUR, MINUTE, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

/** Monday 23 November 2026, midnight in Hanoi: a day and a week begin. */
const MONDAY = Date.parse('2026-11-22T17:00:00Z');
const DAY = 24 * HOUR;
const at = (day: number, hour: number, minute: number) => MONDAY + day * DAY + hour * HOUR + minute * MINUTE;

/** What two devices told: a seven times, b three times, from Sunday 23:58 until Tuesday 0:30. */
const TOLD = {
  a: [
    [at(-1, 23, 58), 1],
    [at(0, 0, 2), 2],
    [at(0, 0, 4), 6],
    [at(0, 0, 7), 4],
    [at(0, 0, 20), 8],
    [at(0, 1, 10), 10],
    [at(1, 0, 3), 20],
  ],
  b: [
    [at(0, 0, 3), 5],
    [at(0, 1, 40), 7],
    [at(1, 0, 30), 9],
  ],
} as const;

/** When windows begin in which anything was told. */
const STARTS = {
  '5m': [at(-1, 23, 55), ...[0, 5, 20, 70, 100].map((minute) => at(0, 0, minute)), at(1, 0, 0), at(1, 0, 30)],
  '15m': [at(-1, 23, 45), ...[0, 15, 60, 90].map((minute) => at(0, 0, minute)), at(1, 0, 0), at(1, 0, 30)],
  '1h': [at(-1, 23, 0), at(0, 0, 0), at(0, 1, 0), at(1, 0, 0)],
  '1d': [at(-1, 0, 0), at(0, 0, 0), at(1, 0, 0)],
  '1w': [at(-7, 0, 0), at(0, 0, 0)],
  all: [at(-1, 23, 0)],
} as const;
const WINDOWS = ['5m', '15m', '1h', '1d', '1w', 'all'] as const;

/**
 * By hand. In the hour from Monday 0:00, for one, a told 2, 6, 4 and 8, and b told 5:
 * mean 5 and 5; sum 20 and 5; last 8 and 5; max 8 and 5. In the week a told 50 in 6 parts and b 21 in 3.
 */
const KINDS = [
  {
    ...{ metric: 'mean_speed', domain: 'traffic', kind: 'counter', says: 'the mean of the devices’ means' },
    values: {
      '5m': [1, 4.5, 4, 8, 10, 7, 20, 9],
      '15m': [1, 4.5, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 5, 8.5, 14.5], '1d': [1, 6, 14.5], '1w': [1, (50 / 6 + 7) / 2], all: [(51 / 7 + 7) / 2] },
    },
  },
  {
    ...{ metric: 'vehicle_count', domain: 'traffic', kind: 'counter', says: 'the sum of all' },
    values: {
      '5m': [1, 13, 4, 8, 10, 7, 20, 9],
      '15m': [1, 17, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 25, 17, 29], '1d': [1, 42, 29], '1w': [1, 71], all: [72] },
    },
  },
  {
    ...{ metric: 'beds_total', domain: 'health', kind: 'hospital', says: 'the sum of what each device told last' },
    values: {
      '5m': [1, 11, 4, 8, 10, 7, 20, 9],
      '15m': [1, 9, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 13, 17, 29], '1d': [1, 17, 29], '1w': [1, 29], all: [29] },
    },
  },
  {
    ...{ metric: 'queue_length', domain: 'traffic', kind: 'counter', says: 'the greatest of all' },
    values: {
      '5m': [1, 6, 4, 8, 10, 7, 20, 9],
      '15m': [1, 6, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 8, 10, 20], '1d': [1, 10, 20], '1w': [1, 20], all: [20] },
    },
  },
  {
    ...{ metric: 'attendance_rate', domain: 'education', kind: 'school', says: 'the mean of what each told last' },
    values: {
      '5m': [1, 5.5, 4, 8, 10, 7, 20, 9],
      '15m': [1, 4.5, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 6.5, 8.5, 14.5], '1d': [1, 8.5, 14.5], '1w': [1, 14.5], all: [14.5] },
    },
  },
  {
    ...{ metric: 'power_draw', domain: 'ict', kind: 'server-rack', says: 'the sum of the devices’ means' },
    values: {
      '5m': [1, 9, 4, 8, 10, 7, 20, 9],
      '15m': [1, 9, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 10, 17, 29], '1d': [1, 12, 29], '1w': [1, 50 / 6 + 7], all: [51 / 7 + 7] },
    },
  },
  {
    ...{ metric: 'rack_temperature', domain: 'ict', kind: 'server-rack', says: 'the greatest of the devices’ means' },
    values: {
      '5m': [1, 5, 4, 8, 10, 7, 20, 9],
      '15m': [1, 5, 8, 10, 7, 20, 9],
      ...{ '1h': [1, 5, 10, 20], '1d': [1, 6, 20], '1w': [1, 50 / 6], all: [51 / 7] },
    },
  },
];

// Hanoi's days must be Hanoi's wherever the process thinks it is; both zones are away from it, on either side of UTC.
describe.each(['UTC', 'America/New_York', 'Pacific/Auckland'])('in a process under TZ=%s', (zone) => {
  let city: TestCity;
  beforeAll(async () => {
    vi.stubEnv('TZ', zone);
    city = await openCity();
    for (const { metric, domain, kind } of KINDS)
      for (const [name, told] of Object.entries(TOLD)) {
        const id = `${metric.replaceAll('_', '-')}-${name}`;
        await city.register(device(id, { domain, kind }));
        await city.store(...told.map(([time, value]) => observation(id, metric, time, value)));
      }
  });
  afterAll(async () => {
    await city.close();
    vi.unstubAllEnvs();
  });

  it('is there', () => {
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
  });

  describe.each(KINDS)('a figure of $metric is $says', ({ metric, values }) => {
    it.each(WINDOWS)('by %s', async (window) => {
      const query = `metric=${metric}&window=${window}&group_by=domain&fn=value&from=${at(-1, 23, 0)}&to=${at(1, 1, 0)}`;
      const { items } = await city.list(`/api/v1/aggregates?${query}`);
      expect(items.map(({ time }) => time)).toEqual(STARTS[window].map((start) => new Date(start).toISOString()));
      for (const [i, value] of values[window].entries()) expect(items[i]?.value).toBeCloseTo(value, 9);
    });
  });
});

describe('a city with daylight saving time', () => {
  let city: TestCity;
  // Berlin's clocks go back on Sunday 25 October 2026 at 3:00; the week begins on Monday the 19th.
  const [from, to] = [Date.parse('2026-10-18T22:00:00Z'), Date.parse('2026-10-26T23:00:00Z')];
  beforeAll(async () => {
    city = await openCity({ config: { timezone: 'Europe/Berlin' } });
    await city.register(device('counter-1'));
    const hours = Array.from({ length: (to - from) / HOUR }, (_, i) => from + i * HOUR);
    await city.store(...hours.map((time) => observation('counter-1', 'vehicle_count', time, 1)));
  });
  afterAll(() => city.close());

  it('has days and weeks as long as the calendar says', async () => {
    const ask = async (window: string) => {
      const { items } = await city.list(
        `/api/v1/aggregates?metric=vehicle_count&window=${window}&fn=value&from=${from}&to=${to}`,
      );
      return items.map(({ time, value }) => [time, value]);
    };
    expect(await ask('1d')).toEqual([
      ...[18, 19, 20, 21, 22, 23].map((day) => [`2026-10-${day}T22:00:00.000Z`, 24]),
      ['2026-10-24T22:00:00.000Z', 25],
      ['2026-10-25T23:00:00.000Z', 24],
    ]);
    expect(await ask('1w')).toEqual([
      ['2026-10-18T22:00:00.000Z', 169],
      ['2026-10-25T23:00:00.000Z', 24],
    ]);
    expect(await ask('1h')).toHaveLength(193);
  });
});
