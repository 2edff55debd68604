import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, cityWith, counter, domains, NOW } from '../testing/city.ts';
import Chart from './Chart.svelte';

const asked: URL[] = [];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Windows of the last hours with a mean of 10 + so many hours ago, and none in between. */
const windows = (...hoursAgo: number[]) =>
  hoursAgo.map((hours) => ({
    ...{ group: 'counter-1', time: at(hours * 3_600), oldest: at(hours * 3_600), newest: at(hours * 3_600 - 290) },
    ...{ value: 10 + hours, mean: 10 + hours, min: 9, max: 44, expected: 5, received: 4, completeness: 0.8 },
  }));
const observation = (secondsAgo: number, value: number, more: Record<string, unknown> = {}) => ({
  ...{ time: at(secondsAgo), value, quality: 'valid', flags: [], received: at(secondsAgo) },
  ...more,
});

/** What the city answers; `raw` where observations are asked for. */
function answer(items: readonly unknown[], raw: readonly unknown[] = [], superseded: readonly number[] = []): void {
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://city');
    asked.push(url);
    if (url.pathname.endsWith('/corrections')) {
      const items = superseded.length > 0 ? [{ ...observation(1_680, 31), superseded }] : [];
      return Response.json({ items, next: null });
    }
    if (url.pathname.endsWith('/observations')) return Response.json({ items: raw, next: null });
    const whole = url.searchParams.get('window') === 'all';
    const all = [{ group: 'counter-1', time: at(86_400), value: 9, completeness: 0.876 }];
    return Response.json({ items: whole ? all : items, next: null });
  });
}

beforeEach(() => {
  asked.length = 0;
  // Nothing is laid out here: the chart is as wide as a panel.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(340);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function open(query = '') {
  const city = cityWith(counter());
  window.history.replaceState(null, '', `/?lang=en${query}`);
  city.charts.read();
  const figure = domains.flatMap(({ metrics }) => metrics).find(({ id }) => id === 'mean_speed');
  if (figure === undefined) throw new Error('the city measures speed');
  const subject = { type: 'device', id: 'counter-1' } as const;
  return { city, ...render(Chart, { city, subject, figure, simulated: false }) };
}
const plot = () => screen.findByRole('slider', { name: /^Chart: Mean speed/ });
const lengths = () =>
  asked
    .filter(({ searchParams }) => searchParams.get('window') !== 'all')
    .map(({ searchParams }) => Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? ''));

test('tells the day in short: range, extremes, last value with its level, gaps and completeness', async () => {
  answer(windows(3, 2, 1));
  open();
  const name = (await plot()).getAttribute('aria-label') ?? '';
  expect(name).toMatch(/^Chart: Mean speed\. Mean speed, last 24 hours: 9 km\/h to 44 km\/h\. Last 11 km\/h · Poor\./);
  expect(name).toMatch(/4 gaps, the longest 21 hours from /);
  expect(screen.getByText(/last 24 hours · 87% received/)).toBeTruthy();
  expect(screen.getByText('5-minute means, band from least to greatest')).toBeTruthy();
  expect(screen.getByText(/4 gaps.* · city time, GMT\+7/)).toBeTruthy();
});

