import type { Device } from '../../model/device.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Roll } from '../directory.ts';
import type { ReadServices } from '../services.ts';

/** A domain with more active devices than this is to be drawn of tiles, not of its devices one by one. */
export const DEVICES_AT_MOST = 10_000;

export const MODES = ['devices', 'tiles'] as const;
export type Mode = (typeof MODES)[number];

export const modeOf = (registered: number): Mode => (registered > DEVICES_AT_MOST ? 'tiles' : 'devices');

const AT_ONCE = 10_000;

async function count(devices: readonly Device[]): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  for (const some of batches(devices, AT_ONCE)) {
    for (const { domain, state } of some) if (state === 'active') counted.set(domain, (counted.get(domain) ?? 0) + 1);
    await yieldToOthers();
  }
  return counted;
}

/** How many active devices are registered, by domain. */
export interface Totals {
  byDomain(): Promise<ReadonlyMap<string, number>>;
}

/** Counts once for each time that the registry changed. */
export function createTotals({ directory }: Pick<ReadServices, 'directory'>): Totals {
  const counted = new WeakMap<Roll, Promise<ReadonlyMap<string, number>>>();
  return {
    async byDomain() {
      const roll = await directory.roll();
      let counts = counted.get(roll);
      if (!counts) {
        counts = count(roll.devices);
        counted.set(roll, counts);
      }
      return counts;
    },
  };
}
