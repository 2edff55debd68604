import { createHash } from 'node:crypto';
import type { Device, DeviceCondition, Presence } from '../../model/device.ts';
import { type BBox, representative } from '../../model/geometry.ts';
import type { Access } from '../../model/metric.ts';
import { instant, type Observation } from '../../model/observation.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import type { SimulatedFilter } from '../query.ts';
import type { Services } from '../services.ts';
import { levelIn, type MapFeature, type MapValue } from '../views.ts';

/** A device is silent when it has missed this many expected intervals of every metric it reports. */
const MISSED = 3;

/** Devices drawn before the event loop turns: ten thousand at once would hold up who is publishing. */
const AT_ONCE = 500;

/** The state of a device at `now` (ms), by what was last received of it and whether it is connected. */
export function conditionOf(
  observations: readonly LiveObservation[],
  intervalOf: (metric: string) => number,
  presence: Presence | undefined,
  now: number,
): DeviceCondition {
  if (observations.length === 0) return 'new';
  const heard = observations.some(({ metric, received }) => now - received <= MISSED * intervalOf(metric) * 1_000);
  if (heard) return 'live';
  return presence?.online === false ? 'offline' : 'silent';
}

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
  readonly domain: string;
  readonly simulated: SimulatedFilter;
  readonly bbox?: BBox | undefined;
  /** Which metrics whoever asks may see. */
  readonly shows: (access: Access) => boolean;
}

/** Where a device was last seen, by any of its observations. */
export function lastSeen(observations: readonly Observation[]) {
  let newest: Observation | undefined;
  for (const observation of observations)
    if (observation.position && (!newest || observation.time > newest.time)) newest = observation;
  return newest?.position;
}

type Parts = Pick<Services, 'catalogue' | 'live' | 'presence' | 'selector' | 'now'>;

/** Draws the active devices of a domain with what is known of them right now, as a GeoJSON FeatureCollection (MapView). */
export async function drawMap(
  question: MapQuestion,
  { catalogue, live, presence, selector, now }: Parts,
): Promise<Picture> {
  const { domain, simulated, bbox, shows } = question;
  const { fixed, moving, place } = await selector.select({ domain, simulated, bbox, state: 'active' });
  const at = now();
  const latest = byDevice(live.latest(), domain);
  const intervalOf = (metric: string) => catalogue.metric(metric)?.interval ?? Number.POSITIVE_INFINITY;
  const hidden = new Set(catalogue.metricsOf(domain).filter((id) => !shows(catalogue.metric(id)?.access ?? 'public')));

  function featureOf(device: Device): MapFeature {
    const { id, name, provider, tags } = device;
    const all = latest.get(id) ?? [];
    const connection = presence.get(id);
    const values: Record<string, MapValue> = {};
    for (const { metric, value, time, quality } of all) {
      if (hidden.has(metric)) continue;
      const age = Math.max(0, Math.round((at - time) / 1_000));
      values[metric] = { value, time: instant(time), age, quality, level: levelIn(catalogue, metric, value) };
    }
    const seen = selector.moves(device) ? lastSeen(all) : undefined;
    return {
      type: 'Feature',
      id,
      geometry: seen ? { type: 'Point', coordinates: seen } : device.geometry,
      properties: {
        ...{ id, kind: device.kind, name, provider, simulated: device.simulated, tags },
        headline: catalogue.kind(device.domain, device.kind)?.headline ?? null,
        condition: conditionOf(all, intervalOf, connection, at),
        connected: connection?.online ?? null,
        since: connection?.since ?? null,
        latest: values,
      },
    };
  }
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
    const features = some.map(featureOf).filter(inside);
    if (features.length > 0) {
      write(separator + features.map((feature) => JSON.stringify(feature)).join(','));
      separator = ',';
    }
    await yieldToOthers();
  }
  write(']}');
  return { body: Buffer.concat(pieces), tag: `"${hash.digest('base64url')}"` };
}
