import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import type { Palette } from '../palette.ts';
import { shiftsOf } from '../stack.ts';
import { addShapes, colourBy, markSize, shapeLayout, shapePaint } from './paint.ts';
import { addRings } from './ring.ts';
import { EMPTY, faded, hidden, type MapLayer, removeAll, steadySource, tone } from './source.ts';

const SOURCE = 'points';
export const POINT_LAYERS = ['points-glow', 'points-ring', 'points-shape', 'points-hidden', 'points-selected'] as const;

/** Marks that stand at points, and the id of the device that is open. */
export interface PointsContent {
  readonly marks: readonly Mark[];
  readonly selected: string | null;
}

/** Where the rings begin: further out there is no room around a mark. */
export const RING_ZOOM = 11.5;

/** The ring around what is open is so much larger than the one that every mark has. */
const OPEN = 1.5;

function features(marks: readonly Mark[]): GeoJSON.Feature[] {
  const points = marks.flatMap(({ device, geometry }) =>
    geometry?.type === 'Point' ? [{ id: device.id, at: geometry.coordinates }] : [],
  );
  const shifts = shiftsOf(points);
  return marks.flatMap(({ device: { id, simulated }, geometry, shape }): GeoJSON.Feature[] => {
    const [x, y] = shifts.get(id) ?? [0, 0];
    if (geometry?.type !== 'Point') return [];
    return [
      { type: 'Feature', geometry, properties: { id, shape, simulated, shift: [x, y], open: [x / OPEN, y / OPEN] } },
    ];
  });
}

/** Devices that stand at a point. */
export function addPointLayer(map: MapLibreMap, palette: Palette): MapLayer<PointsContent> {
  addShapes(map);
  addRings(map);
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY, promoteId: 'id' });
  map.addLayer({
    id: 'points-glow',
    type: 'circle',
    source: SOURCE,
    paint: {
      'circle-color': colourBy(tone, palette),
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 7, 12, 13, 16, 22],
      'circle-blur': 0.25,
      'circle-opacity': ['case', ['all', ['==', tone, 'severe'], ['!', faded]], 0.26, 0],
    },
  });
  map.addLayer({
    id: 'points-ring',
    type: 'symbol',
    source: SOURCE,
    minzoom: RING_ZOOM,
    layout: {
      'icon-image': ['case', ['get', 'simulated'], 'ring-simulated', 'ring-real'],
      'icon-size': markSize,
      'icon-offset': ['get', 'shift'],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
    paint: {
      'icon-color': ['case', ['get', 'simulated'], palette.text, palette.accent],
      'icon-opacity': ['case', ['get', 'simulated'], 0.42, 1],
    },
  });
  map.addLayer({
    id: 'points-shape',
    type: 'symbol',
    source: SOURCE,
    // Names give way to what is measured; what moves would make them flicker.
    layout: { ...shapeLayout, 'icon-offset': ['get', 'shift'], 'icon-ignore-placement': false },
    paint: shapePaint(tone, faded, palette),
  });
  const over = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  map.addLayer({
    id: 'points-hidden',
    type: 'symbol',
    source: SOURCE,
    layout: { ...over, 'icon-image': 'dot', 'icon-size': markSize, 'icon-offset': ['get', 'shift'] },
    paint: { 'icon-color': palette.outline, 'icon-opacity': ['case', hidden, 1, 0] },
  });
  map.addLayer({
    id: 'points-selected',
    type: 'symbol',
    source: SOURCE,
    filter: ['==', ['get', 'id'], ''],
    layout: {
      ...over,
      'icon-image': 'ring-real',
      'icon-size': [
        'interpolate',
        ['linear'],
        ['zoom'],
        9,
        0.45 * OPEN,
        12,
        0.8 * OPEN,
        14,
        1.05 * OPEN,
        17,
        1.5 * OPEN,
      ],
      'icon-offset': ['get', 'open'],
    },
    paint: { 'icon-color': palette.accent, 'icon-halo-color': palette.outline, 'icon-halo-width': 1 },
  });
  let open: string | null = null;
  const update = steadySource(map, SOURCE, features);
  return {
    update({ marks, selected }) {
      update(marks.filter(({ geometry }) => geometry?.type === 'Point'));
      if (selected !== open) map.setFilter('points-selected', ['==', ['get', 'id'], selected ?? '']);
      open = selected;
    },
    remove: () => removeAll(map, POINT_LAYERS, SOURCE),
  };
}
