import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { CityFigure } from '../api/shapes.ts';
import { at, cityWith, counter, NOW } from '../testing/city.ts';
import KeyFigures from './KeyFigures.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const figure = (change: Partial<CityFigure> = {}): CityFigure => ({
  ...{ metric: 'mean_speed', value: 18.24, level: 'poor', unit: 'km/h', over: 'PT15M', from: at(900), to: at(0) },
  ...{ expected: 100, received: 96, completeness: 0.96, oldest: at(900), newest: at(120), devices: 10, missing: null },
  ...change,
});
const devices = { total: 2, live: 2, silent: 0, offline: 0, new: 0, simulated: 1 };

/** A city that answers these figures, and the page's strip of them. */
async function show(...figures: CityFigure[]) {
  const asked: string[] = [];
  const answer = vi.fn(async (path: string) => {
    asked.push(path);
    const domains = [{ domain: 'traffic', figures }];
    return Response.json({ time: at(0), domains, devices, approximate: false });
  });
  vi.stubGlobal('fetch', answer);
  const city = cityWith(counter());
  city.view.show('traffic');
  render(KeyFigures, { city });
  await screen.findByRole('region', { name: 'Key figures' });
  city.figures.read = NOW;
  const text = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';
  return { city, asked, text };
}

test('a figure says its value, unit, level, span, age and how complete it is, all in words', async () => {
  const { text } = await show(figure());
  for (const part of ['Mean speed', '18.2 km/h', 'Poor', 'last 15 minutes', '2 min ago', '96% received'])
    expect(text()).toContain(part);
});

test('one that lacks too much says so', async () => {
  const { text } = await show(figure({ completeness: 0.795 }));
  expect(text()).toContain('79% received incomplete');
});

test.each([
  ['hidden', 'a key is needed'],
  ['no-data', 'no figures yet'],
  ['unavailable', 'could not be read'],
] as const)('one without a value says why: %s', async (missing, words) => {
  const { text } = await show(figure({ value: null, level: null, newest: null, completeness: null, missing }));
  expect(text()).toContain(words);
});

test('choosing one colours the map by it, choosing it again does not', async () => {
  const { city } = await show(figure({ metric: 'occupancy', unit: '%' }));
  const tile = screen.getByRole('button', { name: /Lane occupancy/ });
  await fireEvent.click(tile);
  expect(city.view.metric).toBe('occupancy');
  expect(tile.getAttribute('aria-pressed')).toBe('true');
  await fireEvent.click(tile);
  expect(city.view.metric).toBeNull();
});

test('figures that were not refreshed for long stay, and say so', async () => {
  const { city, text } = await show(figure());
  expect(text()).not.toContain('not refreshed');
  city.clock.now = NOW + 120_000;
  await tick();
  expect(text()).toContain('18.2');
  expect(text()).toContain('Key figures not refreshed since 2 min ago');
});

test('the filter on simulated devices is asked for', async () => {
  const { city, asked } = await show(figure());
  city.view.filter({ simulated: 'exclude' });
  await vi.waitFor(() => expect(asked.at(-1)).toBe('/api/v1/city?simulated=exclude'));
});

test('for all domains the first of each stands', async () => {
  const { city } = await show(figure(), figure({ metric: 'occupancy' }));
  expect(city.figures.of('traffic')).toHaveLength(2);
  expect(city.figures.of(null).map(({ metric }) => metric)).toEqual(['mean_speed']);
});

test('as many stand side by side as fit, and the others are turned to whole', async () => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      readonly #told: (entries: readonly unknown[]) => void;
      constructor(told: (entries: readonly unknown[]) => void) {
        this.#told = told;
      }
      observe = (target: Element) => this.#told([{ target }]);
      disconnect = () => {};
      unobserve = () => {};
    },
  );
  const width = vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(720);
  const four = ['mean_speed', 'vehicle_count', 'occupancy', 'parking_free'].map((metric) => figure({ metric }));
  await show(...four);
  const on = await screen.findByRole('button', { name: 'Further figures (showing 1–3 of 4)' });
  const row = screen.getByRole('list');
  expect(row.style.getPropertyValue('--abreast')).toBe('3');
  expect(screen.getAllByRole('listitem')).toHaveLength(4);
  expect(screen.getByRole('button', { name: /^Earlier figures/ }).getAttribute('aria-disabled')).toBe('true');

  const scrolled = vi.fn();
  row.scrollTo = scrolled;
  await fireEvent.click(on);
  expect(scrolled).toHaveBeenCalledWith(expect.objectContaining({ left: expect.any(Number) }));
  row.scrollLeft = scrolled.mock.lastCall?.[0].left;
  await fireEvent.scroll(row);
  expect(screen.getByRole('button', { name: 'Further figures (showing 2–4 of 4)' }).getAttribute('aria-disabled')).toBe(
    'true',
  );
  width.mockRestore();
});
