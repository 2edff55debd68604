import type { Map as MapLibreMap } from 'maplibre-gl';

/** The map that is on the page, for what stands beside it: zoom buttons, pictures, drawing. */
export class Screen {
  /** Null before MapLibre has come, and while something else stands in the map's place. */
  map: MapLibreMap | null = $state.raw(null);
  /** The map of the other moment that lies over its right side; null where none is compared. */
  beside: MapLibreMap | null = $state.raw(null);
  /** How much of the width shows the page's own moment, 0 to 1. */
  share = $state(0.5);
  /** Whether a map has been drawn since the page was opened, or never will be: what lies around it has waited for that. */
  begun = $state(false);
  /** Whether everything around the map is there. */
  whole = $state(false);
}
