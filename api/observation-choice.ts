import { DeviceId } from '../model/device.ts';
import { MetricId } from '../model/metric.ts';
import type { Observation } from '../model/observation.ts';
import { CodedError } from '../model/problem.ts';
import type { ApiKey } from '../storage/registry/port.ts';
import { deviceFilters, instantParam, several } from './query.ts';
import type { DeviceFilters, Place } from './selection.ts';
import type { ReadServices } from './services.ts';

/** The parameters that choose raw observations, everywhere the same. */
export const observationFilters = {
  device: several(DeviceId, 'Device ids.'),
  metric: several(MetricId, 'Metric ids.', 100),
  ...deviceFilters,
  from: instantParam('Inclusive.', 'from'),
  to: instantParam('Exclusive.', 'to'),
};

/** Whether an observation of a device that moves was made where it was asked for. */
export type Keep = (observation: Observation) => boolean;

/** Turns what was asked into what a store is asked. */
export interface ObservationChoice {
  /**
   * The metrics to read: those asked for, or all that show to the key; undefined for all there are. Throws CodedError
   * `invalid-request` for one that is not there, and as the guard does for one that is closed.
   */
  metrics(key: ApiKey | undefined, asked: readonly string[] | undefined): readonly string[] | undefined;
  /** The devices to read, undefined for all, and where some of them move and a place is asked for, how to judge. */
  devices(filters: DeviceFilters): Promise<{ devices: readonly string[] | undefined; keep: Keep | undefined }>;
}

export function createObservationChoice({ catalogue, guard, selector }: ReadServices): ObservationChoice {
  const judge =
    (place: Place, moving: ReadonlySet<string>): Keep =>
    (observation) =>
      !moving.has(observation.device) || (observation.position !== undefined && place(observation.position));

  return {
    metrics(key, asked) {
      if (asked) {
        for (const id of asked) {
          const metric = catalogue.metric(id);
          if (!metric) throw new CodedError('invalid-request', `metric: there is no metric ${id} that devices report`);
          guard.metric(key, metric);
        }
        return asked;
      }
      const all = catalogue.domains.flatMap(({ metrics }) => metrics);
      const shown = all.filter(({ id }) => guard.shows(key, id));
      return shown.length === all.length ? undefined : shown.map(({ id }) => id);
    },

    async devices(filters) {
      const { device, simulated, ...others } = filters;
      const narrowed = Object.values(others).some((value) => value !== undefined) || simulated !== 'include';
      // Devices that are registered no more still have observations.
      if (!narrowed) return { devices: device, keep: undefined };
      const { fixed, moving, place } = await selector.select(filters);
      return {
        devices: [...fixed, ...moving].map(({ id }) => id),
        keep: place && moving.length > 0 ? judge(place, new Set(moving.map(({ id }) => id))) : undefined,
      };
    },
  };
}
