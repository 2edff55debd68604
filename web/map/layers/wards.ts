import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Language } from '../../../model/text.ts';
import type { Ward } from '../../state/areas.svelte.ts';
import { shortName } from '../base/features.ts';
import { bordersOf } from '../borders.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { FIRST_NAME, NAME_FONT } from '../style.ts';
import { type AreaLook, addFills, fillLayers, setLooks } from './fills.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'wards';
const BORDERS = 'ward-borders';
const NAMES = 'ward-names';
export const WARD_FILL = 'wards-fill';
const LAYERS = [...fillLayers(SOURCE), 'wards-pointed', 'wards-selected'];

/** Everything the layer shows. */
export interface WardsContent {
  readonly wards: readonly Ward[];
  readonly language: Language;
  /** Borders are dashed where they are not surveyed. */
  readonly approximate: boolean;
  readonly looks: ReadonlyMap<string, AreaLook>;
  readonly pointed: string | null;
  readonly selected: string | null;
}

const is = (id: string | null): ExpressionSpecification => ['==', ['get', 'id'], id ?? ''];

function nameFeatures({ wards, looks, language }: WardsContent): GeoJSON.Feature[] {
  return wards.map(({ id, point, name, population }) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: point },
    properties: {
      name: shortName(name)[language],
      text: looks.get(id)?.text ?? '',
      rank: (looks.has(id) ? 0 : 1_000_000) - (population ?? 0) / 1_000,
    },
  }));
}

function addLayers(map: MapLibreMap, palette: Palette): void {
  addFills(map, palette, 'wards', SOURCE);
  map.addLayer({
    id: 'ward-borders',
    type: 'line',
    source: BORDERS,
    ...part('wards', 'borders'),
    paint: {
      'line-color': palette.text,
      'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 13, 1.4],
      'line-opacity': 0.7,
    },
  });
  const outline = (id: string, width: number) =>
    map.addLayer({
      id,
      type: 'line',
      source: SOURCE,
      ...part('wards', 'borders'),
      filter: is(null),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.accent, 'line-width': width },
    });
  outline('wards-pointed', 2.5);
  outline('wards-selected', 4);
  map.addLayer({
    id: 'ward-names',
    type: 'symbol',
    source: NAMES,
    ...part('wards', 'names'),
    minzoom: 10.4,
    layout: {
      'text-field': [
        'format',
        ['get', 'name'],
        { 'font-scale': 0.86 },
        '\n',
        {},
        ['get', 'text'],
        { 'font-scale': 1.1 },
      ],
      'text-font': NAME_FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10.4, 10.5, 14, 15],
      'text-max-width': 7,
      'text-padding': 2,
      'symbol-sort-key': ['get', 'rank'],
    },
    paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 1.8 },
  });
}

/** The wards coloured by a figure. */
export function addWardLayer(map: MapLibreMap, palette: Palette): MapLayer<WardsContent> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY, promoteId: 'id', tolerance: 0.2 });
  map.addSource(BORDERS, { type: 'geojson', data: EMPTY, tolerance: 0.2 });
  map.addSource(NAMES, { type: 'geojson', data: EMPTY });
  // The base map's names of wards would stand twice, and grey on a colour.
  if (map.getLayer(FIRST_NAME)) map.setLayoutProperty(FIRST_NAME, 'visibility', 'none');
  addLayers(map, palette);

  let drawn: WardsContent | undefined;
  return {
    update(content) {
      const { wards, approximate, looks, pointed, selected } = content;
      if (wards !== drawn?.wards) {
        setData(
          map,
          SOURCE,
          wards.map(({ id, geometry }) => ({ type: 'Feature', geometry, properties: { id } })),
        );
        const coordinates = bordersOf(wards);
        setData(map, BORDERS, [
          { type: 'Feature', geometry: { type: 'MultiLineString', coordinates }, properties: {} },
        ]);
        map.setPaintProperty('ward-borders', 'line-dasharray', approximate ? [3, 3] : undefined);
      }
      if (wards !== drawn?.wards || looks !== drawn.looks) {
        setLooks(
          map,
          SOURCE,
          wards.map(({ id }) => id),
          looks,
        );
        setData(map, NAMES, nameFeatures(content));
      }
      if (pointed !== drawn?.pointed) map.setFilter('wards-pointed', is(pointed));
      if (selected !== drawn?.selected) map.setFilter('wards-selected', is(selected));
      drawn = content;
    },
    remove() {
      removeAll(map, LAYERS, SOURCE);
      removeAll(map, ['ward-borders'], BORDERS);
      removeAll(map, ['ward-names'], NAMES);
      if (map.style !== undefined && map.getLayer(FIRST_NAME))
        map.setLayoutProperty(FIRST_NAME, 'visibility', 'visible');
    },
  };
}
