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
  city.layers.only('wards');
  render(Legend, { city });
  const { wardsAsked } = city;
  if (wardsAsked !== null) stop = city.choropleth.follow(wardsAsked, (areas) => city.areas.load(areas));
}

const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
/** The box that puts a layer on or off. */
const layer = (name: string) => screen.getByRole('checkbox', { name });
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
  await fireEvent.click(layer('Wards'));
  await fireEvent.click(layer('Devices'));
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

/** The layers with a legend, from the top down. */
const legends = () =>
  [...document.querySelectorAll('#legend-body > [role=group]')].map((group) => group.getAttribute('aria-label'));
const inAddress = (name: string) => new URL(window.location.href).searchParams.get(name);

test('layers are put on and off, each with a legend, in the order they lie on the map', async () => {
  const city = cityWith(counter());
  city.view.show('traffic');
  render(Legend, { city });
  expect(legends()).toEqual(['Devices']);
  expect(screen.queryByRole('button', { name: 'Move Devices down' })).toBeNull();
  await fireEvent.click(layer('Heat'));
  await fireEvent.click(layer('Hexagons'));
  expect(legends()).toEqual(['Devices', 'Heat', 'Hexagons']);
  await fireEvent.click(screen.getByRole('button', { name: 'Move Heat up' }));
  expect(legends()).toEqual(['Heat', 'Devices', 'Hexagons']);
  expect(screen.getByRole('button', { name: 'Move Heat up' }).getAttribute('aria-disabled')).toBe('true');
  expect(inAddress('layers')).toBe('hex,devices,heat');
  for (const name of ['Heat', 'Hexagons', 'Devices']) await fireEvent.click(layer(name));
  expect(screen.getByText('No layer is on: choose one above.')).toBeTruthy();
});

test('a layer is faded by its slider, and what it says is in words', async () => {
  const city = cityWith(counter());
  render(Legend, { city });
  const slider = screen.getByRole<HTMLInputElement>('slider', { name: 'Opacity of Devices' });
  await fireEvent.input(slider, { target: { value: '40' } });
  expect(city.layers.opacity('devices')).toBe(0.4);
  expect(slider.getAttribute('aria-valuetext')).toBe('40%');
  expect(inAddress('layers')).toBe('devices.40');
});

test('the legend of heat says what warmth means, by what is measured or by how many there are', async () => {
  const city = cityWith(counter());
  city.layers.only('heat');
  render(Legend, { city });
  expect(screen.getByText(/^Main metric of each kind: warm where/)).toBeTruthy();
  await fireEvent.click(screen.getByLabelText('number of devices'));
  expect(screen.getByText(/whatever they measure/)).toBeTruthy();
  expect(inAddress('heat')).toBe('density');
});

test('the hexagons have their own figures, of cells of one resolution, and how large these are', async () => {
  const city = cityWith(counter());
  city.view.show('traffic');
  city.layers.only('hex');
  answer = { items: [figure('88415a8011fffff', 8), figure('88415a8013fffff', 33, 0.5)] };
  render(Legend, { city });
  const { hexesAsked } = city;
  if (hexesAsked !== null) stop = city.hexes.follow(hexesAsked);
  await screen.findByText(/^2 cells have a figure, each about 920 m across/);
  expect(row(/^Incomplete: under 80%/)).toMatch(/ 1$/);
  expect(asked[0]?.searchParams.get('group_by')).toBe('h3');
  expect(asked[0]?.searchParams.get('resolution')).toBe('8');
  expect(asked.some(({ pathname }) => pathname.endsWith('/areas'))).toBe(false);
});

test('devices are grouped or not, as the reader likes', async () => {
  const city = cityWith(counter());
  render(Legend, { city });
  await fireEvent.click(screen.getByLabelText('Group close devices from afar'));
  expect(city.layers.grouped).toBe(false);
  expect(screen.queryByText(/^Devices in the group/)).toBeNull();
  expect(inAddress('grouped')).toBe('no');
});

test('a layer is pulled to the place of another, and stays where it was if it is let go of nowhere or given up', async () => {
  const city = cityWith(counter());
  render(Legend, { city });
  city.layers.only('wards', 'heat', 'devices');
  await waitFor(() => expect(document.querySelectorAll('[data-layer]')).toHaveLength(3));
  // As they lie in the legend, the uppermost first: heads 30 pixels high, 200 pixels apart.
  const tops = (): string[] =>
    [...document.querySelectorAll<HTMLElement>('[data-layer]')].map(({ dataset }) => dataset.layer ?? '');
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
    const at = tops().indexOf(this.closest<HTMLElement>('[data-layer]')?.dataset.layer ?? '');
    return new DOMRect(0, 200 * at, 300, 30);
  });
  HTMLElement.prototype.setPointerCapture = () => {};
  const grip = (id: string): Element => {
    const found = document.querySelector(`[data-layer=${id}] .grip`);
    if (found === null) throw new Error(`${id} has no grip`);
    return found;
  };
  const pull = async (id: string, from: number, to: number) => {
    await fireEvent.pointerDown(grip(id), { button: 0, clientY: from });
    await fireEvent.pointerMove(grip(id), { clientY: to });
  };
  const order = () => city.layers.shown.map(({ id }) => id).join();

  await pull('devices', 15, 230);
  expect(document.querySelector('[data-layer=heat]')?.classList.contains('below')).toBe(true);
  expect(order()).toBe('wards,heat,devices');
  await fireEvent.pointerUp(grip('devices'));
  expect(order()).toBe('wards,devices,heat');
  expect(tops()).toEqual(['heat', 'devices', 'wards']);
  expect(window.location.search).toContain('layers=wards%2Cdevices%2Cheat');

  await pull('wards', 415, 5);
  await fireEvent.pointerUp(grip('wards'));
  expect(tops()).toEqual(['wards', 'heat', 'devices']);

  await pull('wards', 15, 100);
  await fireEvent.pointerUp(grip('wards'));
  await pull('wards', 15, 500);
  await fireEvent.keyDown(window, { key: 'Escape' });
  await fireEvent.pointerUp(grip('wards'));
  expect(tops()).toEqual(['wards', 'heat', 'devices']);
  vi.restoreAllMocks();
});
