import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Box } from './box.ts';

/** What the map looks at: west, south, east and north in degrees. */
export function boundsOf(map: MapLibreMap): Box {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
