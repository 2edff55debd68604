import type { Device } from '../model/device.ts';
import { type Position, representative } from '../model/geometry.ts';
import type { Observation } from '../model/observation.ts';

/** Where a device was last seen, by any of its observations. */
export function lastSeen(observations: readonly Observation[]): Position | undefined {
  let newest: Observation | undefined;
  for (const observation of observations)
    if (observation.position && (!newest || observation.time > newest.time)) newest = observation;
  return newest?.position;
}

/** Where a device is taken to be: where it was last seen, else where it is registered; null for nowhere yet. */
export function whereabouts(device: Device, observations: readonly Observation[]): Position | null {
  return lastSeen(observations) ?? (device.geometry && representative(device.geometry));
}
