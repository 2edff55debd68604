import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Geometry } from '../../../model/geometry.ts';
import type { Palette } from '../palette.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'selected';
const LAYERS = ['selected-line', 'selected-ring'] as const;

/** A ring around the device that is open, or a sheath around its line. */
export function addSelectedLayer(map: MapLibreMap, palette: Palette): MapLayer<Geometry | null> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'selected-line',
    type: 'line',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'LineString'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 2, 'line-gap-width': 11 },
  });
  map.addLayer({
    id: 'selected-ring',
    type: 'circle',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-color': palette.accent,
      'circle-opacity': 0.08,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 9, 12, 14, 16, 22],
      'circle-stroke-color': palette.accent,
      'circle-stroke-width': 2.5,
    },
  });
  return {
    update: (geometry) =>
      setData(map, SOURCE, geometry === null ? [] : [{ type: 'Feature', geometry, properties: {} }]),
    remove: () => removeAll(map, LAYERS, SOURCE),
  };
}
