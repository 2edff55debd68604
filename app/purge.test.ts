import { afterEach, beforeEach, expect, it } from 'vitest';
import { device, NOW, observation, openCity, type TestCity } from '../api/testing/city.fixture.ts';
import { createPurge } from './purge.ts';

let city: TestCity;
beforeEach(async () => {
  city = await openCity();
});
afterEach(() => city.close());

it('asked for twice at once, purging the simulated city tells both what went, and a third that nothing was left', async () => {
  const { registry, telemetry, archive, quarantine, bus } = city;
  await city.register(device('sim-1', { simulated: true }), device('sim-2', { simulated: true }), device('real-1'));
  await city.store(...['sim-1', 'sim-2', 'real-1'].map((id) => observation(id, 'mean_speed', NOW, 1)));
  const nothing = async () => undefined;
  const purge = createPurge({
    ...{ registry, telemetry, archive, quarantine, bus, files: [] },
    ...{ stopFleet: nothing, drained: nothing, drop: () => undefined },
  });
  const went = { devices: 2, observations: 2, quarantined: 0 };
  expect(await Promise.all([purge(), purge()])).toEqual([went, went]);
  expect(await purge()).toEqual({ devices: 0, observations: 0, quarantined: 0 });
  expect((await telemetry.latest()).map((told) => told.device)).toEqual(['real-1']);
});
