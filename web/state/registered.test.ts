import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, cityWith, collection, counter } from '../testing/city.ts';

/** The page's end of a stream, as a browser would have it. */
class FakeSource {
  static last: FakeSource | undefined;
  readonly readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  tell: ((message: { data: string }) => void) | undefined;

  constructor() {
    FakeSource.last = this;
  }
  addEventListener(type: string, listener: (message: { data: string }) => void): void {
    if (type === 'observations') this.tell = listener;
  }
  close(): void {}
}

let asked: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    if (!path.includes('/map/')) return Response.json({ items: [] });
    return Response.json(collection(counter({ id: path.includes('state=retired') ? 'old-1' : 'counter-1' })));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the retired are read in the place of those in use, and nobody else joins them', async () => {
  const city = cityWith(counter());
  city.reading.follow('traffic')();
  const stop = city.reading.follow('traffic', 'retired');
  expect(city.loaded).toBe(false);
  await vi.waitUntil(() => city.devices.all.length > 0);
  expect(asked).toContain('/api/v1/map/traffic?state=retired');
  expect(city.devices.all.map(({ id }) => id)).toEqual(['old-1']);

  const data = {
    device: 'counter-1',
    domain: 'traffic',
    metric: 'mean_speed',
    value: 9,
    time: at(0),
    quality: 'valid',
  };
  await vi.waitUntil(() => FakeSource.last?.tell !== undefined);
  FakeSource.last?.onopen?.();
  FakeSource.last?.tell?.({ data: JSON.stringify({ items: [data] }) });
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked.slice(before).filter((path) => path.includes('/map/'))).toEqual([]);
  expect(city.devices.all.map(({ id }) => id)).toEqual(['old-1']);
  stop();
});
