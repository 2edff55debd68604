import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { approximateWards } from '../../model/places/cells.ts';
import type { WardFigureView } from '../api/shapes.ts';
import type { City } from '../state/city.svelte.ts';
import { at, cityWith, counter } from '../testing/city.ts';
import Legend from './Legend.svelte';

const OSM = '© OpenStreetMap contributors, ODbL';
const wards = approximateWards().map((ward) => ({ ...ward, attribution: OSM }));
const asked: URL[] = [];
let answer: { items: WardFigureView[]; status?: number } = { items: [] };
let stop = () => {};

const figure = (group: string, value: number, completeness: number | null = 1): WardFigureView => ({
  ...{ group, value, completeness, time: at(3_600), newest: at(60) },
  ...{ devices: 2, expected: 100, received: 100 },
});

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://city');
    if (url.pathname.endsWith('/areas'))
      return Response.json({ items: wards, next: null }, { headers: { etag: '"1"' } });
    asked.push(url);
    return Response.json({ items: answer.items, next: null, approximate: true }, { status: answer.status ?? 200 });
  });
});
afterEach(() => {
  stop();
  cleanup();
  vi.unstubAllGlobals();
});

/** Shows the wards as the map does that follows them. */
function show(city: City) {
  city.view.draw('wards');
  render(Legend, { city });
  const { wardsAsked } = city;
  if (wardsAsked !== null) stop = city.choropleth.follow(wardsAsked, (areas) => city.areas.load(areas));
}

const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const row = (words: string | RegExp) => text(screen.getByText(words).closest('li'));

test('the legend of the wards has levels with counts, what is incomplete or empty, and how the borders came about', async () => {
  const city = cityWith(counter());
  city.view.show('traffic');
  answer = { items: [figure('hoan-kiem', 8), figure('ba-dinh', 33, 0.5), figure('cua-nam', 35, null)] };
  show(city);
  await screen.findByText('Reading the wards’ figures…');
  const speed = (await screen.findByText('Mean speed', { selector: 'strong' })).closest('p');
  await waitFor(() => expect(text(speed?.nextElementSibling)).toMatch(/^Severe below 10 1 .* Good 30 and more 2$/));
  expect(text(speed)).toContain('km/h · last hour');
  expect(row(/^Incomplete: under 80%/)).toMatch(/ 1$/);
  expect(row(/^Completeness not known/)).toMatch(/ 1$/);
  expect(row('No figure')).toBe('No figure 123');
  expect(row(/^Approximate borders/)).toContain(OSM);
  expect(asked[0]?.searchParams.get('group_by')).toBe('area');
  expect(asked[0]?.searchParams.get('metric')).toBe('mean_speed');
});

test('the wards are ranked, and pointing at one of the rows points at it on the map', async () => {
  const city = cityWith(counter());
  city.view.show('traffic');
  answer = { items: [figure('hoan-kiem', 8), figure('ba-dinh', 33, 0.5)] };
  show(city);
  const ranking = (await screen.findByText('2 wards have a figure')).closest('details');
  const buttons = ranking === null ? [] : within(ranking).getAllByRole('button', { hidden: true });
  expect(buttons.map(text)).toEqual([
    expect.stringMatching(/^Ba Dinh Ward 33 km\/h .*incomplete/),
    expect.stringMatching(/^Hoan Kiem Ward 8 km\/h/),
  ]);
  const [first] = buttons;
  if (first === undefined) throw new Error('no row');
  await fireEvent.focus(first);
  expect(city.choropleth.pointed).toBe('ba-dinh');
  await fireEvent.blur(first);
  expect(city.choropleth.pointed).toBeNull();
  await fireEvent.click(first);
  expect(city.view.area).toBe('ba-dinh');
});

test('totals have classes instead of the thresholds of one device, and can be told by inhabitants', async () => {
  const city = cityWith(counter());
  city.view.show('traffic');
  city.view.colourBy('parking_free');
  answer = { items: [figure('hoan-kiem', 80), figure('ba-dinh', 300)] };
  show(city);
  await screen.findByText(/thresholds of one device do not apply/);
  await fireEvent.click(screen.getByLabelText('per 10,000 inhabitants'));
  expect(city.wardsAsked?.per).toBe(10_000);
  expect(new URL(window.location.href).searchParams.get('per')).toBe('inhabitants');
});

test('an index can be chosen for wards and not for devices', async () => {
  const city = cityWith();
  city.view.show('environment');
  render(Legend, { city });
  const options = () => [...screen.getByLabelText<HTMLSelectElement>('Coloured by').options].map(({ value }) => value);
  expect(options()).not.toContain('vn_aqi');
  await fireEvent.click(screen.getByLabelText('Wards'));
  expect(options()).toContain('vn_aqi');
  expect([...screen.getByLabelText<HTMLSelectElement>('Time span').options].map(({ value }) => value)).toEqual([
    'PT1H',
    'today',
  ]);
});

test('figures that are kept from the reader are said to need a key', async () => {
  const city = cityWith();
  city.view.show('ict');
  city.view.colourBy('failed_logins');
  answer = { items: [], status: 401 };
  show(city);
  await screen.findByText(/needs an access key/);
});
