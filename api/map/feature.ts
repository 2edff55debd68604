import type { Device } from '../../model/device.ts';
import { instant } from '../../model/observation.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import { conditionView } from '../condition.ts';
import type { ReadServices } from '../services.ts';
import { levelIn, type MapFeature, type MapValue } from '../views.ts';
import { lastSeen } from '../whereabouts.ts';

export type FeatureParts = Pick<ReadServices, 'catalogue' | 'conditions' | 'presence' | 'selector'>;

/** Makes features of the map as things are `at` a moment, ms; `latest` are the newest observations of the device's series. */
export function createFeatures(
  { at, shows }: { readonly at: number; readonly shows: (metric: string) => boolean },
  { catalogue, conditions, presence, selector }: FeatureParts,
): (device: Device, latest: readonly LiveObservation[]) => MapFeature {
  return (device, latest) => {
    const { id, name, provider, tags } = device;
    const connection = presence.get(id);
    const values: Record<string, MapValue> = {};
    for (const { metric, value, time, quality } of latest) {
      if (!shows(metric)) continue;
      const age = Math.max(0, Math.round((at - time) / 1_000));
      values[metric] = { value, time: instant(time), age, quality, level: levelIn(catalogue, metric, value) };
    }
    const seen = selector.moves(device) ? lastSeen(latest) : undefined;
    return {
      type: 'Feature',
      id,
      geometry: seen ? { type: 'Point', coordinates: seen } : device.geometry,
      properties: {
        ...{ id, kind: device.kind, name, provider, simulated: device.simulated, tags },
        headline: catalogue.kind(device.domain, device.kind)?.headline ?? null,
        ...conditionView(conditions.of(device, latest)),
        connected: connection?.online ?? null,
        since: connection?.since ?? null,
        created: device.created,
        retired: device.state === 'retired' ? device.updated : null,
        latest: values,
      },
    };
  };
}
