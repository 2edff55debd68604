import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeptCity, KeptDevices, LastState } from '../offline/last-state.ts';
import { at, cityWith, collection, counter, domains, NOW } from '../testing/city.ts';
import { Keeping, type KeepingSources } from './keeping.svelte.ts';

/** What is kept, without a browser's cache. */
function memory() {
  let [city, wards]: [KeptCity | undefined, readonly never[] | undefined] = [undefined, undefined];
  const devices = new Map<string, KeptDevices>();
  const kept: LastState = {
    writeCity: async (next) => {
      city = next;
    },
    city: async () => city,
    writeWards: async () => {
      wards = [];
    },
    wards: async () => wards,
    writeDevices: async (domain, next) => void devices.set(domain, next),
    devices: async (domain) => devices.get(domain),
    clear: async () => {
      city = undefined;
      devices.clear();
    },
  };
  return { kept, text: () => JSON.stringify([city ?? null, [...devices]]), devices };
}

const latest = {
  mean_speed: { value: 8, time: at(10), age: 10, quality: 'valid' as const, level: 'severe' as const },
  cpu_load: { value: 61.25, time: at(10), age: 10, quality: 'valid' as const, level: null },
};

function setup(change: Partial<KeepingSources> = {}) {
  const page = cityWith(counter({ latest }));
  const store = memory();
  const { catalogue, preferences, areas, devices } = page;
  const keeping = new Keeping(
    {
      ...{ catalogue, preferences, areas, devices },
      shown: () => ['traffic'],
      large: () => false,
      fresh: () => true,
      withKey: () => false,
      ...change,
    },
    store.kept,
  );
  return { page, keeping, ...store };
}

describe('the last state', () => {
  beforeEach(() => vi.stubGlobal('fetch', async () => Response.json(collection(counter()))));
  afterEach(() => vi.unstubAllGlobals());

  test('comes back where nothing has come, with when it was kept', async () => {
    const { keeping, kept, page } = setup();
    await keeping.keep(NOW);
    page.devices.clear();
    page.catalogue.domains = [];
    const later = new Keeping(
      {
        ...{ catalogue: page.catalogue, preferences: page.preferences, areas: page.areas, devices: page.devices },
        ...{ shown: () => ['traffic'], large: () => false, fresh: () => false, withKey: () => false },
      },
      kept,
    );
    expect(await later.restore()).toBe(true);
    expect(later.at).toBe(NOW);
    expect(page.devices.get('counter-1')?.latest.mean_speed?.value).toBe(8);
    expect(page.catalogue.domains.length).toBe(domains.length);
  });

  test('leaves what has come meanwhile as it is', async () => {
    const { keeping, page } = setup();
    await keeping.keep(NOW);
    page.devices.load('traffic', collection(counter({ name: 'Newer' })));
    await keeping.restore();
    expect(page.devices.get('counter-1')?.name).toBe('Newer');
    expect(keeping.at).toBeNull();
  });

  test('holds no value of a metric that is not public, whatever the page holds', async () => {
    const { keeping, text } = setup();
    await keeping.keep(NOW);
    expect(text()).toContain('mean_speed');
    expect(text()).not.toContain('61.25');
  });

  test('is what the public sees while a key is used: it is asked for without it', async () => {
    const asked = vi.fn(async () => Response.json(collection(counter({ name: 'Public' }))));
    vi.stubGlobal('fetch', asked);
    const { keeping, text } = setup({ withKey: () => true });
    await keeping.keep(NOW);
    expect(asked).toHaveBeenCalledWith('/api/v1/map/traffic', expect.objectContaining({ credentials: 'omit' }));
    expect(text()).toContain('Public');
    expect(text()).not.toContain('61.25');
  });

  test('is forgotten where the city shows itself to nobody without a key', async () => {
    const { keeping, text, kept } = setup({ withKey: () => true });
    await kept.writeDevices('traffic', { at: NOW, devices: [] });
    vi.stubGlobal('fetch', async () => new Response('', { status: 401 }));
    await keeping.keep(NOW);
    expect(text()).toBe('[null,[]]');
  });

  test('of a large domain is how many devices it had, and never a part of them that looks like all', async () => {
    const asked = vi.fn(async () => Response.json({ devices: 25_000, conditions: { live: 24_100 } }));
    vi.stubGlobal('fetch', asked);
    const { keeping, devices, page } = setup({ large: () => true });
    await keeping.keep(NOW);
    expect(asked).toHaveBeenCalledWith(
      '/api/v1/map/traffic/summary?limit=0',
      expect.objectContaining({ credentials: 'omit' }),
    );
    expect(devices.get('traffic')).toEqual({ at: NOW, devices: [], counted: { devices: 25_000, live: 24_100 } });
    page.devices.clear();
    expect(await keeping.restore()).toBe(true);
    expect([keeping.at, keeping.counts.get('traffic')?.devices]).toEqual([NOW, 25_000]);
  });

  test('is nothing of a closed city, not even its catalogue, where its only domain is large or empty', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 401 }));
    for (const large of [true, false]) {
      const { keeping, text, page } = setup({ withKey: () => true, large: () => large });
      page.devices.clear();
      await keeping.keep(NOW);
      expect(text()).toBe('[null,[]]');
    }
  });

  test('is not overwritten by what is not of now', async () => {
    const { keeping, devices } = setup({ fresh: () => false });
    await keeping.keep(NOW);
    expect(devices.size).toBe(0);
  });
});
