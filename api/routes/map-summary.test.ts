import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEVICE_CONDITIONS } from '../../model/device.ts';
import { LEVELS } from '../../model/level.ts';
import { sumUp } from '../map/summary.ts';
import type { Fact } from '../map/tiles/facts.ts';
import { DEVICES_AT_MOST } from '../map/totals.ts';
import { device, HOUR, live, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';
import { MapSummary, MapTotal } from './map-summary.ts';

const PLAIN = {
  ...{ heading: undefined, newest: undefined, figure: undefined },
  ...{ stale: false, doubtful: false, quarantined: false, hidden: false },
} as const;
const Totals = z.object({ items: z.array(MapTotal) });

let city: TestCity;
beforeEach(async () => {
  city = await openCity();
});
afterEach(() => city.close());

async function summary(query = '', domain = 'traffic') {
  const response = await city.request(`/api/v1/map/${domain}/summary${query}`);
  expect(response.status).toBe(200);
  return MapSummary.parse(await response.json());
}
const at = (lon: number) => ({ geometry: { type: 'Point' as const, coordinates: [lon, 21] as [number, number] } });

describe('the summary of a view', () => {
  it('counts what lies within it, and names the first of it', async () => {
    await city.register(
      device('counter-1', { ...at(105.8), name: 'Trạm 10' }),
      device('counter-2', { ...at(105.81), name: 'Trạm 9', simulated: true }),
      device('counter-3', at(105.9)),
      device('bus-1', { kind: 'bus', geometry: null }),
      device('hospital-1', { domain: 'health', kind: 'hospital' }),
    );
    city.live.tell(
      live('counter-1', 'mean_speed', 15),
      live('counter-2', 'mean_speed', 50, { time: NOW - HOUR, received: NOW - HOUR }),
      live('bus-1', 'bus_delay', 60, { position: [105.805, 21] }),
    );
    const view = await summary('?bbox=105.79,20.9,105.82,21.1&limit=2');
    expect(view).toMatchObject({
      ...{ domain: 'traffic', registered: 4, mode: 'devices', devices: 3, simulated: 1 },
      ...{ conditions: { live: 2, silent: 1, offline: 0, new: 0 } },
      kinds: [
        { kind: 'bus', devices: 1 },
        { kind: 'counter', devices: 2 },
      ],
    });
    expect(view.levels.poor).toBe(1);
    // By name as people count: 9 before 10.
    expect(view.first.map(({ id }) => id)).toEqual(['counter-2', 'counter-1']);
    expect(view.first[0]?.properties.latest).toHaveProperty('mean_speed');
  });

  it('counts how devices are drawn as the legend of the page does, in view, and how values are spread everywhere', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    await city.register(...ids.map((id, i) => device(`counter-${id}`, at(i === 5 ? 106.5 : 105.8))));
    const past = { time: NOW - HOUR, received: NOW - HOUR };
    city.live.tell(
      live('counter-a', 'vehicle_count', 10),
      live('counter-b', 'vehicle_count', 30, { quality: 'suspect' }),
      live('counter-c', 'vehicle_count', 30, past),
      live('counter-d', 'vehicle_count', 7, { quality: 'invalid' }),
      live('counter-f', 'vehicle_count', 50),
    );
    const { marks, figures, facets } = await summary('?metric=vehicle_count&bbox=105,20,106,22');
    expect(marks).toEqual({ silent: 1, offline: 0, empty: 1, hidden: 0, stale: 0, doubtful: 2, quarantined: 0 });
    expect(figures).toEqual([
      {
        metric: 'vehicle_count',
        levels: { good: 0, fair: 0, poor: 0, severe: 0, none: 3 },
        spread: { bounds: [10, 30, 50], devices: [1, 1, 0] },
      },
    ]);
    expect(facets).toBeNull();
  });

  it('counts each choice of a filter as if it were asked for, the others on', async () => {
    await city.register(
      device('counter-1', { ...at(105.8), provider: 'police' }),
      device('counter-2', at(105.85)),
      device('counter-3', at(105.85)),
      device('link-1', { ...at(105.85), kind: 'road-segment', provider: 'police' }),
      device('far-1', at(106.5)),
    );
    city.live.tell(
      live('counter-1', 'mean_speed', 4),
      live('counter-2', 'mean_speed', 40),
      live('link-1', 'mean_speed', 4, { time: NOW - HOUR, received: NOW - HOUR }),
    );
    const box = 'bbox=105,20,106,22';
    for (const filters of [
      '',
      '&kind=counter',
      '&kind=counter&level=severe',
      '&provider=police&condition=live,silent',
      '&fresh_within=600&kind=counter',
    ]) {
      const { facets } = await summary(`?facets=1&${box}${filters}`);
      const without = (name: string) => filters.replace(new RegExp(`&${name}=[^&]*`), '');
      const asked = async (name: string, choice: string) =>
        (await summary(`?${box}${without(name)}&${name}=${encodeURIComponent(choice)}`)).devices;
      const named = {
        kind: facets?.kinds,
        provider: facets?.providers,
        level: facets?.levels,
        condition: facets?.conditions,
      };
      for (const [name, choices] of [...Object.entries(named), ['area', facets?.areas] as const]) {
        for (const { id, devices } of choices ?? [])
          expect([name, id, await asked(name, id)]).toEqual([name, id, devices]);
        expect(choices?.length).toBeGreaterThan(0);
      }
      for (const { within, devices } of facets?.fresh ?? [])
        expect(await asked('fresh_within', String(within))).toBe(devices);
    }
  });

  it('has without a box also what was never seen anywhere', async () => {
    await city.register(device('counter-1'), device('bus-1', { kind: 'bus', geometry: null }));
    expect((await summary()).devices).toBe(2);
    expect((await summary('?bbox=105,20,106,22')).devices).toBe(1);
  });

  it('names by severity what needs a look first', async () => {
    await city.register(...['a', 'b', 'c', 'd'].map((id) => device(`counter-${id}`)));
    city.live.tell(
      live('counter-a', 'mean_speed', 90),
      live('counter-b', 'mean_speed', 50, { time: NOW - HOUR, received: NOW - HOUR }),
      live('counter-c', 'mean_speed', 2),
    );
    const { first } = await summary('?sort=severity');
    expect(first.map(({ id }) => id)).toEqual(['counter-c', 'counter-b', 'counter-a', 'counter-d']);
  });

  it('leaks no value, no level and no order of a metric that is closed to who asks', async () => {
    const gateway = (id: string) => device(id, { domain: 'ict', kind: 'security-gateway' });
    await city.register(gateway('gateway-1'), gateway('gateway-2'));
    const logins = (id: string, value: number) => live(id, 'failed_logins', value, { domain: 'ict' });
    city.live.tell(logins('gateway-1', 1), logins('gateway-2', 9_000));
    const closed = await summary('?sort=severity', 'ict');
    expect(closed.levels).toEqual({ good: 0, fair: 0, poor: 0, severe: 0, none: 2 });
    expect(closed.first.map(({ id, properties }) => [id, properties.latest])).toEqual([
      ['gateway-1', {}],
      ['gateway-2', {}],
    ]);
    expect((await summary('?level=severe', 'ict')).devices).toBe(0);
  });

  it('refuses more devices than 500 and says so', async () => {
    const response = await city.request('/api/v1/map/traffic/summary?limit=501');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-request' });
  });

  it('is the same whatever the order in which devices are looked at, and its first are those of a full sort', async () => {
    const rows = fc.array(
      fc.record({
        condition: fc.constantFrom(...DEVICE_CONDITIONS),
        level: fc.option(fc.constantFrom(...LEVELS)),
        name: fc.constantFrom('Trạm 1', 'Trạm 2', 'Trạm 10', 'Ô Chợ Dừa'),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 0, max: 10 }),
        fc.constantFrom('name', 'severity'),
        async (given, limit, sort) => {
          const facts = given.map(({ condition, level, name }, i): Fact => {
            const reading = { metric: 'mean_speed', value: 1, at: 0, level, quality: 'valid' as const };
            return { device: device(`counter-${i}`, { name }), condition, position: null, reading, ...PLAIN };
          });
          const whole = await sumUp(facts, { bbox: undefined, sort, limit: facts.length });
          const some = await sumUp([...facts].reverse(), { bbox: undefined, sort, limit });
          expect(some).toEqual({ ...whole, first: whole.first.slice(0, limit) });
        },
      ),
    );
  });
});

describe('the totals of the map', () => {
  it('say how each domain is best drawn', async () => {
    await city.register(...Array.from({ length: DEVICES_AT_MOST + 1 }, (_, i) => device(`counter-${i}`)));
    const response = await city.request('/api/v1/map');
    const { items } = Totals.parse(await response.json());
    expect(items).toContainEqual({ domain: 'traffic', registered: DEVICES_AT_MOST + 1, mode: 'tiles' });
    expect(items).toContainEqual({ domain: 'health', registered: 0, mode: 'devices' });
  });
});
