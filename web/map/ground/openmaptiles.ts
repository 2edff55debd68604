import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import type { Language } from '../../../model/text.ts';
import type { Palette } from '../palette.ts';
import { FIRST_NAME, FIRST_WATER, NAME_FONT } from '../style.ts';

/** The name of a thing as the reader writes it. */
export const nameIn = (language: Language): ExpressionSpecification =>
  language === 'vi'
    ? ['coalesce', ['get', 'name:vi'], ['get', 'name']]
    : ['coalesce', ['get', 'name:en'], ['get', 'name:latin'], ['get', 'name']];

const zoomed = (...stops: readonly number[]): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.5],
  ['zoom'],
  ...stops,
];
const within = (...classes: readonly string[]): ExpressionSpecification => [
  'in',
  ['get', 'class'],
  ['literal', classes],
];
const bridge: ExpressionSpecification = ['==', ['get', 'brunnel'], 'bridge'];
const overground: ExpressionSpecification = ['!=', ['get', 'brunnel'], 'tunnel'];

/** The roads, the greatest last: classes of the schema, widths by zoom, and from where on they are drawn. */
const ROADS = [
  { id: 'path', classes: ['path', 'track'], widths: [14, 0.6, 17, 2], from: 14.5 },
  { id: 'service', classes: ['service'], widths: [14, 0.8, 17, 5], from: 14 },
  { id: 'minor', classes: ['minor', 'tertiary'], widths: [12, 0.6, 14, 2.4, 17, 11], from: 12 },
  { id: 'main', classes: ['secondary', 'primary'], widths: [9, 0.6, 12, 1.9, 14, 4.6, 17, 17], from: 9 },
  { id: 'ring', classes: ['trunk', 'motorway'], widths: [7, 0.7, 12, 2.9, 14, 6, 17, 20], from: 7 },
] as const;

/**
 * The layers of a map on tiles of the OpenMapTiles schema, in the same hand as the schematic: it must be told apart
 * from the data on it by night and by day, and the river must lead.
 */
