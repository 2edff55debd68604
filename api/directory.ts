import type { Device } from '../model/device.ts';
import type { Bus } from '../storage/bus/port.ts';
import type { Registry } from '../storage/registry/port.ts';

/** Changed devices up to this many are fetched one by one; above, the whole list is read again. */
const PATCH_AT_MOST = 500;

/** Every device at one moment, ordered by id. */
export interface Roll {
  readonly devices: readonly Device[];
  readonly byId: ReadonlyMap<string, Device>;
}

/** The registry's devices in memory, for questions asked many times a second. What the bus calls changed is read again. */
export interface Directory {
  roll(): Promise<Roll>;
  close(): void;
}

const byIdOrder = (a: Device, b: Device) => (a.id < b.id ? -1 : 1);

export function createDirectory(registry: Pick<Registry, 'devices'>, bus: Bus): Directory {
  let current: Roll | undefined;
  let loading: Promise<Roll> | undefined;
  let stale = new Set<string>();

  const unsubscribe = bus.subscribe('device', ({ id }) => {
    stale.add(id);
  });

  async function read(): Promise<Roll> {
    const changed = stale;
    stale = new Set();
    try {
      if (!current || changed.size > PATCH_AT_MOST) {
        const devices = await registry.devices({});
        return { devices, byId: new Map(devices.map((device) => [device.id, device])) };
      }
      const fetched = await registry.devices({ ids: [...changed] });
      const byId = new Map(current.byId);
      for (const id of changed) byId.delete(id);
      for (const device of fetched) byId.set(device.id, device);
      return { devices: [...byId.values()].sort(byIdOrder), byId };
    } catch (error) {
      for (const id of changed) stale.add(id);
      throw error;
    }
  }

  return {
    async roll() {
      // A read under way may have begun before the last change: whoever finds changes left reads on.
      while (!current || stale.size > 0 || loading) {
        loading ??= read().finally(() => {
          loading = undefined;
        });
        current = await loading;
      }
      return current;
    },
    close: unsubscribe,
  };
}
