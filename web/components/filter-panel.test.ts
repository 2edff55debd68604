import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { facetsOf } from '../state/filtering.ts';
import { at, cityWith, counter } from '../testing/city.ts';
import CountLine from './CountLine.svelte';
import FilterChips from './FilterChips.svelte';
import FilterPanel from './FilterPanel.svelte';

afterEach(cleanup);

const ward = (id: string, vi: string, west: number) => ({
  ...{ id, level: 'ward' as const, kind: 'ward' as const, name: { vi, en: `${id} ward` } },
  ...{ population: null, point: [west, 21] as [number, number], approximate: true, attribution: null },
  geometry: {
    type: 'Polygon' as const,
    coordinates: [
      [
        [west, 20.9],
        [west + 0.1, 20.9],
        [west + 0.1, 21.1],
        [west, 21.1],
        [west, 20.9],
      ] as [number, number][],
    ],
  },
});

function open() {
  const old = { mean_speed: { value: 8, time: at(4_000), age: 4_000, quality: 'valid' as const, level: null } };
  const city = cityWith(
    counter({ id: 'counter-1' }),
    counter({ id: 'counter-2', simulated: true, provider: 'fleet' }),
    counter({ id: 'counter-3', simulated: true, condition: 'silent', latest: old }),
  );
  city.reading.done = true;
  city.areas.load([ward('dong-da', 'Phường Đống Đa', 105.8), ward('tay-ho', 'Phường Tây Hồ', 105.9)]);
  city.catalogue.providers = [
    { id: 'hanoi', name: 'Hanoi', simulated: false },
    { id: 'fleet', name: 'Fleet', simulated: true },
  ];
  return city;
}

test('each choice says how many devices it would leave, the other filters on', async () => {
  const city = open();
  city.view.filter({ simulated: 'only' });
  const facets = facetsOf(city.named, city.view.filters, city.context);
  render(FilterPanel, { city, facets });
  const options = (name: string) =>
    [...screen.getByRole('combobox', { name }).querySelectorAll('option')].map(({ textContent }) => textContent);
  expect(options('Run by')).toEqual(['Any provider', 'Hanoi (1)', 'Fleet (1)']);
  expect(options('Last reported')).toEqual(expect.arrayContaining(['within 1 minute (1)', 'within 1 day (2)']));
  expect(options('Kind of device')).toEqual(expect.arrayContaining(['Traffic counter (2)', 'Car park (0)']));
});

test('a ward is chosen by typing without marks, in the other language too, and taken off again', async () => {
  const city = open();
  const facets = facetsOf(city.named, city.view.filters, city.context);
  render(FilterPanel, { city, facets });
  const field = screen.getByRole('combobox', { name: 'Ward or commune' });
  field.focus();
  await fireEvent.input(field, { target: { value: 'phuong dong' } });
  expect(screen.getAllByRole('option', { name: /ward/ }).map(({ textContent }) => textContent)).toEqual([
    'dong-da ward3',
  ]);
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(city.view.filters.ward).toBe('dong-da');
  expect(field).toHaveProperty('value', 'dong-da ward');

  await fireEvent.click(field);
  await fireEvent.keyDown(field, { key: 'ArrowDown' });
  const current = document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
  expect(current?.textContent).toBe('Whole city');
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(city.view.filters.ward).toBeNull();
});

test('what is shown is counted in one line, and who filters is told', async () => {
  const city = open();
  const { container } = render(CountLine, { city });
  const line = () => container.querySelector('.state')?.textContent?.replace(/\s+/g, ' ').trim();
  expect(line()).toMatch(/^3 devices 1 silent, 2 simulated newest/);
  city.view.filter({ simulated: 'exclude' });
  expect(await screen.findByText('1 of 3 devices shown', { selector: 'b' })).toBeTruthy();
  const status = await screen.findByText('1 of 3 devices shown', { selector: '[role=status]' }, { timeout: 5_000 });
  expect(status).toBeTruthy();
});

test('the retired are shown in the place of those in use: a filter like the others, in words and to be taken off', async () => {
  const city = open();
  const facets = facetsOf(city.named, city.view.filters, city.context);
  render(FilterPanel, { city, facets });
  await fireEvent.change(screen.getByRole('combobox', { name: 'State in the registry' }), {
    target: { value: 'retired' },
  });
  expect(new URLSearchParams(window.location.search).get('state')).toBe('retired');
  render(FilterChips, { city });
  await fireEvent.click(screen.getByRole('button', { name: 'Remove filter Retired' }));
  expect(city.view.filters.state).toBe('active');
  expect(new URLSearchParams(window.location.search).has('state')).toBe(false);
});
