import type { Presence } from '../model/device.ts';
import type { Bus } from '../storage/bus/port.ts';

/** Who is connected, as the bus told since this process began. */
export interface PresenceTable {
  get(device: string): Presence | undefined;
  close(): void;
}

export function createPresenceTable(bus: Bus): PresenceTable {
  const table = new Map<string, Presence>();
  const unsubscribe = bus.subscribe('presence', ({ device, online, since, reason }) => {
    table.set(device, { online, since, reason });
  });
  return { get: (device) => table.get(device), close: unsubscribe };
}
