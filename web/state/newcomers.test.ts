import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { at, collection, counter } from '../testing/city.ts';
import { DeviceStore } from './devices.svelte.ts';
import { Newcomers } from './newcomers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const speed = (device: string, value: number) =>
  ({
    type: 'observation',
    data: { device, domain: 'traffic', metric: 'mean_speed', value, time: at(1), quality: 'valid' },
  }) as const;
const aSecond = () => vi.advanceTimersByTimeAsync(1_000);

/** A page that knows counter-1, and a city in which the given devices have been registered since. */
function page(ready: Promise<void>, ...registered: readonly string[]) {
  const store = new DeviceStore();
  const reads: (readonly string[])[] = [];
  const newcomers = new Newcomers({
    ready,
    read: async (domains) => {
      reads.push(domains);
      const devices = ['counter-1', ...registered].map((id) => counter({ id, latest: {} }));
      store.load('traffic', collection(...devices));
    },
    apply: (events) => store.apply(events),
  });
  const value = (id: string) => store.get(id)?.latest.mean_speed?.value;
  return { store, newcomers, reads, value };
}

describe('a device that the page does not know', () => {
  test('is read with its domain, once for all that came together, and has the values that told of it', async () => {
    const { newcomers, reads, value } = page(Promise.resolve(), 'counter-2', 'counter-3');
    newcomers.add([speed('counter-2', 20)]);
    newcomers.add([speed('counter-3', 30)]);
    await aSecond();
    expect(reads).toEqual([['traffic']]);
    expect([value('counter-2'), value('counter-3')]).toEqual([20, 30]);
  });

  test('is not asked for again when the reading has not brought it', async () => {
    const { newcomers, reads } = page(Promise.resolve());
    newcomers.add([speed('nobody', 1)]);
    await aSecond();
    newcomers.add([speed('nobody', 2)]);
    await aSecond();
    expect(reads).toHaveLength(1);
  });

  test('is not asked for when the first reading of the city brings it', async () => {
    let read = () => {};
    const ready = new Promise<void>((resolve) => {
      read = resolve;
    });
    const { store, newcomers, reads, value } = page(ready);
    newcomers.add([speed('counter-1', 40)]);
    await aSecond();
    store.load('traffic', collection(counter({ latest: {} })));
    read();
    await aSecond();
    expect(reads).toEqual([]);
    expect(value('counter-1')).toBe(40);
  });

  test('that is told of after a reading is read for anew', async () => {
    const { newcomers, reads } = page(Promise.resolve(), 'counter-2', 'counter-3');
    newcomers.add([speed('counter-2', 20)]);
    await aSecond();
    newcomers.add([speed('counter-4', 40)]);
    await aSecond();
    expect(reads).toEqual([['traffic'], ['traffic']]);
  });

  test('nothing is read any more after the stop', async () => {
    const { newcomers, reads } = page(Promise.resolve(), 'counter-2');
    newcomers.add([speed('counter-2', 20)]);
    newcomers.stop();
    await aSecond();
    expect(reads).toEqual([]);
  });
});
