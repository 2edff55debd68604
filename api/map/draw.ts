import { createHash } from 'node:crypto';
import { representative } from '../../model/geometry.ts';
import { instant } from '../../model/observation.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import type { DeviceFilters } from '../selection.ts';
import type { ReadServices } from '../services.ts';
import type { MapFeature } from '../views.ts';
import { createFeatures } from './feature.ts';

/** Devices drawn before the event loop turns: ten thousand at once would hold up who is publishing. */
const AT_ONCE = 500;

function byDevice(observations: readonly LiveObservation[], domain: string): ReadonlyMap<string, LiveObservation[]> {
  const grouped = new Map<string, LiveObservation[]>();
  for (const observation of observations) {
    if (observation.domain !== domain) continue;
    const group = grouped.get(observation.device);
    if (group) group.push(observation);
    else grouped.set(observation.device, [observation]);
  }
  return grouped;
}

/** A drawn map as it goes over the wire, with its entity tag. */
export interface Picture {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

export interface MapQuestion {
  /** Which devices; active ones unless it says otherwise. */
  readonly filters: DeviceFilters & { readonly domain: string };
  /** Which metrics whoever asks may see. */
  readonly shows: (metric: string) => boolean;
}

type Parts = Pick<ReadServices, 'catalogue' | 'conditions' | 'live' | 'presence' | 'selector' | 'now'>;

/** Draws the devices of a domain with what is known of them right now, as a GeoJSON FeatureCollection (MapView). */
export async function drawMap(
  { filters, shows }: MapQuestion,
  { catalogue, conditions, live, presence, selector, now }: Parts,
): Promise<Picture> {
  const { fixed, moving, place } = await selector.select({ ...filters, state: filters.state ?? 'active' });
  const at = now();
  const latest = byDevice(live.latest(), filters.domain);

  const featureOf = createFeatures({ at, shows }, { catalogue, conditions, presence, selector });
  const inside = ({ geometry }: MapFeature) => !place || (geometry !== null && place(representative(geometry)));

  const pieces: Buffer[] = [];
  const hash = createHash('sha1');
  const write = (text: string) => {
    const piece = Buffer.from(text);
    hash.update(piece);
    pieces.push(piece);
  };
  write(`{"type":"FeatureCollection","time":"${instant(at)}","features":[`);
  let separator = '';
  for (const some of batches([...fixed, ...moving], AT_ONCE)) {
    const features = some.map((device) => featureOf(device, latest.get(device.id) ?? [])).filter(inside);
    if (features.length > 0) {
      write(separator + features.map((feature) => JSON.stringify(feature)).join(','));
      separator = ',';
    }
    await yieldToOthers();
  }
  write(']}');
  return { body: Buffer.concat(pieces), tag: `"${hash.digest('base64url')}"` };
}