test('arrow keys read it point by point, and a gap is told as one', async () => {
  answer(windows(3, 2));
  open();
  const chart = await plot();
  expect(chart.getAttribute('aria-valuetext')).toMatch(/^Arrows read it point by point/);
  await fireEvent.keyDown(chart, { key: 'End' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/^no data from 06:04.* to 08:00.* \(115 minutes\)$/);
  await fireEvent.keyDown(chart, { key: 'ArrowLeft' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/^06:00.* – 06:05.*: 12 km\/h · Poor$/);
});

test('zooming by keyboard asks for less, moving for as much, and 0 for the day again', async () => {
  answer(windows(3, 2, 1));
  const { city } = open();
  const chart = await plot();
  await fireEvent.keyDown(chart, { key: '+' });
  await waitFor(() => expect(lengths().at(-1)).toBe(12 * HOUR));
  expect(new URLSearchParams(window.location.search).get('chart')).toMatch(/^\d{8}T\d{6}Z-\d{8}T\d{6}Z$/);
  const before = city.charts.range;
  await fireEvent.keyDown(chart, { key: 'ArrowLeft', shiftKey: true });
  expect(city.charts.range).toEqual({ from: before.from - 3 * HOUR, to: before.to - 3 * HOUR });
  await fireEvent.keyDown(chart, { key: '0' });
  expect(city.charts.choice).toBe('24h');
  expect(new URLSearchParams(window.location.search).get('chart')).toBeNull();
});

test('a short range asks for the reports themselves and tells their quality and corrections', async () => {
  const reports = [
    observation(1_800, 20),
    observation(1_740, 9, { quality: 'suspect' }),
    observation(1_680, 31, { received: at(1_000), flags: ['late'] }),
  ];
  answer([], reports, [13]);
  open('&chart=1h');
  const chart = await plot();
  expect(asked.some(({ pathname }) => pathname === '/api/v1/observations')).toBe(true);
  const key = screen.getAllByRole('listitem').map(({ textContent }) => textContent?.trim());
  expect(key).toEqual(['suspect', 'corrected']);
  await fireEvent.keyDown(chart, { key: 'Home' });
  await fireEvent.keyDown(chart, { key: 'ArrowRight' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/: 20 km\/h · Fair$/);
  await fireEvent.keyDown(chart, { key: 'ArrowRight' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/: 9 km\/h · Severe · suspect$/);
  await fireEvent.keyDown(chart, { key: 'ArrowRight' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/31 km\/h · Good · corrected · before correction: 13 km\/h$/);
});

test('the table tells the same as the chart, gaps too', async () => {
  answer(windows(3, 2));
  open();
  await plot();
  await fireEvent.click(screen.getByRole('button', { name: 'Table of figures' }));
  const rows = within(screen.getByRole('table')).getAllByRole('row');
  const texts = rows.map(({ children }) =>
    [...children].map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim()).join(' '),
  );
  expect(texts[0]).toBe('Time Value Least – greatest Received');
  expect(texts).toHaveLength(1 + 2 + 3);
  expect(texts[2]).toMatch(/^06:00.* – 06:05.* 12 km\/h · Poor 9 – 44 4 \/ 5$/);
  expect(texts[1]).toMatch(/no data \(115 minutes\)$/);
});

test('the CSV has just what is shown', async () => {
  answer(windows(3, 2));
  const saved: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    if (blob instanceof Blob) saved.push(blob);
    return 'blob:city';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
  open();
  await plot();
  await fireEvent.click(screen.getByRole('button', { name: 'CSV of this chart' }));
  const lines = (await saved[0]?.text())?.trim().split('\r\n') ?? [];
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(
    '2026-11-24T05:00:00.000+07:00,2026-11-24T05:05:00.000+07:00,device,counter-1,Nguyễn Trãi 1,mean_speed,Mean speed,5m,13,9,44',
  );
});

test('an own range is in the city’s hours, and one that makes no sense is refused', async () => {
  answer(windows(3));
  const { city } = open();
  await plot();
  await fireEvent.click(screen.getByRole('button', { name: /^Own/ }));
  const [from, to] = [screen.getByLabelText('From'), screen.getByLabelText('To')];
  expect(to).toHaveProperty('value', '2026-11-24T08:00');
  await fireEvent.input(from, { target: { value: '2026-11-24T09:00' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Show' }));
  expect(screen.getByRole('alert').textContent).toMatch(/5 minutes to 366 days/);
  await fireEvent.input(from, { target: { value: '2026-11-24T06:00' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Show' }));
  expect(city.charts.range).toEqual({ from: NOW - 2 * HOUR, to: NOW });
});

test('what cannot be read is said to be so', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  open();
  expect(await screen.findByText(/^The series could not be read/)).toBeTruthy();
});
