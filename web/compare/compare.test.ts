import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import fc from 'fast-check';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeWithin } from '../../model/within.ts';
import { CHART_PALETTES } from '../chart/colours.ts';
import { Compare, readCompared, writeCompared } from '../state/compare.svelte.ts';
import { at, cityWith, counter } from '../testing/city.ts';
import CompareButton from './CompareButton.svelte';
import CompareRoom from './CompareRoom.svelte';
import CompareTray from './CompareTray.svelte';

const asked: URL[] = [];
/** Three windows; the second device is slower by 5. */
beforeEach(() => {
  asked.length = 0;
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900);
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://city');
    asked.push(url);
    if (url.pathname.includes('/devices/')) return new Response('', { status: 404 });
    const group = url.searchParams.get('device') ?? url.searchParams.get('area') ?? 'all';
    const slower = group === 'counter-2' ? 5 : 0;
    const items = [3, 2, 1].map((hours) => ({
      ...{ group, time: at(hours * 3_600), oldest: at(hours * 3_600), newest: at(hours * 3_600 - 290) },
      ...{ value: 20 + hours - slower, mean: 20 + hours - slower, min: 9, max: 44 },
      ...{ expected: 5, received: 5, completeness: 1 },
    }));
    return Response.json({ items: url.searchParams.get('window') === 'all' ? items.slice(0, 1) : items, next: null });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const two = () =>
  cityWith(
    counter({ id: 'counter-1', name: 'Âu Cơ' }),
    counter({ id: 'counter-2', name: 'Bưởi' }),
    counter({ id: 'counter-3', name: 'Cầu Giấy' }),
  );
const inAddress = () => Object.fromEntries(new URLSearchParams(window.location.search));
const text = () => document.body.textContent?.replace(/\s+/g, ' ') ?? '';

function compared(...ids: string[]) {
  const city = two();
  for (const id of ids) city.compare.toggle({ type: 'device', id });
  city.compare.show(true);
  return { city, ...render(CompareRoom, { city }) };
}

test('a panel’s button adds and takes out, and the tray names what was chosen and opens it', async () => {
  const city = two();
  render(CompareButton, { city, item: { type: 'device', id: 'counter-1' } });
  render(CompareTray, { city });
  const button = screen.getByRole('button', { name: 'Compare' });
  await fireEvent.click(button);
  expect(button.getAttribute('aria-pressed')).toBe('true');
  expect(inAddress()).toMatchObject({ compare: 'device:counter-1' });
  expect(screen.getByRole('region', { name: 'Compare' }).textContent).toContain('Âu Cơ');
  await fireEvent.click(screen.getByRole('button', { name: 'Compare (1/4)' }));
  expect(city.compare.open).toBe(true);
  expect(inAddress()).toMatchObject({ compared: 'together' });
  city.compare.show(false);
  await fireEvent.click(button);
  expect(inAddress()).not.toHaveProperty('compare');
});

test('four are the most: a fifth is not added', async () => {
  const city = two();
  for (const id of ['one', 'two', 'three', 'four']) city.compare.toggle({ type: 'area', id });
  render(CompareButton, { city, item: { type: 'device', id: 'counter-1' } });
  expect(screen.getByRole('button', { name: 'Compare' })).toHaveProperty('disabled', true);
  city.compare.toggle({ type: 'device', id: 'counter-1' });
  expect(city.compare.items).toHaveLength(4);
});

test('one cursor tells the value of each and how far it is from the first', async () => {
  compared('counter-1', 'counter-2');
  const plot = await screen.findByRole('slider', { name: 'Comparison chart: Mean speed. A Âu Cơ, B Bưởi' });
  await waitFor(() => expect(text()).toMatch(/16 km\/h ?Poor ?−5 km\/h against A/));
  await fireEvent.keyDown(plot, { key: 'Home' });
  await fireEvent.keyDown(plot, { key: 'ArrowRight' });
  await tick();
  expect(text()).toMatch(/23 km\/h ?Fair.*18 km\/h ?Poor ?−5 km\/h against A/);
  expect(plot.getAttribute('aria-valuetext')).toMatch(/^A Âu Cơ: 05:00.* – 05:05.*23 km\/h.*; B Bưởi: .*18 km\/h/);
});

test('series of one unit share a plot, and each has its own where that is wanted or the units differ', async () => {
  const { city } = compared('counter-1', 'counter-2');
  expect(await screen.findAllByRole('slider')).toHaveLength(1);
  await fireEvent.click(screen.getByRole('button', { name: 'Apart' }));
  await waitFor(() => expect(screen.getAllByRole('slider')).toHaveLength(2));
  expect(inAddress()).toMatchObject({ compared: 'apart' });
  const [first, second] = screen.getAllByRole('slider');
  if (first === undefined || second === undefined) throw new Error('two plots');
  await fireEvent.keyDown(first, { key: 'Home' });
  expect(second.getAttribute('aria-valuetext')).toMatch(/^B Bưởi: /);
  await fireEvent.click(screen.getByRole('button', { name: 'Remove Âu Cơ' }));
  expect(city.compare.items.map(({ id }) => id)).toEqual(['counter-2']);
});

test('another metric is asked of all, and is in the address', async () => {
  compared('counter-1', 'counter-2');
  await screen.findByRole('slider');
  const select = screen.getByLabelText('Metric');
  await fireEvent.change(select, { target: { value: 'queue_length' } });
  expect(inAddress()).toMatchObject({ compare_metric: 'queue_length' });
  await screen.findByRole('slider', { name: /Queue length/ });
  const last = asked.filter(({ searchParams }) => searchParams.get('metric') === 'queue_length');
  expect(new Set(last.map(({ searchParams }) => searchParams.get('device')))).toEqual(
    new Set(['counter-1', 'counter-2']),
  );
});

test('what the city does not have is said to be so, and Escape closes', async () => {
  const { city } = compared('counter-9');
  expect(await screen.findByText('not in the city')).toBeTruthy();
  await fireEvent.keyDown(screen.getByRole('region', { name: 'Compare' }), { key: 'Escape' });
  expect(city.compare.open).toBe(false);
});

const circle = fc
  .record({
    centre: fc.tuple(fc.double({ min: 105, max: 106, noNaN: true }), fc.double({ min: 20, max: 22, noNaN: true })),
    radius: fc.integer({ min: 1, max: 50_000 }),
  })
  .map(({ centre: [lon, lat], radius }) => writeWithin({ kind: 'circle', centre: [lon, lat], radius }));
const item = fc.oneof(
  fc.record({
    type: fc.constantFrom('device' as const, 'area' as const),
    id: fc.stringMatching(/^[a-z0-9][a-z0-9-]{2,20}$/),
  }),
  circle.map((id) => ({ type: 'within' as const, id })),
);

test('a drawn area is compared like a ward, named by its size, and opened from there', async () => {
  const city = two();
  const id = 'circle:105.85,21.03,500';
  city.compare.toggle({ type: 'within', id });
  city.compare.toggle({ type: 'device', id: 'counter-1' });
  expect(inAddress()).toMatchObject({ compare: 'within:circle:105.85;21.03;500,device:counter-1' });
  city.compare.show(true);
  render(CompareRoom, { city });
  expect(await screen.findByRole('slider', { name: /A Drawn area \(0\.785 km²\), B Âu Cơ/ })).toBeTruthy();
  const of = asked.find(({ searchParams }) => searchParams.get('within') === id);
  expect(of?.searchParams.get('metric')).toBe('mean_speed');
  expect([of?.searchParams.get('group_by'), of?.searchParams.get('simulated')]).toEqual(['all', 'include']);
  await fireEvent.click(screen.getByRole('button', { name: 'Drawn area (0.785 km²)' }));
  expect([city.drawn.text, city.view.area]).toEqual([id, 'drawn']);
});

test('what is compared is read back from the address, and nonsense is left out', () => {
  const items = fc.uniqueArray(item, { maxLength: 4, selector: ({ type, id }) => `${type}:${id}` });
  fc.assert(
    fc.property(items, (some) => {
      expect(readCompared(writeCompared(some))).toEqual(some);
    }),
  );
  expect(
    readCompared('device:../..,area,ward:x,device:counter-1,device:counter-1,within:circle:1;2,within:polygon:,<b>'),
  ).toEqual([{ type: 'device', id: 'counter-1' }]);
  window.history.replaceState(null, '', '/?compare=area:dong-da&compared=sideways&compare_metric=%3Cb%3E');
  expect(new Compare()).toMatchObject({ open: false, metric: null, layout: 'together' });
});

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each(['light', 'dark'] as const)('every colour of a series stands out from the %s ground', (theme) => {
  const { series, paper } = CHART_PALETTES[theme];
  for (const colour of series) {
    const [dark = 0, light = 0] = [luminance(colour), luminance(paper)].sort((a, b) => a - b);
    // 4.5 and not 3: the letter stands on it, too.
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});
