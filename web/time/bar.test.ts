import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Playback, STEPS, type Volume } from '../../model/playback.ts';
import { edgesOf } from '../state/buckets.ts';
import type { City } from '../state/city.svelte.ts';
import { at, cityWith, collection, counter, NOW } from '../testing/city.ts';
import TimeBar from './TimeBar.svelte';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const asked: URL[] = [];
let status = 200;
let retired: ReturnType<typeof counter>[] = [];

function bucketsOf(url: URL) {
  const [from, to] = [Date.parse(url.searchParams.get('from') ?? ''), Date.parse(url.searchParams.get('to') ?? '')];
  const step = STEPS.find((each) => each === url.searchParams.get('step')) ?? 'PT15M';
  const starts = edgesOf({ from, to }, step, 'Asia/Ho_Chi_Minh').slice(0, -1);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step, starts };
}
/** The speed of the counter is the minutes of the day at which a bucket begins. */
const speedAt = (start: number) => (start / MINUTE_MS) % 1_440;

function played(url: URL): Playback {
  const { starts, ...range } = bucketsOf(url);
  const metric = 'mean_speed';
  const known = url.searchParams.get('metric')?.split(',').includes(metric);
  return {
    ...range,
    times: starts.map((start) => new Date(start).toISOString()),
    series: known ? [{ device: 'counter-1', metric, values: starts.map(speedAt) }] : [],
  };
}
function volume(url: URL): Volume {
  const { starts, ...range } = bucketsOf(url);
  const items = starts.map((start) => ({
    time: new Date(start).toISOString(),
    observations: 3,
    devices: 1,
    expected: 4,
  }));
  return { ...range, items };
}

