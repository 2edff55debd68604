import { afterEach, expect, test, vi } from 'vitest';
import { counter } from '../testing/city.ts';
import { allIn, moversIn, PLAYED } from './in-view.ts';
import { NO_FILTERS } from './url.ts';

let requests: URLSearchParams[] = [];
/** A city that has so many devices of each kind in view. */
function cityOf(devices: Readonly<Record<string, number>>): void {
  requests = [];
  vi.stubGlobal('fetch', async (path: string) => {
    const query = new URL(path, 'http://city').searchParams;
    requests.push(query);
    const kind = query.get('kind');
    const total = kind === null ? Object.values(devices).reduce((a, b) => a + b, 0) : (devices[kind] ?? 0);
    const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))];
    const items = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) =>
      counter({ id: `${kind}-${offset + i}` }),
    );
    return new Response(
      JSON.stringify({ domain: 'traffic', list: 'one', time: '', total, offset, items, quarantined: [] }),
    );
  });
}
afterEach(() => vi.unstubAllGlobals());

const view = {
  ...{ domain: 'traffic', box: [105, 20, 106, 22] as const },
  question: { filters: { ...NO_FILTERS, levels: ['severe'] as const }, metric: null, search: '', within: null },
};
const { signal } = new AbortController();

test('all that moves in view is told, and nothing where it is too much of one kind', async () => {
  cityOf({ bus: 3, taxi: 2, counter: 5_000 });
  expect((await moversIn(view, ['bus', 'taxi'], signal))?.map(({ id }) => id)).toEqual([
    'bus-0',
    'bus-1',
    'bus-2',
    'taxi-0',
    'taxi-1',
  ]);
  expect(requests.every((query) => query.get('bbox') === '105,20,106,22' && query.get('level') === 'severe')).toBe(
    true,
  );
  expect(await moversIn(view, [], signal)).toBeUndefined();
  cityOf({ bus: 1_001, taxi: 2 });
  expect(await moversIn(view, ['bus', 'taxi'], signal)).toBeUndefined();
});

test('what is played is all in view, whatever it does right now, page by page; nothing where it is too much', async () => {
  cityOf({ counter: PLAYED });
  const all = await allIn(view, signal);
  expect(new Set(all?.map(({ id }) => id)).size).toBe(PLAYED);
  expect(requests.map((query) => [query.get('offset'), query.get('list'), query.get('level')])).toEqual([
    ['0', null, null],
    ['1000', 'one', null],
  ]);
  cityOf({ counter: PLAYED + 1 });
  expect(await allIn(view, signal)).toBeUndefined();
});