export function openMapTiles(source: string, p: Palette, language: Language): LayerSpecification[] {
  const name = nameIn(language);
  const layer = { source } as const;
  const fill = (id: string, from: string, color: string, filter?: FilterSpecification, opacity = 1) =>
    ({
      ...layer,
      ...{ id, type: 'fill', 'source-layer': from, paint: { 'fill-color': color, 'fill-opacity': opacity } },
      ...(filter && { filter }),
    }) satisfies LayerSpecification;
  const road =
    (id: string, color: string, classes: readonly string[], on: ExpressionSpecification, wider: number) =>
    ({ widths, from }: { readonly widths: readonly number[]; readonly from: number }): LayerSpecification => ({
      ...layer,
      ...{ id, type: 'line', 'source-layer': 'transportation', minzoom: from },
      filter: ['all', within(...classes), on],
      layout: { 'line-cap': wider > 0 ? 'butt' : 'round', 'line-join': 'round' },
      paint: {
        'line-color': color,
        'line-width': zoomed(...widths.map((part, i) => (i % 2 === 0 ? part : part + wider))),
      },
    });
  const colours = { path: p.street, service: p.street, minor: p.road, main: p.road, ring: p.ring };
  const cases = { path: p.city, service: p.city, minor: p.roadCase, main: p.roadCase, ring: p.ringCase };
  const label = (
    id: string,
    from: string,
    filter: FilterSpecification,
    color: string,
    size: ExpressionSpecification,
    more: { along?: boolean; spacing?: number; minzoom?: number; weight?: number } = {},
  ): LayerSpecification => ({
    ...layer,
    ...{ id, type: 'symbol', 'source-layer': from, filter },
    ...(more.minzoom !== undefined && { minzoom: more.minzoom }),
    layout: {
      'text-field': name,
      'text-font': NAME_FONT,
      'text-size': size,
      'text-letter-spacing': more.spacing ?? 0.01,
      'text-max-width': 8,
      'text-padding': 4,
      'symbol-sort-key': ['coalesce', ['get', 'rank'], 0],
      ...(more.along && { 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-max-angle': 30 }),
    },
    paint: { 'text-color': color, 'text-halo-color': p.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4 },
  });
  return [
    { id: 'land', type: 'background', paint: { 'background-color': p.city } },
    fill('residential', 'landuse', p.land, within('residential', 'suburb', 'neighbourhood'), 0.55),
    fill('wood', 'landcover', p.park, within('wood', 'grass', 'wetland'), 0.8),
    fill('park', 'park', p.park),
    { ...fill('aeroway', 'aeroway', p.land), filter: ['==', ['geometry-type'], 'Polygon'] },
    {
      ...layer,
      ...{ id: FIRST_WATER, type: 'line', 'source-layer': 'waterway', filter: overground },
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': p.water, 'line-width': zoomed(9, 0.5, 13, 1.6, 17, 9) },
    },
    fill('water', 'water', p.water, overground),
    {
      ...layer,
      ...{ id: 'shore', type: 'line', 'source-layer': 'water', filter: overground },
      paint: { 'line-color': p.shore, 'line-width': zoomed(9, 0.3, 13, 0.9, 16, 1.6) },
    },
    { ...fill('building', 'building', p.land, undefined, 0.8), minzoom: 14.5 },
    {
      ...layer,
      ...{ id: 'border', type: 'line', 'source-layer': 'boundary' },
      filter: ['all', ['<=', ['get', 'admin_level'], 4], ['!=', ['get', 'maritime'], 1]],
      paint: { 'line-color': p.border, 'line-width': 1.2, 'line-dasharray': [4, 3] },
    },
    {
      ...layer,
      ...{ id: 'rail', type: 'line', 'source-layer': 'transportation', minzoom: 11 },
      filter: ['all', within('rail', 'transit'), overground],
      paint: { 'line-color': p.border, 'line-width': zoomed(11, 0.6, 16, 2), 'line-dasharray': [5, 2] },
    },
    ...ROADS.map((each) => road(`${each.id}-case`, cases[each.id], each.classes, ['!', bridge], 1.6)(each)),
    ...ROADS.map((each) => road(each.id, colours[each.id], each.classes, ['all', ['!', bridge], overground], 0)(each)),
    // Whatever crosses the water is drawn over it, between two rails.
    ...ROADS.map((each) => road(`${each.id}-bridge-case`, p.bridge, each.classes, bridge, 2.4)(each)),
    ...ROADS.map((each) => road(`${each.id}-bridge`, p.road, each.classes, bridge, 0.01)(each)),
    label(
      FIRST_NAME,
      'place',
      within('suburb', 'quarter', 'neighbourhood', 'village', 'hamlet'),
      p.faint,
      zoomed(11, 10, 15, 14.5),
      {
        minzoom: 11,
        spacing: 0.1,
      },
    ),
    label(
      'minor-name',
      'transportation_name',
      within('minor', 'tertiary', 'service'),
      p.faint,
      zoomed(13, 9.5, 17, 13),
      {
        along: true,
        minzoom: 14,
      },
    ),
    label('main-name', 'transportation_name', within('secondary', 'primary'), p.text, zoomed(11, 9.5, 15, 13), {
      along: true,
      minzoom: 12,
    }),
    label('ring-name', 'transportation_name', within('trunk', 'motorway'), p.ringText, zoomed(10, 9.5, 15, 13), {
      along: true,
      minzoom: 11,
    }),
    label('lake-name', 'water_name', ['==', ['geometry-type'], 'Point'], p.waterText, zoomed(10, 10, 15, 14), {
      minzoom: 11,
    }),
    label('river-name', 'waterway', within('river', 'canal'), p.waterText, zoomed(9, 11, 12, 14, 15, 20), {
      along: true,
      spacing: 0.18,
    }),
    label('town-name', 'place', within('city', 'town'), p.ink, zoomed(8, 12, 12, 16), { spacing: 0.02 }),
  ];
}
