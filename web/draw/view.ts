import { LngLatBounds, type Map as MapLibreMap } from 'maplibre-gl';
import type { Position } from '../../model/geometry.ts';
import { coverOf } from '../map/cover.ts';

/** Moves the map so that all of a ring can be seen beside the cards, if it cannot already. */
export function bringAreaIntoView(map: MapLibreMap, ring: readonly Position[]): void {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const padding = coverOf(map, true);
  const seen = ring.every((position) => {
    const { x, y } = map.project(position);
    return x > padding.left && x < width - padding.right && y > padding.top && y < height - padding.bottom;
  });
  if (seen) return;
  const bounds = new LngLatBounds();
  for (const position of ring) bounds.extend(position);
  map.fitBounds(bounds, { padding, maxZoom: map.getMaxZoom() });
}
