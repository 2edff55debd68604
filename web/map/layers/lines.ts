import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LineLayerSpecification,
  Map as MapLibreMap,
} from 'maplibre-gl';
import { type Position, representative } from '../../../model/geometry.ts';
import type { Mark } from '../../state/mark.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { offsetsOf } from '../parallel.ts';
import { colourBy, markSize, weightBy } from './paint.ts';
import { addRings } from './ring.ts';
import { EMPTY, type MapLayer, removeAll } from './source.ts';
import { doubtful, faded, hidden, offline, quarantined, SteadySource, stale, tone } from './steady.ts';

const SOURCE = 'lines';
const ENDS = 'line-ends';
export const LINE_LAYERS = ['lines-reach', 'lines-case', 'lines-core'] as const;
const OVERLAYS = ['lines-hollow', 'lines-poor', 'lines-severe', 'lines-old', 'lines-gone', 'lines-empty'] as const;
const SIGNS = ['lines-doubtful', 'lines-quarantined'] as const;

/** Further out a line is too short to carry a sign. */
const SIGN_ZOOM = 11.5;
type Inks = { readonly 'icon-color': string; readonly 'icon-halo-color': string };

/** Links are long and many where they meet: they are drawn finer, and lie back where all is well. */
const link: ExpressionSpecification = ['==', ['get', 'shape'], 'link'];
const strength = (most: number): ExpressionSpecification => [
  'case',
  ['all', link, ['==', tone, 'good']],
  0.4 * most,
  most,
];

/** How wide a line is at a zoom: the worse or the more it says, the wider. */
const widths = (share: number, more = 0): DataDrivenPropertyValueSpecification<number> => {
  const at = (least: number, most: number): ExpressionSpecification => [
    '+',
    more,
    ['*', ['case', link, 0.5 * share, share], ['+', least, ['*', most - least, weightBy(tone)]]],
  ];
  return ['interpolate', ['linear'], ['zoom'], 9, at(1.2, 2.4), 12, at(3, 6.5), 16, at(6, 13)];
};
/** How far a line lies beside its course where others have the same ends. */
const beside: ExpressionSpecification = [
  'interpolate',
  ['linear'],
  ['zoom'],
  9,
  ['*', 3, ['get', 'offset']],
  12,
  ['*', 8, ['get', 'offset']],
  16,
  ['*', 16, ['get', 'offset']],
];
const when = (condition: ExpressionSpecification): ExpressionSpecification => ['case', condition, 1, 0];
const is = (name: string): ExpressionSpecification => ['all', ['==', tone, name], ['!', faded], ['!', stale]];

function lineFeatures(marks: readonly Mark[]): GeoJSON.Feature[] {
  const courses = marks.flatMap(({ device, geometry }) =>
    geometry?.type === 'LineString' ? [{ id: device.id, coordinates: geometry.coordinates }] : [],
  );
  const offsets = offsetsOf(courses);
  return marks.flatMap(({ device: { id }, geometry, shape }) =>
    geometry?.type === 'LineString'
      ? [{ type: 'Feature', geometry, properties: { id, shape, offset: offsets.get(id) ?? 0 } }]
      : [],
  );
}

/** The ends of lines, and their middles, which carry their signs. */
function endFeatures(marks: readonly Mark[]): GeoJSON.Feature[] {
  return marks.flatMap(({ device: { id, simulated }, geometry, shape }) => {
    if (geometry?.type !== 'LineString') return [];
    const { coordinates } = geometry;
    const point = ([lon, lat]: Position, middle: boolean): GeoJSON.Feature => ({
      ...{ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] } },
      properties: { id, shape, simulated, middle },
    });
    const ends = [coordinates[0], coordinates.at(-1)].flatMap((at) => (at ? [point(at, false)] : []));
    return [...ends, point(representative(geometry), true)];
  });
}

