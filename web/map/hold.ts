import type { Map as MapLibreMap } from 'maplibre-gl';

/** Maps on which somebody draws: there nothing is picked, for clicks mean something else. */
const held = new WeakSet<MapLibreMap>();

export const isHeld = (map: MapLibreMap): boolean => held.has(map);

/** Lets nothing be picked until the returned function is called. */
export function holdPicking(map: MapLibreMap): () => void {
  held.add(map);
  return () => {
    held.delete(map);
  };
}
