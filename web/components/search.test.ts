import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cityWith, counter } from '../testing/city.ts';
import SearchBox from './SearchBox.svelte';

const asked: URL[] = [];
const FAR = { id: 'hospital-1', domain: 'health', kind: 'hospital', name: 'Bệnh viện Việt Đức', simulated: true };
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(new URL(path, 'http://city'));
    return Response.json({ items: [FAR], next: null });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open() {
  const city = cityWith(
    counter({ id: 'counter-1', name: 'Đường Láng' }),
    counter({ id: 'counter-2', name: 'Láng Hạ' }),
  );
  render(SearchBox, { city });
  const field = screen.getByRole('combobox');
  const type = (text: string) => fireEvent.input(field, { target: { value: text } });
  const press = (key: string) => fireEvent.keyDown(field, { key });
  const current = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
  return { city, field, type, press, current };
}

test('arrows move through the options while the focus stays in the field, Enter goes there', async () => {
  const { city, field, type, press, current } = open();
  field.focus();
  expect(field.getAttribute('aria-expanded')).toBe('false');
  await type('lang');
  expect(field.getAttribute('aria-expanded')).toBe('true');
  expect(current()).toBeNull();
  await press('ArrowDown');
  expect(current()?.textContent).toContain('Láng Hạ');
  expect(current()?.getAttribute('aria-selected')).toBe('true');
  await press('ArrowDown');
  expect(current()?.textContent).toContain('Đường Láng');
  await press('ArrowDown');
  expect(current()?.textContent).toContain('Láng Hạ');
  await press('ArrowUp');
  expect(current()?.textContent).toContain('Đường Láng');
  expect(document.activeElement).toBe(field);
  await press('Enter');
  expect(city.view.device).toBe('counter-1');
  expect(field.getAttribute('aria-expanded')).toBe('false');
});

test('a device of a domain that is not shown is found by the city, and brings its domain', async () => {
  const { city, type } = open();
  city.view.show('traffic');
  await type('viet duc');
  const option = await screen.findByRole('option', { name: /Bệnh viện Việt Đức/ });
  expect(asked.map(({ pathname, searchParams }) => `${pathname} ${searchParams.get('search')}`)).toEqual([
    '/api/v1/devices viet duc',
  ]);
  expect(option.textContent).toContain('simulated');
  await fireEvent.click(option);
  expect(city.view.domain).toBe('health');
  expect(city.view.device).toBe('hospital-1');
});

test('a metric colours the map, a kind filters it', async () => {
  const { city, type, press } = open();
  await type('lane occupancy');
  await press('Enter');
  expect([city.view.domain, city.view.metric]).toEqual(['traffic', 'occupancy']);
  await type('bai do xe');
  await press('Enter');
  expect(city.view.filters.kind).toBe('parking');
  expect(city.view.metric).toBeNull();
});

test('what is not there is said, and Escape first closes, then empties', async () => {
  const { field, type, press } = open();
  await type('lang');
  await press('Escape');
  expect(field.getAttribute('aria-expanded')).toBe('false');
  await press('Escape');
  await tick();
  expect(field).toHaveProperty('value', '');
  vi.stubGlobal('fetch', async () => Response.json({ items: [], next: null }));
  await type('xyzzy');
  expect(await screen.findByText('Nothing found for “xyzzy”.')).toBeTruthy();
});

test('a slash leads into the field from anywhere', async () => {
  const { field } = open();
  await fireEvent.keyDown(window, { key: '/' });
  expect(document.activeElement).toBe(field);
});

test('a place is gone to and marked, and is in the address; what was gone to stands there next time', async () => {
  const { city, field, type, press } = open();
  city.surface.show('table');
  field.focus();
  await type('ho guom');
  await type('ho hoan kiem');
  const option = await screen.findByRole('option', { name: /^Hoan Kiem Lake/ });
  expect(option.textContent).toContain('lake or river');
  await fireEvent.click(option);
  expect(city.places.id).toBe('water:ho-hoan-kiem');
  expect(city.surface.shown).toBe('map');
  expect(new URLSearchParams(window.location.search).get('place')).toBe('water:ho-hoan-kiem');
  expect(city.places.marked?.point[0]).toBeCloseTo(105.852, 2);

  field.blur();
  field.focus();
  await tick();
  expect(screen.getByRole('group', { name: 'Looked at before' }).textContent).toContain('Hoan Kiem Lake');
  await press('Enter');
  expect(city.places.id).toBe('water:ho-hoan-kiem');
  city.places.pending = false;
  await press('ArrowDown');
  await press('Enter');
  expect(city.places.pending).toBe(true);
});