/** Devices that are lines: what they say is told by width and strokes as well as by colour. */
export function addLineLayer(map: MapLibreMap, palette: Palette): MapLayer<readonly Mark[]> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY, promoteId: 'id' });
  map.addSource(ENDS, { type: 'geojson', data: EMPTY, promoteId: 'id' });
  const stroke = (id: string, paint: LineLayerSpecification['paint'], cap: 'round' | 'butt' = 'round') =>
    map.addLayer({
      id,
      type: 'line',
      source: SOURCE,
      ...part('devices', 'roads'),
      layout: { 'line-cap': cap, 'line-join': 'round' },
      paint: { 'line-offset': beside, ...paint },
    });
  // A finger hits this; nobody sees it.
  stroke('lines-reach', { 'line-width': 22, 'line-opacity': 0 });
  stroke('lines-case', { 'line-color': palette.outline, 'line-width': widths(1, 2.6), 'line-opacity': strength(0.9) });
  stroke('lines-core', { 'line-color': colourBy(tone, palette), 'line-width': widths(1), 'line-opacity': strength(1) });
  // Which strokes lie on a line cannot hang on its state, whether they are seen can.
  stroke('lines-hollow', { 'line-color': palette.halo, 'line-width': widths(0.55), 'line-opacity': when(faded) });
  const dashes = (id: string, dash: number[], condition: ExpressionSpecification) =>
    stroke(
      id,
      {
        'line-color': palette.outline,
        'line-width': widths(0.34),
        'line-dasharray': dash,
        'line-opacity': when(condition),
      },
      'butt',
    );
  dashes('lines-poor', [6, 6], is('poor'));
  dashes('lines-severe', [2, 2], is('severe'));
  dashes('lines-old', [12, 4], stale);
  // Hollow as what is silent, and cut to pieces.
  stroke(
    'lines-gone',
    {
      'line-color': palette.halo,
      'line-width': widths(1.1),
      'line-dasharray': [0.5, 1.5],
      'line-opacity': when(offline),
    },
    'butt',
  );
  dashes('lines-empty', [1, 5], ['any', is('none'), hidden]);
  map.addLayer({
    id: 'line-ends',
    type: 'circle',
    source: ENDS,
    filter: ['!=', ['get', 'middle'], true],
    ...part('devices', 'roads'),
    paint: {
      // Open at the ends of what is simulated.
      'circle-color': ['case', ['get', 'simulated'], palette.outline, colourBy(tone, palette)],
      'circle-stroke-color': colourBy(tone, palette),
      'circle-stroke-width': 1.5,
      'circle-radius': [
        'interpolate',
        ['linear'],
        ['zoom'],
        9,
        ['case', link, 1.6, 0],
        12.4,
        ['case', link, 3.2, 0],
        13,
        ['case', link, 3.6, 1.8],
        16,
        ['case', link, 6, 3.6],
      ],
      'circle-opacity': ['step', ['zoom'], ['case', link, 1, 0], 12.6, 1],
      'circle-stroke-opacity': ['step', ['zoom'], ['case', link, 1, 0], 12.6, 1],
    },
  });
  // Where points have them at their shoulders, a line has them at its middle.
  addRings(map);
  const sign = (id: (typeof SIGNS)[number], image: string, condition: ExpressionSpecification, paint: Inks) =>
    map.addLayer({
      id,
      type: 'symbol',
      source: ENDS,
      ...part('devices', 'top'),
      filter: ['==', ['get', 'middle'], true],
      minzoom: SIGN_ZOOM,
      layout: {
        ...{ 'icon-image': image, 'icon-size': markSize },
        ...{ 'icon-allow-overlap': true, 'icon-ignore-placement': true },
      },
      paint: { ...paint, 'icon-halo-width': 1.2, 'icon-opacity': when(condition) },
    });
  sign('lines-doubtful', 'doubt', doubtful, { 'icon-color': palette.ink, 'icon-halo-color': palette.halo });
  sign('lines-quarantined', 'warning', quarantined, {
    ...{ 'icon-color': palette.warning, 'icon-halo-color': palette.outline },
  });
  const courses = new SteadySource(map, SOURCE, { features: lineFeatures });
  const ends = new SteadySource(map, ENDS, { features: endFeatures });
  return {
    update(marks) {
      const lines = marks.filter(({ geometry }) => geometry?.type === 'LineString');
      courses.update(lines);
      ends.update(lines);
    },
    remove() {
      courses.stop();
      ends.stop();
      removeAll(map, [...LINE_LAYERS, ...OVERLAYS], SOURCE);
      removeAll(map, ['line-ends', ...SIGNS], ENDS);
    },
  };
}
