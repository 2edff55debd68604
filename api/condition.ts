import type { Catalogue } from '../model/catalogue.ts';
import { type Judgement, judge } from '../model/condition.ts';
import type { Device } from '../model/device.ts';
import { instant, type Observation } from '../model/observation.ts';
import type { LiveState } from '../storage/bus/port.ts';
import type { PresenceTable } from './presence.ts';
import type { ConditionView } from './views.ts';

/** The newest phenomenon time, ms; undefined where there is no observation. */
export function newestOf(observations: readonly Pick<Observation, 'time'>[]): number | undefined {
  let newest: number | undefined;
  for (const { time } of observations) if (newest === undefined || time > newest) newest = time;
  return newest;
}

/** How a device does right now. */
export interface Standing extends Judgement {
  /** Phenomenon time of its newest observation, ms. */
  readonly newest: number | undefined;
}

/** How devices do right now, by the live state and the broker's presence. */
export interface Conditions {
  /** `observations` are the newest of the device's series; read from the live state where they are not given. */
  of(device: Pick<Device, 'id' | 'domain' | 'kind'>, observations?: readonly Observation[]): Standing;
}

export function createConditions(deps: {
  readonly catalogue: Catalogue;
  readonly live: Pick<LiveState, 'latest'>;
  readonly presence: Pick<PresenceTable, 'get'>;
  readonly now: () => number;
}): Conditions {
  const { catalogue, live, presence, now } = deps;
  return {
    of: (device, observations = live.latest(device.id)) => ({
      // By when it was received: a device whose clock is wrong is not silent.
      ...judge(
        observations.map(({ metric, received }) => ({ metric, at: received })),
        (metric) => catalogue.intervalOf(device, metric) ?? Number.POSITIVE_INFINITY,
        presence.get(device.id),
        now(),
      ),
      newest: newestOf(observations),
    }),
  };
}

/** The condition as the API shows it. */
export function conditionView({ condition, since, reason }: Judgement): ConditionView {
  return { condition, conditionSince: since === null ? null : instant(since), conditionReason: reason };
}