beforeEach(() => {
  asked.length = 0;
  status = 200;
  retired = [];
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://city');
    asked.push(url);
    if (status !== 200) return Response.json({}, { status });
    if (url.pathname.endsWith('/map/traffic')) return Response.json(collection(...retired));
    return Response.json(url.pathname.includes('/playback/') ? played(url) : volume(url));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(...others: ReturnType<typeof counter>[]): City {
  const city = cityWith(counter(), ...others);
  city.view.show('traffic');
  city.reading.done = true;
  render(TimeBar, { city });
  return city;
}
/** Opens the last hour and waits until it has come. */
async function lastHour(...others: ReturnType<typeof counter>[]): Promise<City> {
  const city = show(...others);
  city.time.openLast(HOUR_MS);
  await waitFor(() => expect(city.past.playback.state).toBe('ready'));
  return city;
}
const slider = () => screen.getByRole('slider', { name: 'Moment shown' });
const said = () => slider().getAttribute('aria-valuetext') ?? '';
const speed = (city: City) => city.displayed[0]?.latest.mean_speed;

test('live, it tells the time by the city’s clocks; held still, how far behind it is and what came since', async () => {
  const city = show();
  expect(screen.getByText('08:00:00')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Hold the picture still' }));
  city.clock.wall = NOW + 12_000;
  const data = { device: 'counter-1', domain: 'traffic', metric: 'mean_speed', quality: 'valid', value: 40 } as const;
  city.devices.apply([{ type: 'observation', data: { ...data, time: new Date(NOW + 9_000).toISOString() } }]);
  await screen.findByText('12 seconds behind · 1 device has reported since');
  expect(screen.getByText('08:00:00')).toBeTruthy();
  expect(speed(city)?.value).toBe(8);
  expect(city.clock.now).toBe(NOW);
  await fireEvent.click(screen.getByRole('button', { name: 'Back to live' }));
  expect(speed(city)?.value).toBe(40);
});

test('a stored range is read in its own step, and the devices are as they were at the moment', async () => {
  const city = await lastHour();
  expect(said()).toMatch(/^08:00, Tue,? 24\/11.*, 0 sec ago; 3 of 4 reports received$/);
  await fireEvent.keyDown(slider(), { key: 'ArrowLeft' });
  expect(city.clock.now).toBe(NOW - MINUTE_MS);
  expect(speed(city)).toEqual({ value: speedAt(NOW - 2 * MINUTE_MS), time: NOW - MINUTE_MS, quality: 'valid' });
  await waitFor(() => expect(said()).toMatch(/^07:59/));
  await fireEvent.keyDown(slider(), { key: 'Home' });
  // What was told before the range holds at its beginning.
  expect(speed(city)?.value).toBeDefined();
  expect(city.clock.now).toBe(NOW - HOUR_MS);
  expect(asked.filter(({ pathname }) => pathname.endsWith('/playback/traffic')).length).toBeGreaterThan(1);
  expect(new URL(window.location.href).searchParams.get('at')).toBe('2026-11-24T00:00:00Z');
});

test('who was registered later is not there yet unless it had told something, and who is retired is there until then', async () => {
  const later = { created: at(30 * 60) };
  retired = [counter({ id: 'gone', retired: at(30 * 60) }), counter({ id: 'gone-before', retired: at(2 * 3_600) })];
  const city = await lastHour(counter({ id: 'later', ...later }));
  const there = () => city.displayed.map(({ id }) => id).sort();
  expect(there()).toEqual(['counter-1', 'later']);
  await fireEvent.keyDown(slider(), { key: 'Home' });
  await waitFor(() => expect(there()).toEqual(['counter-1', 'gone']));
  expect(asked.find(({ pathname }) => pathname.endsWith('/map/traffic'))?.search).toBe('?state=retired');

  // The counter tells of its hour from the beginning, though it was registered but now.
  city.devices.load('traffic', collection(counter(later)));
  await fireEvent.keyDown(slider(), { key: 'ArrowRight' });
  expect(there()).toEqual(['counter-1', 'gone']);
});

test('space plays and stops; live data change nothing meanwhile', async () => {
  const city = await lastHour();
  await fireEvent.keyDown(slider(), { key: ' ' });
  expect(city.time.playing).toBe(true);
  expect(await screen.findByRole('button', { name: 'Stop' })).toBeTruthy();
  city.past.advance(2_000);
  expect(city.time.moment).toBeGreaterThan(NOW - HOUR_MS);
  await fireEvent.keyDown(slider(), { key: ' ' });
  expect(city.time.playing).toBe(false);
  const { moment } = city.time;
  const before = speed(city);
  const data = { device: 'counter-1', domain: 'traffic', metric: 'mean_speed', quality: 'valid', value: 77 } as const;
  city.devices.apply([{ type: 'observation', data: { ...data, time: new Date(NOW).toISOString() } }]);
  expect([city.time.moment, speed(city)]).toEqual([moment, before]);
});

test('step, speed, repetition and what it is compared with are chosen here and are in the address', async () => {
  const city = await lastHour();
  await fireEvent.change(screen.getByLabelText('Step'), { target: { value: 'PT5M' } });
  await fireEvent.change(screen.getByLabelText('Speed'), { target: { value: '60' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Repeat' }));
  await fireEvent.change(screen.getByLabelText('Compare with'), { target: { value: 'day' } });
  const { searchParams } = new URL(window.location.href);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    ...{ at: '2026-11-24T01:00:00Z', from: '2026-11-24T00:00:00Z', to: '2026-11-24T01:00:00Z' },
    ...{ step: 'PT5M', speed: '60', loop: '1', with: '2026-11-23T01:00:00Z' },
  });
  expect(city.time.other).toBe(NOW - 24 * HOUR_MS);
  await screen.findByRole('button', { name: 'Back 5 minutes' });
});

test('a range of one’s own must end before now', async () => {
  const city = await lastHour();
  await fireEvent.change(screen.getByLabelText('Range'), { target: { value: 'own' } });
  const to = await screen.findByLabelText('To');
  await fireEvent.input(to, { target: { value: '2027-01-01T00:00' } });
  await screen.findByText(/neither lie in the future/);
  await fireEvent.input(to, { target: { value: '2026-11-24T07:30' } });
  await fireEvent.input(screen.getByLabelText('From'), { target: { value: '2026-11-23T07:30' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Show' }));
  expect(city.time.range).toEqual({ from: NOW - 24.5 * HOUR_MS, to: NOW - HOUR_MS / 2 });
});

test('too much, closed and unreadable are said, each in its words', async () => {
  status = 400;
  const city = show();
  city.time.openLast(HOUR_MS);
  await screen.findByText(/Too much data/);
  expect(city.displayed).toEqual([]);
  expect(city.loaded).toBe(false);
  city.time.live();
  status = 403;
  city.time.openLast(HOUR_MS);
  await screen.findByText(/an access key is needed/);
});
