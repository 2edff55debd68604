import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Language } from '../../model/text.ts';
import { baseSources } from './base/features.ts';
import { PALETTES, type Palette } from './palette.ts';

/** What every text of the map is written in. */
export const NAME_FONT = ['Be Vietnam Pro', 'sans-serif'];

/** Pixels of a metre at zoom 0 on Hanoi's latitude: the world is 512 pixels wide there. */
const METRE = 512 / (40_075_017 * Math.cos((21.03 * Math.PI) / 180));

/** A line width of `get width` metres at every zoom, and never less than a hair. */
const metres: ExpressionSpecification = [
  'interpolate',
  ['exponential', 2],
  ['zoom'],
  10,
  ['max', 0.8, ['*', ['get', 'width'], METRE * 2 ** 10]],
  18,
  ['*', ['get', 'width'], METRE * 2 ** 18],
];

/** A width or size that grows with the zoom, from pairs of zoom and pixels. */
const zoomed = (...stops: readonly number[]): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.5],
  ['zoom'],
  ...stops,
];
const is = (name: string): ExpressionSpecification => ['==', ['get', 'class'], name];

function roads(p: Palette): LayerSpecification[] {
  const stroke = (id: string, kind: string, color: string, width: ExpressionSpecification): LayerSpecification => ({
    id,
    type: 'line',
    source: 'roads',
    filter: is(kind),
    layout: { 'line-cap': kind === 'bridge' ? 'butt' : 'round', 'line-join': 'round' },
    paint: { 'line-color': color, 'line-width': width },
  });
  return [
    { ...stroke('street-case', 'street', p.roadCase, zoomed(13, 1.8, 14, 3.8, 17, 14.5)), minzoom: 13.4 },
    { ...stroke('street', 'street', p.street, zoomed(11, 0.4, 14, 2.2, 17, 12)), minzoom: 11.5 },
    stroke('main-case', 'main', p.roadCase, zoomed(9, 1.2, 12, 3.2, 14, 6.4, 17, 20)),
    stroke('ring-case', 'ring', p.ringCase, zoomed(9, 1.8, 12, 4.4, 14, 8, 17, 24)),
    stroke('main', 'main', p.road, zoomed(9, 0.7, 12, 2, 14, 4.6, 17, 17)),
    stroke('ring', 'ring', p.ring, zoomed(9, 1.1, 12, 3, 14, 6, 17, 20)),
    stroke('bridge-case', 'bridge', p.bridge, zoomed(9, 1.8, 12, 5, 14, 9.5, 17, 26)),
    stroke('bridge', 'bridge', p.road, zoomed(9, 0.9, 12, 3, 14, 6.6, 17, 21)),
  ];
}

function ground(p: Palette): LayerSpecification[] {
  return [
    { id: 'land', type: 'background', paint: { 'background-color': p.land } },
    { id: 'city', type: 'fill', source: 'land', filter: is('city'), paint: { 'fill-color': p.city } },
    {
      id: 'city-border',
      type: 'line',
      source: 'land',
      filter: is('city'),
      paint: { 'line-color': p.border, 'line-width': 1.2, 'line-dasharray': [4, 3] },
    },
    {
      id: 'park',
      type: 'fill',
      source: 'land',
      filter: is('park'),
      paint: { 'fill-color': p.park },
    },
    {
      id: 'stream',
      type: 'line',
      source: 'water',
      filter: is('stream'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': p.water, 'line-width': metres },
    },
    {
      // A soft edge under the water, so that river and lakes lead at every zoom.
      id: 'bank',
      type: 'line',
      source: 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': p.shore,
        'line-width': zoomed(9, 3, 13, 9, 16, 16),
        'line-blur': zoomed(9, 2.4, 13, 7, 16, 12),
        'line-opacity': 0.5,
      },
    },
    {
      id: 'water',
      type: 'fill',
      source: 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': p.water },
    },
    {
      id: 'shore',
      type: 'line',
      source: 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': p.shore, 'line-width': zoomed(9, 0.4, 13, 1.1, 16, 2) },
    },
  ];
}

interface LabelOptions {
  readonly source: string;
  readonly kind: string;
  readonly color: string;
  readonly size: ExpressionSpecification;
  readonly along?: boolean;
  readonly minzoom?: number;
  readonly spacing?: number;
}

function label(p: Palette, { source, kind, color, size, along, minzoom, spacing }: LabelOptions) {
  const layer: LayerSpecification = {
    id: `${source}-${kind}-name`,
    type: 'symbol',
    source,
    filter: is(kind),
    ...(minzoom === undefined ? {} : { minzoom }),
    layout: {
      'text-field': ['get', 'name'],
      'text-font': NAME_FONT,
      'text-size': size,
      'text-letter-spacing': spacing ?? 0.01,
      'text-max-width': 7,
      // Two names of places side by side would read as one.
      'text-padding': along ? 3 : 6,
      'symbol-sort-key': ['coalesce', ['get', 'rank'], 0],
      ...(along
        ? { 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-max-angle': 32 }
        : { 'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.7 }),
    },
    paint: { 'text-color': color, 'text-halo-color': p.halo, 'text-halo-width': 1.6, 'text-halo-blur': 0.3 },
  };
  return layer;
}

function names(p: Palette): LayerSpecification[] {
  const base = { size: zoomed(10, 9.5, 14, 12.5), minzoom: 12.2 };
  return [
    label(p, {
      source: 'names',
      kind: 'ward',
      color: p.faint,
      size: zoomed(11, 10, 15, 14.5),
      minzoom: 11.3,
      spacing: 0.1,
    }),
    label(p, { ...base, source: 'roads', kind: 'street', color: p.faint, along: true, minzoom: 14 }),
    label(p, { ...base, source: 'roads', kind: 'main', color: p.text, along: true }),
    label(p, { ...base, source: 'land', kind: 'park', color: p.parkText, minzoom: 13.4 }),
    label(p, { ...base, source: 'water', kind: 'stream', color: p.waterText, along: true, minzoom: 11.8 }),
    label(p, { ...base, source: 'roads', kind: 'ring', color: p.ringText, along: true, minzoom: 10.6, spacing: 0.04 }),
    label(p, { ...base, source: 'roads', kind: 'bridge', color: p.text, along: true, minzoom: 12.6 }),
    label(p, { ...base, source: 'water', kind: 'lake', color: p.waterText, minzoom: 11.2 }),
    label(p, {
      source: 'names',
      kind: 'river',
      color: p.waterText,
      size: zoomed(9, 12, 12, 17, 15, 24),
      along: true,
      spacing: 0.22,
    }),
  ];
}

/** The lowest layer of names: lines of devices go under it, so that they cover roads and not their names. */
export const FIRST_NAME = 'names-ward-name';

/** The lowest layer of water: wards go under it, so that rivers and lakes show where one is. */
export const FIRST_WATER = 'stream';

/** The schematic base map: nothing in it is fetched, so it is there without a network. */
export function baseStyle(theme: 'light' | 'dark', language: Language): StyleSpecification {
  const palette = PALETTES[theme];
  const sources = Object.entries(baseSources(language)).map(
    ([id, data]) => [id, { type: 'geojson', data, tolerance: 0.2 }] as const,
  );
  return {
    version: 8,
    sources: Object.fromEntries(sources),
    layers: [...ground(palette), ...roads(palette), ...names(palette)],
  };
}
