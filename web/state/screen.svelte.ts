import type { Map as MapLibreMap } from 'maplibre-gl';

/** The map that is on the page, for what stands beside it: zoom buttons, pictures, drawing. */
export class Screen {
  /** Null before MapLibre has come, and while something else stands in the map's place. */
  map: MapLibreMap | null = $state.raw(null);
}
