import type { ExpressionSpecification, LineLayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import type { Palette } from '../palette.ts';
import { FIRST_NAME } from '../style.ts';
import { addShapes, colourBy, shapeLayout, shapePaint } from './paint.ts';
import { EMPTY, levelOf, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'fixed';
export const FIXED_LAYERS = ['fixed-line-case', 'fixed-line', 'fixed-glow', 'fixed-shape'] as const;

const level: ExpressionSpecification = ['coalesce', ['feature-state', 'level'], 'none'];
const faded: ExpressionSpecification = ['boolean', ['feature-state', 'faded'], false];

/**
 * What does not move: points and lines in one source that is set once, coloured by feature state. Moving thousands
 * of values is then cheap; the geometry is not worked through again.
 */
export function addFixedLayer(map: MapLibreMap, palette: Palette): MapLayer<readonly Mark[]> {
  addShapes(map);
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY, promoteId: 'id' });
  const lines: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
  const points: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const under = map.getLayer(FIRST_NAME) ? FIRST_NAME : undefined;
  const addLine = (layer: LineLayerSpecification) => map.addLayer(layer, under);
  addLine({
    id: 'fixed-line-case',
    type: 'line',
    source: SOURCE,
    filter: lines,
    layout: round,
    paint: {
      'line-color': palette.outline,
      'line-width': ['interpolate', ['linear'], ['zoom'], 9, 3, 12, 6.5, 16, 13],
      'line-opacity': 0.9,
    },
  });
  addLine({
    id: 'fixed-line',
    type: 'line',
    source: SOURCE,
    filter: lines,
    layout: round,
    paint: {
      'line-color': colourBy(level, palette),
      'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.8, 12, 4, 16, 9],
      'line-opacity': ['case', faded, 0.35, 1],
    },
  });
  map.addLayer({
    id: 'fixed-glow',
    type: 'circle',
    source: SOURCE,
    filter: points,
    paint: {
      'circle-color': colourBy(level, palette),
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 7, 12, 13, 16, 22],
      'circle-blur': 0.25,
      'circle-opacity': ['case', ['all', ['==', level, 'severe'], ['!', faded]], 0.26, 0],
    },
  });
  map.addLayer({
    id: 'fixed-shape',
    type: 'symbol',
    source: SOURCE,
    filter: points,
    // Names give way to what is measured; what moves would make them flicker.
    layout: { ...shapeLayout, 'icon-ignore-placement': false },
    paint: shapePaint(level, faded, palette),
  });

  const placed = new Map<string, Mark['geometry']>();
  const states = new Map<string, string>();
  return {
    update(marks) {
      const located = marks.filter((mark) => mark.geometry !== null);
      const moved = located.length !== placed.size || located.some((m) => placed.get(m.device.id) !== m.geometry);
      if (moved) {
        placed.clear();
        for (const { device, geometry } of located) placed.set(device.id, geometry);
        setData(
          map,
          SOURCE,
          located.flatMap(({ device, geometry, shape }) =>
            geometry ? [{ type: 'Feature', geometry, properties: { id: device.id, shape } }] : [],
          ),
        );
      }
      for (const mark of located) {
        const state = `${levelOf(mark)} ${mark.faded}`;
        if (states.get(mark.device.id) === state) continue;
        states.set(mark.device.id, state);
        map.setFeatureState({ source: SOURCE, id: mark.device.id }, { level: levelOf(mark), faded: mark.faded });
      }
    },
    remove: () => removeAll(map, FIXED_LAYERS, SOURCE),
  };
}
