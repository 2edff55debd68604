import type { DeviceCondition } from '../../model/device.ts';
import type { Geometry } from '../../model/geometry.ts';
import type { Metric } from '../../model/metric.ts';
import type { Shape } from '../map/shape.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { conditionOf, type LiveDevice, type Rating, type Reading, ratingOf } from './device.ts';

/** A device as it is drawn and listed: everything the map and the list say of it at one moment. */
export interface Mark {
  readonly device: LiveDevice;
  readonly shape: Shape;
  readonly moving: boolean;
  readonly condition: DeviceCondition;
  /** What it is coloured by, where its kind is known. */
  readonly headline: Metric | undefined;
  readonly reading: Reading | undefined;
  readonly rating: Rating;
  /** Silent or offline: drawn hollow, since its colour is of the past. */
  readonly faded: boolean;
  readonly geometry: Geometry | null;
}

/** What to draw of a device at `now`. */
export function markOf(device: LiveDevice, catalogue: CatalogueStore, now: number): Mark {
  const kind = catalogue.kind(device.domain, device.kind);
  const headline = kind && catalogue.metric(kind.headline);
  const reading = kind && device.latest[kind.headline];
  const condition = conditionOf(device, (id) => catalogue.metric(id), now);
  return {
    device,
    shape: catalogue.shape(device.domain, device.kind),
    moving: kind?.geometry === 'moving',
    condition,
    headline,
    reading,
    rating: ratingOf(reading, headline),
    faded: condition !== 'live',
    geometry: device.geometry,
  };
}
