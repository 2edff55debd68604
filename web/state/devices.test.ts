import { describe, expect, test } from 'vitest';
import { at, collection, counter, domains, NOW } from '../testing/city.ts';
import { conditionOf, deviceOf, isStale, observed, ratingOf } from './device.ts';
import { DeviceStore } from './devices.svelte.ts';

const speed = (value: number, secondsAgo: number, device = 'counter-1') =>
  ({
    type: 'observation',
    data: { device, domain: 'traffic', metric: 'mean_speed', value, time: at(secondsAgo), quality: 'valid' },
  }) as const;
const metric = (id: string) => domains.flatMap((domain) => domain.metrics).find((row) => row.id === id);

function loaded(): DeviceStore {
  const store = new DeviceStore();
  store.load('traffic', collection(counter()));
  return store;
}
const speedIn = (store: DeviceStore) => store.get('counter-1')?.latest.mean_speed?.value;

describe('the stream', () => {
  test('a later observation wins', () => {
    const store = loaded();
    store.apply([speed(31, 5)]);
    expect(speedIn(store)).toBe(31);
  });

  test('one that is older than the known one and comes late changes nothing', () => {
    const store = loaded();
    store.apply([speed(31, 5), speed(12, 600)]);
    expect(speedIn(store)).toBe(31);
  });

  test('a correction of the same moment replaces the value', () => {
    const store = loaded();
    store.apply([speed(9, 10)]);
    expect(speedIn(store)).toBe(9);
  });

  test('events of devices that are not shown are left', () => {
    const store = loaded();
    store.apply([speed(31, 5, 'someone-else')]);
    expect(store.all.map(({ id }) => id)).toEqual(['counter-1']);
  });

  test('presence changes the connection, but an older one does not', () => {
    const store = loaded();
    const presence = (online: boolean, secondsAgo: number) =>
      ({
        type: 'presence',
        data: { device: 'counter-1', domain: 'traffic', online, since: at(secondsAgo), reason: 'connected' },
      }) as const;
    store.apply([presence(false, 60)]);
    expect(store.get('counter-1')?.connected).toBe(false);
    store.apply([presence(true, 7_200)]);
    expect(store.get('counter-1')?.connected).toBe(false);
  });
});

describe('a snapshot', () => {
  test('does not take back what the stream told after it', () => {
    const store = loaded();
    store.apply([speed(31, 1)]);
    store.load('traffic', collection(counter()));
    expect(speedIn(store)).toBe(31);
  });

  test('forgets devices of its domain that are gone, and no others', () => {
    const store = loaded();
    store.load('health', collection(counter({ id: 'hospital-1', kind: 'hospital' })));
    store.load('traffic', collection(counter({ id: 'counter-2' })));
    expect(store.all.map(({ id }) => id).sort()).toEqual(['counter-2', 'hospital-1']);
  });

  test('the newest time is that of any metric of any device', () => {
    const store = loaded();
    expect(store.newest).toBe(NOW - 10_000);
    store.apply([speed(31, 2)]);
    expect(store.newest).toBe(NOW - 2_000);
  });
});

describe('a device', () => {
  const device = deviceOf('traffic', counter());

  test('is where its newest observation was, not where a late one was', () => {
    const there: [number, number] = [105.9, 21.1];
    const moved = observed(device, { ...speed(20, 1).data, position: there });
    expect(moved.geometry).toEqual({ type: 'Point', coordinates: there });
    const late = observed(moved, { ...speed(20, 900).data, metric: 'occupancy', position: [105, 21] });
    expect(late.geometry).toEqual({ type: 'Point', coordinates: there });
  });

  test('is silent when three expected intervals have gone by, and offline when it is disconnected too', () => {
    expect(conditionOf(device, metric, NOW)).toBe('live');
    expect(conditionOf(device, metric, NOW + 181_000)).toBe('silent');
    expect(conditionOf({ ...device, connected: false }, metric, NOW + 181_000)).toBe('offline');
    expect(conditionOf({ ...device, latest: {}, told: 'new' }, metric, NOW)).toBe('new');
  });

  test('is as the city told where none of its metrics may be read', () => {
    expect(conditionOf({ ...device, latest: {}, told: 'silent' }, metric, NOW)).toBe('silent');
  });

  test('a reading is stale behind three intervals of its metric and not at them', () => {
    const reading = { value: 1, time: NOW, quality: 'valid' } as const;
    expect(isStale(reading, metric('mean_speed'), NOW + 180_000)).toBe(false);
    expect(isStale(reading, metric('mean_speed'), NOW + 180_001)).toBe(true);
  });

  test('is rated by its thresholds; an invalid value and a metric without thresholds are not rated', () => {
    const reading = (value: number, quality: 'valid' | 'invalid' = 'valid') => ({ value, time: NOW, quality });
    expect(ratingOf(reading(10), metric('mean_speed'))).toBe('poor');
    expect(ratingOf(reading(10, 'invalid'), metric('mean_speed'))).toBe('unrated');
    expect(ratingOf(reading(10), metric('vehicle_count'))).toBe('unrated');
    expect(ratingOf(undefined, metric('mean_speed'))).toBeNull();
  });
});
