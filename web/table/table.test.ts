import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, cityWith, counter, NOW } from '../testing/city.ts';
import DevicesTable from './DevicesTable.svelte';

// Nothing has a size here: the box is as high as a desk's.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1_000);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const speed = (value: number, secondsAgo = 10) => ({
  mean_speed: { value, time: at(secondsAgo), age: secondsAgo, quality: 'valid' as const, level: null },
});

function open() {
  const city = cityWith(
    counter({ id: 'counter-1', name: 'Láng 10', latest: speed(31) }),
    counter({ id: 'counter-2', name: 'Láng 9', latest: speed(8), simulated: true }),
    counter({ id: 'counter-3', name: 'Bưởi', latest: {}, condition: 'new' }),
    counter({ id: 'counter-4', name: 'Đại La', latest: speed(54, 9_000) }),
  );
  city.reading.done = true;
  city.view.show('traffic');
  render(DevicesTable, { city });
  const grid = screen.getByRole('grid');
  const lines = () =>
    within(grid)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelector('td')?.textContent?.trim());
  const heading = (name: string) => screen.getByRole('columnheader', { name });
  const press = (key: string, more: KeyboardEventInit = {}) =>
    fireEvent.keyDown(document.activeElement ?? grid, { key, ...more });
  return { city, grid, lines, heading, press };
}

test('every device that is shown has a row with its words, and the grid says how many', () => {
  const { grid, lines } = open();
  expect(grid.getAttribute('aria-rowcount')).toBe('5');
  expect(lines()).toEqual(['Bưởi', 'Đại La', 'Láng 9', 'Láng 10']);
  const cells = (name: string) =>
    [...(screen.getByText(name).closest('tr')?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent?.trim());
  expect(cells('Láng 9')).toEqual(expect.arrayContaining(['8 km/h', 'Severe', 'Reporting', 'simulated', 'valid']));
  // What fell silent is told as such, and has no level of the present.
  expect(cells('Đại La')).toEqual(expect.arrayContaining(['54 km/h', 'Silent', '–', '2 hr ago']));
});

test('a heading sorts by its figure, what has none at the end, and says so; the address too', async () => {
  const { city, lines, heading } = open();
  const button = within(heading('Value')).getByRole('button');
  await fireEvent.click(button);
  expect(lines()).toEqual(['Láng 9', 'Láng 10', 'Đại La', 'Bưởi']);
  expect(heading('Value').getAttribute('aria-sort')).toBe('ascending');
  await fireEvent.click(button);
  expect(lines()).toEqual(['Đại La', 'Láng 10', 'Láng 9', 'Bưởi']);
  expect(new URLSearchParams(window.location.search).get('sort')).toBe('-value');
  city.view.filter({ simulated: 'exclude' });
  await tick();
  expect(lines()).toEqual(['Đại La', 'Láng 10', 'Bưởi']);
});

test('one tab stop; arrows go through the cells, Enter opens the row and up in the headings sorts', async () => {
  const { city, grid, heading, press } = open();
  const stops = () => [...grid.querySelectorAll<HTMLElement>('[tabindex="0"]')];
  expect(stops()).toHaveLength(1);
  stops()[0]?.focus();
  expect(document.activeElement?.textContent?.trim()).toBe('Bưởi');
  await press('ArrowDown');
  await press('End');
  await press('Home');
  await press('ArrowDown');
  expect(document.activeElement?.textContent?.trim()).toBe('Láng 9');
  expect(stops()).toEqual([document.activeElement]);
  await press('Enter');
  expect(city.view.device).toBe('counter-2');
  await press('Home', { ctrlKey: true });
  await press('ArrowUp');
  expect(document.activeElement).toBe(within(heading('Name')).getByRole('button'));
});

test('rows hold still while somebody reads them by keyboard, and find their places again afterwards', async () => {
  const { city, grid, lines, heading } = open();
  await fireEvent.click(within(heading('Value')).getByRole('button'));
  const first = grid.querySelector<HTMLElement>('tbody [tabindex]');
  first?.focus();
  await tick();
  const [before, later] = [lines(), NOW + 6_000];
  city.devices.apply([
    {
      type: 'observation',
      data: { device: 'counter-2', domain: 'traffic', metric: 'mean_speed', time: at(0), value: 90, quality: 'valid' },
    },
  ]);
  city.clock.now = later;
  await tick();
  expect(screen.getByText('90 km/h')).toBeTruthy();
  expect(lines()).toEqual(before);
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  await tick();
  expect(lines()).toEqual(['Láng 10', 'Đại La', 'Láng 9', 'Bưởi']);
});
