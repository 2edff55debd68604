import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Geometry } from '../../../model/geometry.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'selected';
const LAYERS = ['selected-line'] as const;

/** A sheath around the line that is open; what stands at a point or moves is ringed where it is drawn. */
export function addSelectedLayer(map: MapLibreMap, palette: Palette): MapLayer<Geometry | null> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'selected-line',
    type: 'line',
    source: SOURCE,
    ...part('devices', 'roads'),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 2, 'line-gap-width': 11 },
  });
  return {
    update: (geometry) =>
      setData(map, SOURCE, geometry?.type === 'LineString' ? [{ type: 'Feature', geometry, properties: {} }] : []),
    remove: () => removeAll(map, LAYERS, SOURCE),
  };
}
