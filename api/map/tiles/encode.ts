import { type GeoJSONVTFeature, type GeoJSONVTTile, geoJSONToTile } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import { DEVICE_CONDITIONS } from '../../../model/device.ts';
import { LEVELS } from '../../../model/level.ts';
import type { Spot } from './cluster.ts';
import type { Fact } from './facts.ts';
import { inTile, positionAt, type TileAddress } from './grid.ts';
import type { HeatCell } from './heat.ts';
import type { TileContent } from './index.ts';
import type { Tally } from './tally.ts';

/** Steps of a tile's side (Mapbox Vector Tile 2.1, section 4.1). */
export const EXTENT = 4_096;
/** What lies so many steps beyond the tile is told of a line too, so that its stroke has no seams. */
const BUFFER = 128;
/** Digits that a mean is told with. */
const DIGITS = 6;

type Properties = Record<string, string | number | boolean>;

/** A device in the layer `devices` or `lines`; what is not known is not there. */
function deviceProperties(fact: Fact): Properties {
  const { device, condition, reading, heading, stale, doubtful, quarantined } = fact;
  const { id, kind, name, domain, simulated } = device;
  return {
    ...{ id, kind, name, domain, simulated, condition },
    ...(reading && { metric: reading.metric, value: reading.value, time: reading.at }),
    ...(reading?.level && { level: reading.level }),
    ...(reading && reading.quality !== 'valid' && { quality: reading.quality }),
    ...(heading !== undefined && { heading }),
    ...(stale && { stale }),
    ...(doubtful && { doubtful }),
    ...(quarantined && { quarantined }),
  };
}

/** Decimals of degrees that bounds are told with: a metre. */
const DEGREES = 5;

/** West, south, east and north of what a cluster holds, as text. */
function boundsOf({ west, north, east, south }: Tally): string {
  const [[left, bottom], [right, top]] = [positionAt({ x: west, y: south }), positionAt({ x: east, y: north })];
  return [left, bottom, right, top].map((degrees) => Number(degrees.toFixed(DEGREES))).join();
}

/** A cluster in the layer `clusters`; `mean` only where all values are of one metric. */
function clusterProperties(tally: Tally, mean: boolean): Properties {
  const { count, simulated, valued, sum, stale, doubtful, quarantined } = tally;
  const worst = [...LEVELS].reverse().find((level) => tally[level] > 0);
  return {
    ...{ count, simulated, valued, bounds: boundsOf(tally) },
    ...Object.fromEntries([...DEVICE_CONDITIONS, ...LEVELS].map((name) => [name, tally[name]])),
    ...(worst && { worst }),
    ...(stale > 0 && { stale }),
    ...(doubtful > 0 && { doubtful }),
    ...(quarantined > 0 && { quarantined }),
    ...(mean && valued > 0 && { mean: Number((sum / valued).toPrecision(DIGITS)) }),
  };
}

const tileOf = ({ z, x, y }: TileAddress, features: GeoJSONVTFeature[]): GeoJSONVTTile => ({
  ...{ transformed: true, features, source: null, z, x, y },
});

function linesOf(lines: readonly Fact[], tile: TileAddress): GeoJSONVTTile {
  const features = lines.flatMap((fact): GeoJSON.Feature[] => {
    const { geometry } = fact.device;
    return geometry?.type === 'LineString' ? [{ type: 'Feature', geometry, properties: deviceProperties(fact) }] : [];
  });
  const { z, x, y } = tile;
  const collection: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features };
  return geoJSONToTile(collection, z, x, y, { extent: EXTENT, buffer: BUFFER, clip: true, tolerance: 1 });
}

/**
 * A tile as it goes over the wire: `clusters`, `devices` and `lines`, those that hold anything. `mean`: whether clusters
 * tell the mean of their values. A device that is told as a line is in `devices` only inside of clusters' zooms.
 */
export function encodeTile({ spots, lines }: TileContent, tile: TileAddress, mean: boolean): Uint8Array<ArrayBuffer> {
  const point = (spot: Spot, tags: Properties): GeoJSONVTFeature => ({
    ...{ type: 1, geometry: [inTile(spot, tile, EXTENT)], tags },
  });
  const told = new Set(lines);
  const clusters = spots.flatMap((spot) => ('tally' in spot ? [point(spot, clusterProperties(spot.tally, mean))] : []));
  const devices = spots.flatMap((spot) =>
    'fact' in spot && !told.has(spot.fact) ? [point(spot, deviceProperties(spot.fact))] : [],
  );
  const layers = {
    ...(clusters.length > 0 && { clusters: tileOf(tile, clusters) }),
    ...(devices.length > 0 && { devices: tileOf(tile, devices) }),
    ...(lines.length > 0 && { lines: linesOf(lines, tile) }),
  };
  return fromGeojsonVt(layers, { version: 2, extent: EXTENT });
}

/** A tile of warmth: one layer, `heat`, of the middles of cells with what stands in each. `mean` as in `encodeTile`. */
export function encodeHeat(cells: readonly HeatCell[], tile: TileAddress, mean: boolean): Uint8Array<ArrayBuffer> {
  const features = cells.map(({ x, y, tally }): GeoJSONVTFeature => {
    const { count, valued, sum } = tally;
    const tags = {
      ...{ count, valued },
      ...Object.fromEntries(LEVELS.flatMap((level) => (tally[level] > 0 ? [[level, tally[level]]] : []))),
      ...(mean && valued > 0 && { mean: Number((sum / valued).toPrecision(DIGITS)) }),
    };
    return { type: 1, geometry: [inTile({ x, y }, tile, EXTENT)], tags };
  });
  return fromGeojsonVt(features.length > 0 ? { heat: tileOf(tile, features) } : {}, { version: 2, extent: EXTENT });
}
