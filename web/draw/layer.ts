import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Position } from '../../model/geometry.ts';
import { outlineOf, type Within } from '../../model/within.ts';
import { EMPTY, type MapLayer, removeAll, setData } from '../map/layers/source.ts';
import type { Palette } from '../map/palette.ts';

const SOURCE = 'drawn';
const LAYERS = ['drawn-fill', 'drawn-case', 'drawn-line', 'drawn-path', 'drawn-corners'] as const;

/** What is on the map of drawn areas: the one that holds, or the one being drawn. */
export interface DrawnContent {
  readonly shape: Within | null;
  /** The line of corners that are set, and on to where the next would be. */
  readonly path: readonly Position[];
  readonly corners: readonly Position[];
}

function features({ shape, path, corners }: DrawnContent): GeoJSON.Feature[] {
  const made: GeoJSON.Feature[] = corners.map((coordinates) => ({
    ...{ type: 'Feature', properties: { part: 'corner' } },
    geometry: { type: 'Point', coordinates },
  }));
  if (shape) {
    const geometry = { type: 'Polygon' as const, coordinates: [outlineOf(shape)] };
    made.push({ type: 'Feature', properties: { part: 'area', open: corners.length > 0 }, geometry });
  }
  if (path.length > 1) {
    const geometry = { type: 'LineString' as const, coordinates: [...path] };
    made.push({ type: 'Feature', properties: { part: 'path' }, geometry });
  }
  return made;
}

/** The drawn area: an outline over everything, in the colour of what is chosen, and hardly a tint within. */
export function addDrawnLayer(map: MapLibreMap, palette: Palette): MapLayer<DrawnContent> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  const area: ExpressionSpecification = ['==', ['get', 'part'], 'area'];
  const finished: ExpressionSpecification = ['all', area, ['!', ['boolean', ['get', 'open'], false]]];
  map.addLayer({
    id: 'drawn-fill',
    type: 'fill',
    source: SOURCE,
    filter: area,
    paint: { 'fill-color': palette.accent, 'fill-opacity': 0.07 },
  });
  map.addLayer({
    id: 'drawn-case',
    type: 'line',
    source: SOURCE,
    filter: finished,
    layout: { 'line-join': 'round' },
    paint: { 'line-color': palette.halo, 'line-width': 6, 'line-opacity': 0.85 },
  });
  map.addLayer({
    id: 'drawn-line',
    type: 'line',
    source: SOURCE,
    filter: finished,
    layout: { 'line-join': 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 2.5 },
  });
  map.addLayer({
    id: 'drawn-path',
    type: 'line',
    source: SOURCE,
    filter: ['==', ['get', 'part'], 'path'],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 2.5, 'line-dasharray': [0.5, 2] },
  });
  map.addLayer({
    id: 'drawn-corners',
    type: 'circle',
    source: SOURCE,
    filter: ['==', ['get', 'part'], 'corner'],
    paint: {
      'circle-radius': 5.5,
      'circle-color': palette.halo,
      'circle-stroke-color': palette.accent,
      'circle-stroke-width': 2.5,
    },
  });
  return {
    update: (content) => setData(map, SOURCE, features(content)),
    remove: () => removeAll(map, LAYERS, SOURCE),
  };
}
