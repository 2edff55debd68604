import { DEVICE_CONDITIONS } from '../../model/device.ts';
import { LEVELS } from '../../model/level.ts';
import { QUALITIES } from '../../model/observation.ts';
import type { Box } from '../map/box.ts';
import type { ClusterFigures } from '../map/layers/clusters.ts';
import type { CatalogueStore } from './catalogue.svelte.ts';
import type { LiveDevice, Reading } from './device.ts';
import { type Colouring, type Mark, markOf } from './mark.ts';

type Properties = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The mark of a device as a tile tells it: by one value, and in the condition that the city knows it to be in. */
export function markOfTile(properties: Properties, catalogue: CatalogueStore, now: number, colouring: Colouring): Mark {
  const { metric, value, time, stale, doubtful, quarantined } = properties;
  const quality = QUALITIES.find((known) => known === properties.quality) ?? 'valid';
  const condition = DEVICE_CONDITIONS.find((known) => known === properties.condition) ?? 'new';
  const reading: Reading | undefined =
    typeof value === 'number' && typeof time === 'number' ? { value, time, quality } : undefined;
  const device: LiveDevice = {
    id: text(properties.id),
    domain: text(properties.domain),
    kind: text(properties.kind),
    name: text(properties.name),
    provider: '',
    simulated: properties.simulated === true,
    geometry: null,
    told: condition,
    // Tiles are of the present: of what is in use.
    ...{ connected: null, since: null, why: null, created: 0, retired: null },
    latest: reading && typeof metric === 'string' ? { [metric]: reading } : {},
  };
  const mark = markOf(device, catalogue, now, colouring);
  const level = LEVELS.find((known) => known === properties.level) ?? null;
  return {
    ...mark,
    condition,
    // The city knows all of its metrics, and what waits in the quarantine.
    ...{ stale: stale === true, doubtful: doubtful === true, quarantined: quarantined === true },
    faded: condition !== 'live',
    // What is worked out of two metrics comes as one value.
    reading: reading ?? mark.reading,
    ...(level && { rating: level, tone: level }),
  };
}

/** West, south, east and north of what a cluster of a tile holds, degrees; undefined where it does not say. */
export function boundsOfTile({ bounds }: Properties): Box | undefined {
  const [west, south, east, north, ...more] = text(bounds).split(',').map(Number);
  const told = [west, south, east, north].every((degrees) => Number.isFinite(degrees)) && more.length === 0;
  if (!told || west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
  return [west, south, east, north];
}

/** What a cluster of a tile holds. */
export function clusterOfTile(properties: Properties): ClusterFigures {
  const { count, live, simulated, valued, mean } = properties;
  const levels = new Map(LEVELS.map((level) => [level, number(properties[level])]));
  return {
    id: 0,
    devices: number(count),
    worst: LEVELS.find((level) => level === properties.worst) ?? 'none',
    silent: number(count) - number(live),
    simulated: number(simulated),
    doubtful: number(properties.doubtful),
    quarantined: number(properties.quarantined),
    levels,
    mean: typeof mean === 'number' ? mean : null,
    sum: number(mean) * number(valued),
  };
}
