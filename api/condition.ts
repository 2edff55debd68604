import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceCondition, Presence } from '../model/device.ts';
import type { Observation } from '../model/observation.ts';
import type { LiveState } from '../storage/bus/port.ts';
import type { PresenceTable } from './presence.ts';

/** A device is silent when it has missed this many expected intervals of every metric it reports. */
const MISSED = 3;

/** The condition of a device at `now` (ms), by what was last received of it and whether it is connected. */
export function conditionOf(
  observations: readonly Pick<Observation, 'metric' | 'received'>[],
  intervalOf: (metric: string) => number,
  presence: Pick<Presence, 'online'> | undefined,
  now: number,
): DeviceCondition {
  if (observations.length === 0) return 'new';
  const heard = observations.some(({ metric, received }) => now - received <= MISSED * intervalOf(metric) * 1_000);
  if (heard) return 'live';
  return presence?.online === false ? 'offline' : 'silent';
}

/** The newest phenomenon time, ms; undefined where there is no observation. */
export function newestOf(observations: readonly Pick<Observation, 'time'>[]): number | undefined {
  let newest: number | undefined;
  for (const { time } of observations) if (newest === undefined || time > newest) newest = time;
  return newest;
}

/** How a device does right now. */
export interface Standing {
  readonly condition: DeviceCondition;
  /** Phenomenon time of its newest observation, ms. */
  readonly newest: number | undefined;
}

/** How devices do right now, by the live state and the broker's presence. */
export interface Conditions {
  /** `observations` are the newest of the device's series; read from the live state where they are not given. */
  of(device: string, observations?: readonly Observation[]): Standing;
}

export function createConditions(deps: {
  readonly catalogue: Catalogue;
  readonly live: Pick<LiveState, 'latest'>;
  readonly presence: Pick<PresenceTable, 'get'>;
  readonly now: () => number;
}): Conditions {
  const { catalogue, live, presence, now } = deps;
  const intervalOf = (metric: string) => catalogue.metric(metric)?.interval ?? Number.POSITIVE_INFINITY;
  return {
    of: (device, observations = live.latest(device)) => ({
      condition: conditionOf(observations, intervalOf, presence.get(device), now()),
      newest: newestOf(observations),
    }),
  };
}
