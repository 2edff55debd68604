import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import type { Palette } from '../palette.ts';
import { addShapes, colourBy, shapeLayout, shapePaint } from './paint.ts';
import { EMPTY, levelOf, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'moving';
export const MOVING_LAYERS = ['moving-ring', 'moving-shape'] as const;

/** What moves: a source of its own that is set anew with every change, so that nothing else is. */
export function addMovingLayer(map: MapLibreMap, palette: Palette): MapLayer<readonly Mark[]> {
  addShapes(map);
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'moving-ring',
    type: 'circle',
    source: SOURCE,
    paint: {
      'circle-color': palette.outline,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 4, 12, 8.5, 16, 15],
      'circle-stroke-color': colourBy(['get', 'level'], palette),
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 12, 1.6],
      'circle-opacity': ['case', ['get', 'faded'], 0.4, 0.95],
      'circle-stroke-opacity': ['case', ['get', 'faded'], 0.5, 1],
    },
  });
  map.addLayer({
    id: 'moving-shape',
    type: 'symbol',
    source: SOURCE,
    layout: { ...shapeLayout, 'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.3, 12, 0.62, 14, 0.8, 17, 1.2] },
    paint: shapePaint(['get', 'level'], ['get', 'faded'], palette),
  });
  return {
    update(marks) {
      setData(
        map,
        SOURCE,
        marks.flatMap((mark) =>
          mark.geometry
            ? [
                {
                  type: 'Feature',
                  geometry: mark.geometry,
                  properties: { id: mark.device.id, shape: mark.shape, level: levelOf(mark), faded: mark.faded },
                },
              ]
            : [],
        ),
      );
    },
    remove: () => removeAll(map, MOVING_LAYERS, SOURCE),
  };
}
