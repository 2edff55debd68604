import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cityWith, collection, counter, NOW } from '../testing/city.ts';
import { bigDomains, DEVICES_AT_MOST } from './big-city.svelte.ts';
import { deviceOf } from './device.ts';
import { PLAIN } from './mark.ts';
import { Marks } from './marks.ts';
import { clusterOfTile, markOfTile } from './tile-mark.ts';

describe('the domains that are drawn by tiles', () => {
  test('are none while the page can hold all that is shown', () => {
    expect(bigDomains(new Map([['traffic', DEVICES_AT_MOST]]), ['traffic', 'health'])).toEqual([]);
  });

  test('are the largest, and so few that the page can hold the rest', () => {
    const names = ['a', 'b', 'c', 'd'];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 4, maxLength: 4 }), (sizes) => {
        const totals = new Map(names.map((name, i) => [name, sizes[i] ?? 0]));
        const big = bigDomains(totals, names);
        const sum = (ids: readonly string[]) => ids.reduce((all, id) => all + (totals.get(id) ?? 0), 0);
        const held = names.filter((id) => !big.includes(id));
        expect(sum(held)).toBeLessThanOrEqual(DEVICES_AT_MOST);
        const last = big.at(-1);
        if (last !== undefined) expect(sum([...held, last])).toBeGreaterThan(DEVICES_AT_MOST);
        for (const id of big) for (const other of held) expect(sum([id])).toBeGreaterThanOrEqual(sum([other]));
      }),
    );
  });
});

describe('a city with a large domain', () => {
  test('counts what is in view and what is registered, and not what the page holds of it', () => {
    const city = cityWith(counter());
    city.view.show('traffic');
    city.big.count([{ domain: 'traffic', registered: 200_000, mode: 'tiles' }]);
    city.big.summaries = new Map([
      [
        'traffic',
        {
          ...{ domain: 'traffic', time: new Date(NOW).toISOString(), registered: 200_000, mode: 'tiles' },
          ...{ devices: 1_234, simulated: 5, kinds: [], first: [counter()] },
          conditions: { live: 1_200, silent: 30, offline: 3, new: 1 },
          levels: { good: 0, fair: 0, poor: 0, severe: 0, none: 1_200 },
        },
      ],
    ]);
    expect(city.counted).toEqual({ shown: 1_234, all: 200_000, silent: 30, offline: 3, new: 1, simulated: 5 });
    // The tiles draw it; what is open is drawn for itself.
    expect(city.onMap).toEqual([]);
    city.view.open('counter-1');
    expect(city.onMap.map(({ device }) => device.id)).toEqual(['counter-1']);
  });

  test('asks for tiles by everything that narrows the page', () => {
    const city = cityWith();
    city.big.count([{ domain: 'traffic', registered: 200_000, mode: 'tiles' }]);
    city.view.filter({ kind: 'counter', levels: ['severe'], ward: 'ba-dinh', freshWithin: 900, state: 'retired' });
    city.view.colourBy('mean_speed');
    const url = new URL(city.big.tiles.get('traffic') ?? '', 'http://city');
    expect(url.pathname).toContain('/api/v1/map/traffic/tiles/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ kind: 'counter', level: 'severe', area: 'ba-dinh', fresh_within: '900', metric: 'mean_speed' },
      state: 'retired',
    });
  });
});

describe('what a tile tells', () => {
  const { catalogue } = cityWith();

  test('of a device is its mark, in the condition that the city knows it to be in', () => {
    const told = { id: 'big-1', domain: 'traffic', kind: 'counter', name: 'Trạm 1', simulated: true };
    const mark = markOfTile(
      { ...told, condition: 'silent', metric: 'mean_speed', value: 8, time: NOW, level: 'severe' },
      catalogue,
      NOW,
      PLAIN,
    );
    expect(mark).toMatchObject({ condition: 'silent', faded: true, tone: 'severe', reading: { value: 8 } });
    expect(markOfTile({ ...told, condition: 'new' }, catalogue, NOW, PLAIN)).toMatchObject({ tone: 'none' });
  });

  test('of a cluster are its figures', () => {
    const figures = clusterOfTile({ count: 10, live: 7, simulated: 2, valued: 4, mean: 2.5, worst: 'poor', poor: 3 });
    expect(figures).toMatchObject({ devices: 10, silent: 3, simulated: 2, mean: 2.5, sum: 10, worst: 'poor' });
    expect(figures.levels.get('poor')).toBe(3);
  });
});

describe('marks', () => {
  const { catalogue } = cityWith();
  const devices = collection(counter(), counter({ id: 'counter-2' })).features.map((feature) =>
    deviceOf('traffic', feature),
  );

  test('are made anew of those only that changed', () => {
    const marks = new Marks();
    const [first, second] = marks.of(devices, catalogue, NOW, PLAIN);
    const changed = devices.map((device, i) => (i === 1 ? { ...device, connected: false } : device));
    const [same, other] = marks.of(changed, catalogue, NOW, PLAIN);
    expect(same).toBe(first);
    expect(other).not.toBe(second);
  });

  test('are made anew at another moment', () => {
    const marks = new Marks();
    expect(marks.of(devices, catalogue, NOW, PLAIN)[0]?.condition).toBe('live');
    expect(marks.of(devices, catalogue, NOW + 3_600_000, PLAIN)[0]?.condition).toBe('silent');
  });
});
