import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ObservationView } from '../../model/observation.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const DAY = 24 * HOUR;
/** Midnight, UTC, a hundred days ago: archived and deleted. */
const OLD = Math.floor((NOW - 100 * DAY) / DAY) * DAY;
const Correction = ObservationView.extend({ superseded: z.array(z.number()) });

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(device('counter-1'), device('counter-2'), device('bus-1', { kind: 'bus', geometry: null }));
  const told = [
    observation('counter-1', 'mean_speed', OLD + HOUR, 10),
    observation('counter-1', 'mean_speed', OLD + 2 * HOUR, 20),
    observation('counter-1', 'mean_speed', NOW - HOUR, 30),
    observation('counter-2', 'mean_speed', NOW - HOUR, 40),
    observation('counter-2', 'mean_speed', NOW - 2 * HOUR, 50),
    observation('bus-1', 'bus_delay', NOW - 30 * MINUTE, 60, { position: [105.8, 21] }),
    observation('bus-1', 'bus_delay', NOW - 20 * MINUTE, 70, { position: [105.9, 21] }),
  ];
  await city.store(...told);
  const corrected = told.filter(({ value }) => value !== 20 && value !== 50);
  const next = (times: number) =>
    city.telemetry.put({
      ...{ after: times, upTo: times + 1, fresh: [], tallies: [] },
      corrections: corrected.map((each) => ({
        observation: { ...each, value: each.value + times, received: NOW },
        superseded: each.value + times - 1,
      })),
    });
  await next(1);
  await next(2);
  await city.archive.write(OLD, (path) => city.telemetry.extract(OLD, OLD + DAY, path));
  await city.telemetry.expire(OLD + DAY, OLD);
});
afterAll(() => city.close());

async function told(query: string) {
  const { items, next } = await city.list(`/api/v1/corrections?${query}`);
  return { items: z.array(Correction).parse(items), next };
}
const figures = async (query: string) =>
  (await told(query)).items.map((each) => [each.device, each.value, ...each.superseded]);

describe('corrections', () => {
  it('of the last day: what holds, and what it replaced, in order', async () => {
    expect(await figures('')).toEqual([
      ['counter-1', 32, 30, 31],
      ['counter-2', 42, 40, 41],
      ['bus-1', 62, 60, 61],
      ['bus-1', 72, 70, 71],
    ]);
    expect((await told('device=counter-1')).items[0]).toMatchObject({ received: new Date(NOW).toISOString() });
  });

  it('of a range that reaches into the archive, by cursor', async () => {
    const found: unknown[] = [];
    for (let query: string | undefined = ''; query !== undefined; ) {
      const page: Awaited<ReturnType<typeof told>> = await told(
        `from=${OLD}&to=${NOW}&metric=mean_speed&limit=1${query}`,
      );
      found.push(...page.items.map(({ value }) => value));
      query = page.next === null ? undefined : `&cursor=${page.next}`;
    }
    expect(found).toEqual([12, 32, 42]);
  });

  it('of what moves, by where it was observed', async () => {
    expect(await figures('bbox=105.85,20.9,105.95,21.1&kind=bus')).toEqual([['bus-1', 72, 70, 71]]);
  });

  it.each(['metric=happiness', 'from=2&to=1', 'cursor=broken', 'superseded=yes'])('refuse %s', async (query) => {
    expect((await city.request(`/api/v1/corrections?${query}`)).status).toBe(400);
  });
});
