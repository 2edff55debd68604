import { z } from 'zod';
import type { Device } from '../../model/device.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Selection } from '../selection.ts';
import type { ReadServices } from '../services.ts';
import { whereabouts } from '../whereabouts.ts';

const number = z.number().int();
/** Active devices by how they do right now. */
export const CityDevices = z
  .object({
    ...{ total: number, live: number, silent: number, offline: number, new: number },
    simulated: number.meta({ description: 'How many of the total are simulated.' }),
  })
  .meta({ id: 'CityDevices' });
export type CityDevices = z.infer<typeof CityDevices>;

/** Devices counted before the event loop turns. */
const AT_ONCE = 1_000;

/** Counts the devices of a selection; within a place, those that move by where they were last seen. */
export async function countDevices(
  { fixed, moving, place }: Selection,
  { conditions, live }: Pick<ReadServices, 'conditions' | 'live'>,
): Promise<CityDevices> {
  const counted = { total: 0, live: 0, silent: 0, offline: 0, new: 0, simulated: 0 };
  function count(device: Device, moves: boolean): void {
    const latest = live.latest(device.id);
    if (moves && place) {
      const position = whereabouts(device, latest);
      if (!position || !place(position)) return;
    }
    counted.total += 1;
    counted[conditions.of(device, latest).condition] += 1;
    if (device.simulated) counted.simulated += 1;
  }
  for (const [devices, moves] of [[fixed, false] as const, [moving, true] as const])
    for (const some of batches(devices, AT_ONCE)) {
      for (const device of some) count(device, moves);
      await yieldToOthers();
    }
  return counted;
}
