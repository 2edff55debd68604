import { GeoJSONSource, type Map as MapLibreMap } from 'maplibre-gl';

/** Something that was put on the map and can be taken off again. */
export interface MapLayer<T> {
  update(content: T): void;
  remove(): void;
}

export const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** The source of a large domain's tiles. */
export const tilesSource = (domain: string): string => `tiles-${domain}`;

/** Gives a source new data; a source that is gone with its style is left. */
export function setData(map: MapLibreMap, id: string, features: GeoJSON.Feature[]): void {
  const source = map.getSource(id);
  if (source instanceof GeoJSONSource) void source.setData({ type: 'FeatureCollection', features });
}

/** Takes layers and their source off the map, if its style still has them. */
export function removeAll(map: MapLibreMap, layers: readonly string[], source: string): void {
  // After map.remove() there is no style to take them from.
  if (map.style === undefined) return;
  for (const layer of layers) if (map.getLayer(layer)) map.removeLayer(layer);
  if (map.getSource(source)) map.removeSource(source);
}
