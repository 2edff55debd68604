import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { AreaFigure } from '../api/shapes.ts';
import { figureFor, rangeFor } from '../state/ward-figures.svelte.ts';
import { at, cityWith, counter, domains, NOW } from '../testing/city.ts';
import AreaPanel from './AreaPanel.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ring: [number, number][] = [
  [105.8, 20.9],
  [105.9, 20.9],
  [105.9, 21.1],
  [105.8, 21.1],
  [105.8, 20.9],
];
const ward = {
  ...{ id: 'lang', level: 'ward' as const, kind: 'ward' as const, name: { vi: 'Phường Láng', en: 'Lang Ward' } },
  ...{ population: 60_028, point: [105.8, 21] as [number, number], approximate: true, attribution: null },
  geometry: { type: 'Polygon' as const, coordinates: [ring] },
};
const figure = (time: string, value = 12): AreaFigure => ({
  ...{ group: 'lang', time, value, completeness: 0.5, newest: at(120), devices: 3 },
});

function open(answer: (metric: string) => Response) {
  vi.stubGlobal('fetch', async (path: string) => answer(new URL(path, 'http://city').searchParams.get('metric') ?? ''));
  const city = cityWith(counter({ simulated: true }));
  city.areas.load([ward]);
  render(AreaPanel, { ward, city });
  const row = async (name: string) => {
    const found = await screen.findByText(name);
    return () => found.closest('li')?.textContent?.replace(/\s+/g, ' ') ?? '';
  };
  return { city, row };
}

test('says what the ward is, that its boundary is approximate, and who is there', () => {
  open(() => Response.json({ items: [], next: null }));
  const text = document.body.textContent?.replace(/\s+/g, ' ');
  for (const part of ['Lang Ward', 'approximate boundary', '60,028 people', '1 simulated'])
    expect(text).toContain(part);
});

test('each key figure stands with its level, how complete it is and how old, and one that fails holds up no other', async () => {
  const { row } = open((metric) => {
    if (metric === 'occupancy') return new Response('', { status: 503 });
    return Response.json({ items: metric === 'mean_speed' ? [figure(at(900))] : [], next: null });
  });
  const speed = await row('Mean speed');
  await vi.waitFor(() =>
    expect(speed()).toMatch(/12 km\/h.*Poor.*50% received.*incomplete.*last 15 minutes · 2 min ago/),
  );
  const occupancy = await row('Lane occupancy');
  await vi.waitFor(() => expect(occupancy()).toContain('could not be read'));
  const vehicles = await row('Vehicle count');
  await vi.waitFor(() => expect(vehicles()).toContain('no device reports'));
});

test('while the city is away what was read stays with its age, and is read again soon', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let away = false;
    let asked = 0;
    const { city } = open((metric) => {
      if (metric === 'mean_speed') asked += 1;
      if (away) return new Response('', { status: 503 });
      return Response.json({ items: metric === 'mean_speed' ? [figure(at(900))] : [], next: null });
    });
    const speed = () => screen.getByText('Mean speed').closest('li')?.textContent ?? '';
    await vi.advanceTimersByTimeAsync(100);
    expect(speed()).toContain('2 min ago');
    away = true;
    city.clock.now = NOW + 120_000;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(speed()).toMatch(/12 km\/h.*4 min ago/);
    const before = asked;
    await vi.advanceTimersByTimeAsync(5_100);
    expect(asked).toBe(before + 1);
  } finally {
    vi.useRealTimers();
  }
});

test('what one may not see is locked, and not an error', async () => {
  const { row } = open(() => new Response('', { status: 401 }));
  const speed = await row('Mean speed');
  await vi.waitFor(() => expect(speed()).toContain('a key is needed'));
  expect(document.querySelector('[role=alert]')).toBeNull();
});

test('today is the city’s day: what is of yesterday there does not count', () => {
  const evening = Date.parse('2026-11-24T16:50:00Z');
  const before = figure('2026-11-22T17:00:00.000Z');
  const today = figure('2026-11-23T17:00:00.000Z');
  expect(figureFor([before, today], 'today', evening, 'Asia/Ho_Chi_Minh')).toBe(today);
  expect(figureFor([before], 'today', evening, 'Asia/Ho_Chi_Minh')).toBeUndefined();
  expect(figureFor([before], 'PT1H', evening, 'Asia/Ho_Chi_Minh')).toBe(before);
});

test('an index is asked for by the hour, everything else over its span', () => {
  const index = domains.flatMap(({ derived }) => derived).find(({ overDevices }) => overDevices === 'index');
  const speed = domains.flatMap(({ metrics }) => metrics).find(({ id }) => id === 'mean_speed');
  if (!index || !speed) throw new Error('the city has both');
  expect(rangeFor({ metric: index, over: 'PT1H' }, NOW).window).toBe('1h');
  expect(rangeFor({ metric: speed, over: 'PT15M' }, NOW)).toEqual({ window: 'all', from: NOW - 900_000, to: NOW });
});
