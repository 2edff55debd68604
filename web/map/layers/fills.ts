import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Wholeness } from '../../state/choropleth.svelte.ts';
import type { AreaLayer } from '../../state/layers.svelte.ts';
import type { Tone } from '../../state/scale.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { addPattern } from './hatch.ts';
import { colourBy } from './paint.ts';
import { tone } from './steady.ts';

/** How a ward or a cell is drawn. */
export interface AreaLook {
  readonly tone: Tone;
  readonly wholeness: Wholeness;
  /** The figure as it is written on the map. */
  readonly text: string;
}

const PATTERNS = [
  { state: 'incomplete', name: 'lines', opacity: 0.75 },
  { state: 'unknown', name: 'dots', opacity: 0.5 },
] as const;

/** The ids of the layers that `addFills` puts on the map. */
export const fillLayers = (source: string): readonly string[] => [
  `${source}-fill`,
  ...PATTERNS.map(({ state }) => `${source}-${state}`),
];

/** Areas filled by their figure's tone, with lines over what is incomplete and dots over what nobody can tell. */
export function addFills(map: MapLibreMap, palette: Palette, overlay: AreaLayer, source: string): void {
  const empty: ExpressionSpecification = ['==', tone, 'none'];
  // Below water and roads, by which one knows a place.
  map.addLayer({
    id: `${source}-fill`,
    type: 'fill',
    source,
    ...part(overlay, 'ground'),
    paint: { 'fill-color': colourBy(tone, palette), 'fill-opacity': ['case', empty, 0, 0.86] },
  });
  for (const { state, name, opacity } of PATTERNS)
    map.addLayer({
      id: `${source}-${state}`,
      type: 'fill',
      source,
      ...part(overlay, 'ground'),
      paint: {
        'fill-pattern': addPattern(map, name, palette.halo),
        'fill-opacity': ['case', ['==', ['feature-state', 'wholeness'], state], opacity, 0],
      },
    });
}

/** Tells the fills how each area looks; one without a figure is empty. */
export function setLooks(
  map: MapLibreMap,
  source: string,
  ids: readonly string[],
  looks: ReadonlyMap<string, AreaLook>,
): void {
  for (const id of ids) {
    const look = looks.get(id);
    map.setFeatureState({ source, id }, { tone: look?.tone ?? 'none', wholeness: look?.wholeness ?? 'complete' });
  }
}
