import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, cityWith, collection, counter, NOW } from '../testing/city.ts';
import DeviceList from './DeviceList.svelte';
import DevicePanel from './DevicePanel.svelte';

const asked: URL[] = [];
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(new URL(path, 'http://city'));
    const whole = path.includes('window=all');
    const items = whole ? [{ group: 'counter-1', time: at(86_400), value: 9, completeness: 0.876 }] : [];
    return Response.json({ items, next: null });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(...change: Parameters<typeof counter>) {
  const city = cityWith(counter(...change));
  const mark = city.marks[0];
  if (mark === undefined) throw new Error('the city has one device');
  return { city, ...render(DevicePanel, { mark, city }) };
}

test('says what the device is, how it does and what it measured, in words', () => {
  open({ simulated: true });
  const text = document.body.textContent ?? '';
  for (const part of ['Nguyễn Trãi 1', 'Traffic counter', 'Traffic', 'simulated', 'Reporting', 'connected since 07:00'])
    expect(text).toContain(part);
  const speed = screen.getByRole('button', { name: /Mean speed/ });
  expect(speed.textContent?.replace(/\s+/g, ' ')).toMatch(/Mean speed 8 km\/h Severe below 10 10 sec ago/);
  expect(screen.getByRole('button', { name: /Lane occupancy/ }).textContent).toContain('not reported yet');
});

test('a value of doubtful quality is marked', () => {
  open({ latest: { mean_speed: { value: 8, time: at(10), age: 10, quality: 'suspect', level: 'severe' } } });
  expect(screen.getByRole('button', { name: /Mean speed/ }).textContent).toContain('suspect');
});

test('a device that never reported says so', () => {
  open({ latest: {}, condition: 'new', connected: null, since: null });
  expect(screen.getByText('Never reported')).toBeTruthy();
});

test('ages tick with the clock', async () => {
  const { city } = open();
  city.clock.now = NOW + 30_000;
  await tick();
  expect(screen.getByRole('button', { name: /Mean speed/ }).textContent).toContain('40 sec ago');
});

test('asks for the day of the headline, and of another metric when that is chosen', async () => {
  open();
  await waitFor(() => expect(asked.length).toBeGreaterThan(0));
  const query = asked[0]?.searchParams;
  expect(query?.get('metric')).toBe('mean_speed');
  expect(query?.get('device')).toBe('counter-1');
  expect(Date.parse(query?.get('to') ?? '') - Date.parse(query?.get('from') ?? '')).toBe(86_400_000);
  await fireEvent.click(screen.getByRole('button', { name: /Queue length/ }));
  await waitFor(() => expect(asked.at(-1)?.searchParams.get('metric')).toBe('queue_length'));
});

test('says how complete the day is, and that it has no figures', async () => {
  open();
  expect(await screen.findByText(/last 24 hours · 87% received/)).toBeTruthy();
  expect(await screen.findByText('No figures in this range.')).toBeTruthy();
});

test('that another metric has no figures is said once, wherever the reader pointed before', async () => {
  vi.stubGlobal('fetch', async (path: string) => {
    const { searchParams } = new URL(path, 'http://city');
    const known = searchParams.get('metric') === 'mean_speed' && searchParams.get('window') !== 'all';
    const items = [3_600, 7_200].map((ago) => ({
      ...{ group: 'counter-1', time: at(ago), value: 12, min: 10, max: 14, count: 60, completeness: 1 },
      ...{ fn: { mean: 12, min: 10, max: 14 }, oldest: at(ago), newest: at(ago - 60), received: 60, expected: 60 },
    }));
    return Response.json({ items: known ? items : [], next: null });
  });
  open();
  const plot = await screen.findByRole('slider', { name: /Mean speed/ });
  await fireEvent.keyDown(plot, { key: 'End' });
  await waitFor(() => expect(plot.getAttribute('aria-valuetext')).toContain('no data from'));
  await fireEvent.click(screen.getByRole('button', { name: /Queue length/ }));
  expect(await screen.findAllByText(/No figures in this range/)).toHaveLength(1);
  expect(document.querySelector('figure')?.textContent).not.toContain('no data from');
});

test('a series that cannot be read is said to be so', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  open();
  expect(await screen.findByText(/^The series could not be read/)).toBeTruthy();
});

test('closes by its button and by Escape', async () => {
  const { city } = open();
  city.view.open('counter-1');
  await fireEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(city.view.device).toBeNull();
  city.view.open('counter-1');
  await fireEvent.keyDown(window, { key: 'Escape' });
  expect(city.view.device).toBeNull();
});

test('the list opens a device by keyboard and filters as one types', async () => {
  const city = cityWith(counter({ id: 'counter-1', name: 'Âu Cơ' }), counter({ id: 'counter-2', name: 'Bưởi' }));
  render(DeviceList, { city });
  const first = screen.getByRole('button', { name: /Âu Cơ/ });
  first.focus();
  await fireEvent.keyDown(first, { key: 'ArrowDown' });
  expect(document.activeElement?.textContent).toContain('Bưởi');
  await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'au co' } });
  expect(screen.queryByRole('button', { name: /Bưởi/ })).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: /Âu Cơ/ }));
  expect(city.view.device).toBe('counter-1');
});

test('nothing read yet, no device at all and no device that matches are three things', async () => {
  const city = cityWith();
  render(DeviceList, { city });
  expect(screen.getByText('Loading…')).toBeTruthy();
  city.reading.done = true;
  expect(await screen.findByText('No devices here yet.')).toBeTruthy();
  city.devices.load('traffic', collection(counter()));
  await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'xyz' } });
  expect(await screen.findByText('No device matches.')).toBeTruthy();
});

test('a silent device says since when which metric was awaited for how long', () => {
  open({
    latest: { mean_speed: { value: 8, time: at(1_000), age: 1_000, quality: 'valid', level: 'severe' } },
    condition: 'silent',
  });
  expect(document.body.textContent).toMatch(
    /Silent\s+· since 07:4\d[^:]*: no Mean speed for \d+ minutes · connected since 07:00/,
  );
});

test('an offline device says since when and why its connection is gone', () => {
  open({
    latest: { mean_speed: { value: 8, time: at(1_000), age: 1_000, quality: 'valid', level: 'severe' } },
    ...{ condition: 'offline', connected: false, since: at(900) },
    conditionReason: { code: 'disconnected', metric: 'mean_speed', awaited: 180, connection: 'keepalive-timeout' },
  });
  expect(document.body.textContent).toMatch(/Offline\s+· disconnected since 07:45[^·]*\(no sign of life\)/);
});
