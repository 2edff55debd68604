import type { Catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import { type BBox, type Position, representative, within } from '../../model/geometry.ts';
import type { Access } from '../../model/metric.ts';
import type { BusEvents, LiveObservation } from '../../storage/bus/port.ts';
import type { Directory } from '../directory.ts';
import type { SimulatedFilter } from '../query.ts';

export interface StreamFilters {
  readonly device?: readonly string[] | undefined;
  readonly domain?: readonly string[] | undefined;
  readonly metric?: readonly string[] | undefined;
  readonly provider?: string | undefined;
  readonly bbox?: BBox | undefined;
  readonly simulated: SimulatedFilter;
}

export type PresenceEvent = BusEvents['presence'];

/** What one reader wants, in two steps: by what an event says of itself, and by what the registry says of its device. */
export interface StreamFilter {
  /** Cheap: asked of every event that goes by. */
  wants(observation: LiveObservation): boolean;
  wantsPresence(event: PresenceEvent): boolean;
  /** Asked of what passed the first step, when a delivery is made ready. */
  observations(passed: readonly LiveObservation[]): Promise<readonly LiveObservation[]>;
  presence(passed: readonly PresenceEvent[]): Promise<readonly PresenceEvent[]>;
}

/** `shows` says which metrics the reader may see. */
export function createStreamFilter(
  filters: StreamFilters,
  catalogue: Catalogue,
  directory: Directory,
  shows: (access: Access) => boolean,
): StreamFilter {
  const { provider, bbox, simulated } = filters;
  const devices = filters.device && new Set(filters.device);
  const domains = filters.domain && new Set(filters.domain);
  const metrics = filters.metric && new Set(filters.metric);
  const hidden = new Set(
    catalogue.domains.flatMap(({ metrics: rows }) => rows.filter(({ access }) => !shows(access)).map(({ id }) => id)),
  );
  const comesFrom = ({ device, domain }: { readonly device: string; readonly domain: string }) =>
    (!devices || devices.has(device)) && (!domains || domains.has(domain));
  const counts = (isSimulated: boolean) => simulated === 'include' || isSimulated === (simulated === 'only');
  const belongs = (device: Device) => provider === undefined || device.provider === provider;
  const isInside = (device: Device, seen: Position | undefined) => {
    if (!bbox) return true;
    const position = seen ?? (device.geometry && representative(device.geometry));
    return position !== null && within(bbox, position);
  };

  return {
    wants: (observation) =>
      comesFrom(observation) &&
      (!metrics || metrics.has(observation.metric)) &&
      !hidden.has(observation.metric) &&
      counts(observation.flags.includes('simulated')),
    wantsPresence: comesFrom,
    async observations(passed) {
      if (passed.length === 0 || (provider === undefined && !bbox)) return passed;
      const { byId } = await directory.roll();
      return passed.filter(({ device: id, position }) => {
        const device = byId.get(id);
        return device !== undefined && belongs(device) && isInside(device, position);
      });
    },
    async presence(passed) {
      if (passed.length === 0 || (provider === undefined && !bbox && simulated === 'include')) return passed;
      const { byId } = await directory.roll();
      return passed.filter(({ device: id }) => {
        const device = byId.get(id);
        return device !== undefined && belongs(device) && counts(device.simulated) && isInside(device, undefined);
      });
    },
  };
}
