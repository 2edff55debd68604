import type { Map as MapLibreMap } from 'maplibre-gl';

/**
 * The map as it is now, as a PNG's data URL. WebGL forgets a frame once it is shown, and keeping every one would cost
 * all the time: the map is drawn again and read in the same moment.
 */
export function mapImage(map: MapLibreMap): string {
  map.redraw();
  return map.getCanvas().toDataURL('image/png');
}
