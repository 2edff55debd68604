import { type ExpressionSpecification, GeoJSONSource, type Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';

/** Something that was put on the map and can be taken off again. */
export interface MapLayer<T> {
  update(content: T): void;
  remove(): void;
}

export const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

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

/** What may change about a mark while it stays where it is: read by the expressions below. */
const stateOf = ({ tone, faded, hidden, stale, doubtful, quarantined, condition }: Mark) => ({
  ...{ tone, faded, hidden, stale, doubtful, quarantined },
  offline: condition === 'offline',
});

export const tone: ExpressionSpecification = ['coalesce', ['feature-state', 'tone'], 'none'];
const flag = (name: string): ExpressionSpecification => ['boolean', ['feature-state', name], false];
export const faded = flag('faded');
export const hidden = flag('hidden');
export const stale = flag('stale');
export const offline = flag('offline');
export const doubtful = flag('doubtful');
export const quarantined = flag('quarantined');

/**
 * Keeps a source of marks that stand still: its features are set anew only when a mark came, went or moved, and what
 * changes all the time goes by feature state. Thousands of new values are then cheap: no geometry is worked through.
 * What is answered takes the marks, sets them anew where it is told to, and says whether it did.
 */
export function steadySource(
  map: MapLibreMap,
  source: string,
  features: (marks: readonly Mark[]) => GeoJSON.Feature[],
) {
  const placed = new Map<string, Mark['geometry']>();
  const states = new Map<string, string>();
  return (marks: readonly Mark[], anew = false): boolean => {
    const moved = marks.length !== placed.size || marks.some((mark) => placed.get(mark.device.id) !== mark.geometry);
    if (moved || anew) {
      placed.clear();
      for (const { device, geometry } of marks) placed.set(device.id, geometry);
      setData(map, source, features(marks));
    }
    for (const mark of marks) {
      const state = stateOf(mark);
      const text = Object.values(state).join();
      if (states.get(mark.device.id) === text) continue;
      states.set(mark.device.id, text);
      map.setFeatureState({ source, id: mark.device.id }, state);
    }
    return moved || anew;
  };
}
