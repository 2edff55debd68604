import { expect, it } from 'vitest';
import { DeviceId } from '../model/device.ts';
import { planFleet } from '../simulators/fleet.ts';

it('the device that the API’s document names as an example is one of the simulated city', () => {
  const ids = planFleet(600, 1).map(({ device }) => device.id);
  expect(ids).toContain(DeviceId.meta()?.example);
});
