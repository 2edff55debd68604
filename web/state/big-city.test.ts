import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MapSummary } from '../api/shapes.ts';
import { cityWith, collection, counter, NOW } from '../testing/city.ts';
import { bigDomains, DEVICES_AT_MOST } from './big-city.svelte.ts';
import { choicesIn, facetsWith, withViews } from './big-counts.ts';
import { deviceOf } from './device.ts';
import { facetsOf } from './filtering.ts';
import { countMarks } from './legend.ts';
import { PLAIN } from './mark.ts';
import { Marks } from './marks.ts';
import { STEPS } from './scale.ts';
import { boundsOfTile, clusterOfTile, markOfTile } from './tile-mark.ts';
import { NO_FILTERS } from './url.ts';

const MARKS = { silent: 30, offline: 3, empty: 1, hidden: 0, stale: 7, doubtful: 2, quarantined: 4 };
const NOBODY = { conditions: [], levels: [], kinds: [], providers: [], areas: [], fresh: [] };
/** What the city says of a view of the large domain. */
function summary(other: Partial<MapSummary> = {}): MapSummary {
  return {
    ...{ domain: 'traffic', time: new Date(NOW).toISOString(), registered: 200_000, mode: 'tiles' },
    ...{ devices: 1_234, simulated: 5, kinds: [], first: [counter()] },
    conditions: { live: 1_200, silent: 30, offline: 3, new: 1 },
    levels: { good: 900, fair: 0, poor: 200, severe: 100, none: 0 },
    marks: MARKS,
    figures: [{ metric: 'mean_speed', levels: { good: 900, fair: 0, poor: 200, severe: 100, none: 0 }, spread: null }],
    facets: NOBODY,
    ...other,
  };
}

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
    city.big.summaries = new Map([['traffic', summary()]]);
    expect(city.counted).toEqual({ shown: 1_234, all: 200_000, silent: 30, offline: 3, new: 1, simulated: 5 });
    // The tiles draw it; what is open is drawn for itself.
    expect(city.onMap).toEqual([]);
    city.view.open('counter-1');
    expect(city.onMap.map(({ device }) => device.id)).toEqual(['counter-1']);
  });

  test('tells in legend and filters what the city has counted in view, and not what the page holds', () => {
    const city = cityWith(counter());
    city.view.show('traffic');
    city.big.count([{ domain: 'traffic', registered: 200_000, mode: 'tiles' }]);
    const facets = { ...NOBODY, levels: [{ id: 'severe', devices: 100 }], kinds: [{ id: 'counter', devices: 1_234 }] };
    city.big.summaries = new Map([['traffic', summary({ facets })]]);
    expect(city.held).toEqual([]);
    const counts = withViews(countMarks(city.held), city.views.values(), city.scales);
    expect(counts).toMatchObject({ ...MARKS, simulated: 5, real: 1_229 });
    expect(counts.byFigure.get('mean_speed')?.get('poor')).toBe(200);
    expect(counts.tones.get('severe')).toBe(100);
    const told = facetsWith(facetsOf(city.heldOf(city.named), NO_FILTERS, city.context), [...city.views.values()]);
    expect([told.levels.get('severe'), told.levels.get('good')]).toEqual([100, undefined]);
    expect(choicesIn(city.views.values(), 'kinds').get('counter')).toBe(1_234);
    // At another moment the page knows only what it has read of it.
    city.time.mode = 'playback';
    expect(city.views.size).toBe(0);
  });

  test('makes classes of all values of a figure without levels, and counts each device in one of them', () => {
    const city = cityWith();
    city.view.show('traffic');
    city.view.colourBy('vehicle_count');
    city.big.count([{ domain: 'traffic', registered: 200_000, mode: 'tiles' }]);
    const spread = {
      bounds: Array.from({ length: 201 }, (_, i) => i * 5),
      devices: Array.from({ length: 201 }, () => 6),
    };
    const levels = { good: 0, fair: 0, poor: 0, severe: 0, none: 1_210 };
    city.big.summaries = new Map([['traffic', summary({ figures: [{ metric: 'vehicle_count', levels, spread }] })]]);
    const scale = city.scales.get('vehicle_count');
    expect(scale?.by === 'classes' && scale.classes).toHaveLength(5);
    const counts = withViews(countMarks([]), city.views.values(), city.scales).byFigure.get('vehicle_count');
    for (const step of STEPS) expect(counts?.get(step)).toBeCloseTo(241, -2);
    expect([...(counts?.values() ?? [])].reduce((sum, devices) => sum + devices, 0)).toBe(1_210);
    // What came beside is told as not judged, and not left out.
    expect(counts?.get('unrated')).toBe(4);
  });

  test('is shown by view from the moment on when it has grown too large', () => {
    const city = cityWith(counter());
    city.view.show('traffic');
    const count = (registered: number) => city.big.count([{ domain: 'traffic', registered, mode: 'devices' }]);
    count(DEVICES_AT_MOST);
    const before = city.big.switched;
    count(DEVICES_AT_MOST - 1);
    expect([city.big.switched, city.big.has('traffic')]).toEqual([before, false]);
    count(DEVICES_AT_MOST + 1);
    expect([city.big.switched, city.big.has('traffic')]).toEqual([before + 1, true]);
  });

  test('draws what moves for itself where the page holds all of it that is in view', () => {
    const city = cityWith(counter(), counter({ id: 'bus-1', kind: 'bus' }));
    city.view.show('traffic');
    city.big.count([{ domain: 'traffic', registered: 200_000, mode: 'tiles' }]);
    expect(city.onMap).toEqual([]);
    city.big.moving = ['traffic'];
    expect(city.onMap.map(({ device }) => device.id)).toEqual(['bus-1']);
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
    const signs = { quality: 'suspect', doubtful: true, quarantined: true, stale: true };
    const troubled = { ...told, condition: 'live', metric: 'mean_speed', value: 8, time: NOW, ...signs };
    const { reading, ...wrong } = markOfTile(troubled, catalogue, NOW, PLAIN);
    expect(reading?.quality).toBe('suspect');
    expect(wrong).toMatchObject({ doubtful: true, quarantined: true, stale: true, faded: false });
    expect(markOfTile({ ...told, condition: 'new' }, catalogue, NOW, PLAIN)).toMatchObject({ tone: 'none' });
  });

  test('of a cluster are its figures', () => {
    const figures = clusterOfTile({ count: 10, live: 7, simulated: 2, valued: 4, mean: 2.5, worst: 'poor', poor: 3 });
    expect(figures).toMatchObject({ devices: 10, silent: 3, simulated: 2, mean: 2.5, sum: 10, worst: 'poor' });
    expect(figures.levels.get('poor')).toBe(3);
    expect(clusterOfTile({ count: 2, doubtful: 1, quarantined: 2 })).toMatchObject({ doubtful: 1, quarantined: 2 });
    expect(boundsOfTile({ bounds: '105.8,20.9,105.9,21.1' })).toEqual([105.8, 20.9, 105.9, 21.1]);
    expect([boundsOfTile({}), boundsOfTile({ bounds: '1,2,3' })]).toEqual([undefined, undefined]);
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
