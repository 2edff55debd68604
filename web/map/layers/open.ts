import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Mark } from '../../state/mark.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { shapeLayout, shapePaint } from './paint.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'open';
const LAYERS = ['open-ring', 'open-shape'] as const;
/** The ring around what is open is so much larger than the one that every mark has. */
const OPEN = 1.5;

/** The device that is open, ringed: a source of its own, so that it is seen where others are drawn as one. */
export function addOpen(map: MapLibreMap, palette: Palette): MapLayer<Mark | null> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'open-ring',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    layout: {
      'icon-image': 'ring-real',
      'icon-size': [
        'interpolate',
        ['linear'],
        ['zoom'],
        ...[9, 0.45 * OPEN, 12, 0.8 * OPEN, 14, 1.05 * OPEN, 17, 1.5 * OPEN],
      ],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
    paint: { 'icon-color': palette.accent, 'icon-halo-color': palette.outline, 'icon-halo-width': 1 },
  });
  map.addLayer({
    id: 'open-shape',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    layout: shapeLayout,
    paint: shapePaint(['get', 'tone'], ['get', 'faded'], palette),
  });
  let drawn: Mark | null = null;
  return {
    update(mark) {
      if (mark === drawn) return;
      drawn = mark;
      const { geometry } = mark ?? {};
      setData(
        map,
        SOURCE,
        mark && geometry
          ? [{ type: 'Feature', geometry, properties: { shape: mark.shape, tone: mark.tone, faded: mark.faded } }]
          : [],
      );
    },
    remove: () => removeAll(map, LAYERS, SOURCE),
  };
}
