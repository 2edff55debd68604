import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_FILTERS } from '../state/url.ts';
import { counter } from '../testing/city.ts';
import { PAGE, type PagedAsked, PagedDevices } from './paged.svelte.ts';

const asked: PagedAsked = {
  ...{ domain: 'traffic', sort: { column: 'value', descending: true }, language: 'en' },
  question: { filters: NO_FILTERS, metric: 'mean_speed', search: '', within: null },
};
let total = 1_000;
/** The order that the city has made last. */
let list = 'first';
let requests: URLSearchParams[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  [total, list, requests] = [1_000, 'first', []];
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://city');
    requests.push(url.searchParams);
    const [offset, limit] = ['offset', 'limit'].map((name) => Number(url.searchParams.get(name)));
    const items = Array.from({ length: Math.max(0, Math.min(limit ?? 0, total - (offset ?? 0))) }, (_, i) =>
      counter({ id: `big-${(offset ?? 0) + i}` }),
    );
    const answer = { domain: 'traffic', list, time: '', total, offset, items, quarantined: ['big-501'] };
    return new Response(JSON.stringify(answer));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const at = (paged: PagedDevices, place: number) => paged.devices[place]?.device.id;

test('all of them are there, and only those pages come that are looked at', async () => {
  const paged = new PagedDevices();
  const stop = paged.follow(asked);
  await vi.advanceTimersByTimeAsync(0);
  expect([paged.devices.length, at(paged, 0), at(paged, 99), at(paged, 500)]).toEqual([
    1_000,
    'big-0',
    'big-99',
    undefined,
  ]);
  expect(Object.fromEntries(requests[0] ?? [])).toMatchObject({ sort: 'value', order: 'desc', metric: 'mean_speed' });
  paged.see([300]);
  paged.see([498, 501]);
  await vi.advanceTimersByTimeAsync(300);
  expect(requests.map((query) => Number(query.get('offset')))).toEqual([0, 4 * PAGE, 5 * PAGE]);
  expect([at(paged, 498), at(paged, 501), at(paged, 300)]).toEqual(['big-498', 'big-501', undefined]);
  expect([paged.devices[501]?.quarantined, paged.devices[500]?.quarantined]).toEqual([true, false]);
  stop();
});

test('pages further down are of the same order; at the top it is made anew, unless somebody reads there', async () => {
  const paged = new PagedDevices();
  const stop = paged.follow(asked);
  await vi.advanceTimersByTimeAsync(0);
  paged.reading = true;
  await vi.advanceTimersByTimeAsync(5_000);
  paged.reading = false;
  await vi.advanceTimersByTimeAsync(5_000);
  paged.see([150]);
  await vi.advanceTimersByTimeAsync(300);
  expect(requests.map((query) => query.get('list'))).toEqual([null, 'first', null, 'first']);
  // The city has let go of it: what was read of the other order is not told beside.
  list = 'second';
  await vi.advanceTimersByTimeAsync(5_000);
  expect([at(paged, 150), at(paged, 0)]).toEqual(['big-150', undefined]);
  stop();
});

test('for a file they are read to the last one', async () => {
  total = 2_500;
  const paged = new PagedDevices();
  const stop = paged.follow(asked);
  await vi.advanceTimersByTimeAsync(0);
  const told: number[] = [];
  const all = await paged.all((devices) => told.push(devices));
  expect([all.length, all[2_499]?.device.id, told]).toEqual([2_500, 'big-2499', [1_000, 2_000, 2_500]]);
  stop();
});
