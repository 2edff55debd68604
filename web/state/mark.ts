import type { DeviceCondition } from '../../model/device.ts';
import type { Geometry } from '../../model/geometry.ts';
import type { Metric } from '../../model/metric.ts';
import type { Shape } from '../map/shape.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import { conditionOf, isStale, type LiveDevice, type Rating, type Reading, ratingOf } from './device.ts';
import { type Figure, figureOf, isDerived, readingOf, sourcesOf } from './figure.ts';
import { type Scale, type Tone, toneOf } from './scale.ts';

/** A device as it is drawn and listed: everything the map and the list say of it at one moment. */
export interface Mark {
  readonly device: LiveDevice;
  readonly shape: Shape;
  readonly moving: boolean;
  readonly condition: DeviceCondition;
  /** What it is coloured by, where its kind is known: the figure that was asked for, else its kind's headline. */
  readonly headline: Figure | undefined;
  /** Whether it reports the figure that was asked for; true where none was. */
  readonly answers: boolean;
  readonly reading: Reading | undefined;
  readonly rating: Rating;
  /** The colour of its value: its level, or a step where the figure has none. */
  readonly tone: Tone;
  /** Whether its value is kept from whoever reads without the right key. */
  readonly hidden: boolean;
  /** Silent or offline: drawn hollow, since its colour is of the past. */
  readonly faded: boolean;
  /** It reports, but what is shown of it is older than it should be. */
  readonly stale: boolean;
  /** Its device doubts the value, or calls it invalid. */
  readonly doubtful: boolean;
  /** Messages of it wait in the quarantine, as far as the reader may know. */
  readonly quarantined: boolean;
  readonly geometry: Geometry | null;
}

/** What the city as a whole says of how its devices are coloured. */
export interface Colouring {
  /** The figure that was asked for, null for the headline of each kind. */
  readonly chosen: Figure | null;
  /** Scales of figures whose rows have no bands. */
  readonly scales: ReadonlyMap<string, Scale>;
  /** Whether a metric is kept from who reads. */
  hides(metric: string): boolean;
  /** Whether recent messages of a device wait in the quarantine. */
  quarantined(device: string): boolean;
}

/** By headlines, everything open. */
export const PLAIN: Colouring = { chosen: null, scales: new Map(), hides: () => false, quarantined: () => false };

/** The metric of a figure that is due least often: what is made of several is as old as the oldest of them. */
function slowestOf(figure: Figure | undefined, device: LiveDevice, catalogue: CatalogueStore): Metric | undefined {
  if (figure === undefined) return undefined;
  if (!isDerived(figure)) return catalogue.metricOf(device, figure.id);
  const metrics = sourcesOf(figure).flatMap((id) => catalogue.metricOf(device, id) ?? []);
  return metrics.sort((a, b) => b.interval - a.interval)[0];
}

/** What to draw of a device at `now`. */
export function markOf(
  device: LiveDevice,
  catalogue: CatalogueStore,
  now: number,
  { chosen, scales, hides, quarantined }: Colouring = PLAIN,
): Mark {
  const kind = catalogue.kind(device.domain, device.kind);
  const asked = kind && figureOf(kind, chosen, catalogue);
  const headline = asked ?? (kind && catalogue.metric(kind.headline));
  const reading = headline && readingOf(device, headline);
  const condition = conditionOf(device, (id) => catalogue.metricOf(device, id), now);
  const rating = ratingOf(reading, headline);
  const scale = headline && scales.get(headline.id);
  const stepped = rating === 'unrated' && reading !== undefined && reading.quality !== 'invalid';
  return {
    device,
    shape: catalogue.shape(device.domain, device.kind),
    moving: kind?.geometry === 'moving',
    condition,
    headline,
    answers: asked !== undefined || chosen === null,
    reading,
    rating,
    tone: stepped ? toneOf(scale, reading.value) : (rating ?? 'none'),
    hidden: reading === undefined && headline !== undefined && sourcesOf(headline).some(hides),
    faded: condition !== 'live',
    stale:
      condition === 'live' && reading !== undefined && isStale(reading, slowestOf(headline, device, catalogue), now),
    doubtful: condition === 'live' && reading !== undefined && reading.quality !== 'valid',
    quarantined: quarantined(device.id),
    geometry: device.geometry,
  };
}
