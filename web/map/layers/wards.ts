import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Language } from '../../../model/text.ts';
import type { Ward } from '../../state/areas.svelte.ts';
import type { Wholeness } from '../../state/choropleth.svelte.ts';
import type { Tone } from '../../state/scale.ts';
import { shortName } from '../base/features.ts';
import { bordersOf } from '../borders.ts';
import type { Palette } from '../palette.ts';
import { FIRST_NAME, FIRST_WATER, NAME_FONT } from '../style.ts';
import { addPattern } from './hatch.ts';
import { colourBy } from './paint.ts';
import { EMPTY, type MapLayer, removeAll, setData, tone } from './source.ts';

const SOURCE = 'wards';
const BORDERS = 'ward-borders';
const NAMES = 'ward-names';
export const WARD_FILL = 'wards-fill';
const LAYERS = [WARD_FILL, 'wards-incomplete', 'wards-unknown', 'wards-pointed', 'wards-selected'] as const;

/** How a ward is drawn. */
export interface WardLook {
  readonly tone: Tone;
  readonly wholeness: Wholeness;
  /** The figure as it is written on the map. */
  readonly text: string;
}

/** Everything the layer shows. */
export interface WardsContent {
  readonly wards: readonly Ward[];
  readonly language: Language;
  /** Borders are dashed where they are not surveyed. */
  readonly approximate: boolean;
  readonly looks: ReadonlyMap<string, WardLook>;
  readonly pointed: string | null;
  readonly selected: string | null;
}

const whole = (state: Wholeness): ExpressionSpecification => ['==', ['feature-state', 'wholeness'], state];
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
  const empty: ExpressionSpecification = ['==', tone, 'none'];
  const under = (id: string) => (map.getLayer(id) ? id : undefined);
  const [water, names] = [under(FIRST_WATER), under(FIRST_NAME)];
  // Below water and roads, by which one knows a ward.
  map.addLayer(
    {
      id: WARD_FILL,
      type: 'fill',
      source: SOURCE,
      paint: { 'fill-color': colourBy(tone, palette), 'fill-opacity': ['case', empty, 0, 0.86] },
    },
    water,
  );
  const pattern = (state: Wholeness, name: 'lines' | 'dots', opacity: number) =>
    map.addLayer(
      {
        id: `wards-${state}`,
        type: 'fill',
        source: SOURCE,
        paint: {
          'fill-pattern': addPattern(map, name, palette.halo),
          'fill-opacity': ['case', whole(state), opacity, 0],
        },
      },
      water,
    );
  pattern('incomplete', 'lines', 0.75);
  pattern('unknown', 'dots', 0.5);
  map.addLayer(
    {
      id: 'ward-borders',
      type: 'line',
      source: BORDERS,
      paint: {
        'line-color': palette.text,
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 13, 1.4],
        'line-opacity': 0.7,
      },
    },
    names,
  );
  const outline = (id: string, width: number) =>
    map.addLayer(
      {
        id,
        type: 'line',
        source: SOURCE,
        filter: is(null),
        layout: { 'line-join': 'round' },
        paint: { 'line-color': palette.accent, 'line-width': width },
      },
      names,
    );
  outline('wards-pointed', 2.5);
  outline('wards-selected', 4);
  map.addLayer({
    id: 'ward-names',
    type: 'symbol',
    source: NAMES,
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
        for (const { id } of wards) {
          const look = looks.get(id);
          const state = { tone: look?.tone ?? 'none', wholeness: look?.wholeness ?? 'complete' };
          map.setFeatureState({ source: SOURCE, id }, state);
        }
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
