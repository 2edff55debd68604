import type { Position } from '../../model/geometry.ts';
import type { BusEvents, LiveObservation } from '../../storage/bus/port.ts';
import { counts, type SimulatedFilter } from '../query.ts';
import type { DeviceFilters, Place } from '../selection.ts';
import type { Services } from '../services.ts';
import { whereabouts } from '../whereabouts.ts';

export interface StreamFilters extends Omit<DeviceFilters, 'domain' | 'search'> {
  /** Any of them. */
  readonly domain?: readonly string[] | undefined;
  readonly metric?: readonly string[] | undefined;
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

const lies = (position: Position | null, place: Place | undefined) =>
  place === undefined || (position !== null && place(position));

/** `shows` says which metrics the reader may see. */
export function createStreamFilter(
  filters: StreamFilters,
  parts: Pick<Services, 'directory' | 'live' | 'selector'>,
  shows: (metric: string) => boolean,
): StreamFilter {
  const { directory, live, selector } = parts;
  const { device, domain, metric, simulated, ...others } = filters;
  const devices = device && new Set(device);
  const domains = domain && new Set(domain);
  const metrics = metric && new Set(metric);
  const narrowed = Object.values(others).some((value) => value !== undefined);
  const comesFrom = ({ device, domain }: { readonly device: string; readonly domain: string }) =>
    (!devices || devices.has(device)) && (!domains || domains.has(domain));

  return {
    wants: (observation) =>
      comesFrom(observation) &&
      (!metrics || metrics.has(observation.metric)) &&
      shows(observation.metric) &&
      counts(simulated, observation.flags.includes('simulated')),
    wantsPresence: comesFrom,
    async observations(passed) {
      if (passed.length === 0 || !narrowed) return passed;
      const [{ byId }, { chooses, place }] = await Promise.all([directory.roll(), selector.judge(others)]);
      return passed.filter((told) => {
        const known = byId.get(told.device);
        return known !== undefined && chooses(known, told) && lies(told.position ?? whereabouts(known, []), place);
      });
    },
    async presence(passed) {
      if (passed.length === 0 || (!narrowed && simulated === 'include')) return passed;
      const [{ byId }, { chooses, place }] = await Promise.all([
        directory.roll(),
        selector.judge({ ...others, simulated }),
      ]);
      return passed.filter(({ device: id }) => {
        const known = byId.get(id);
        return known !== undefined && chooses(known) && lies(whereabouts(known, live.latest(id)), place);
      });
    },
  };
}
