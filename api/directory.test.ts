import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectory, type Directory } from './directory.ts';
import { device, openCity, type TestCity } from './testing/city.fixture.ts';

let city: TestCity;
let directory: Directory;
let reads: number;
beforeEach(async () => {
  city = await openCity();
  reads = 0;
  const devices: typeof city.registry.devices = (query) => {
    reads += 1;
    return city.registry.devices(query);
  };
  directory = createDirectory({ devices }, city.bus);
});
afterEach(async () => {
  directory.close();
  await city.close();
});

const ids = async () => (await directory.roll()).devices.map(({ id }) => id);

describe('the directory', () => {
  it('reads the registry once for all who ask', async () => {
    await city.register(device('b-1'), device('a-1'));
    expect(await Promise.all([ids(), ids(), ids()])).toEqual(Array(3).fill(['a-1', 'b-1']));
    expect(await directory.roll()).toBe(await directory.roll());
    expect(reads).toBe(1);
  });

  it('follows what is registered, changed and deleted', async () => {
    await city.register(device('b-1'));
    await ids();
    await city.register(device('a-1'), device('c-1'));
    expect(await ids()).toEqual(['a-1', 'b-1', 'c-1']);
    await city.registry.updateDevice(device('a-1', { name: 'Mới' }));
    await city.registry.deleteDevice('b-1');
    for (const id of ['a-1', 'b-1']) city.bus.publish('device', { id });
    expect(await ids()).toEqual(['a-1', 'c-1']);
    expect((await directory.roll()).byId.get('a-1')?.name).toBe('Mới');
  });

  it('misses no change that comes while it reads', async () => {
    await ids();
    const pending = (async () => {
      for (let i = 0; i < 20; i++) await city.register(device(`d-${i + 10}`));
    })();
    while (reads < 5) await ids().then(() => new Promise((resolve) => setImmediate(resolve)));
    await pending;
    expect(await ids()).toHaveLength(20);
  });
});
