import type { HeatmapLayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { representative } from '../../../model/geometry.ts';
import type { Heat } from '../../state/layers.svelte.ts';
import type { Mark } from '../../state/mark.ts';
import { STEPS, type Tone } from '../../state/scale.ts';
import { part } from '../overlays.ts';
import type { Palette } from '../palette.ts';
import { EMPTY, type MapLayer, removeAll, setData } from './source.ts';

const SOURCE = 'heat';
/** Heat is of many: it need not follow every value. */
const REFRESH_MS = 4_000;

/** What each device warms by density. */
export const EACH = 0.35;

/** The devices that warm the map, and by what. */
export interface HeatContent {
  readonly marks: readonly Mark[];
  readonly by: Heat;
  /** The moment that is shown, ms since the epoch; null: the present. */
  readonly moment: number | null;
}

/** How much a tone warms, 0 to 1. */
export const WEIGHTS: ReadonlyMap<Tone, number> = new Map<Tone, number>([
  ['good', 0.06],
  ['fair', 0.25],
  ['poor', 0.6],
  ['severe', 1],
  ...STEPS.map((step, i): [Tone, number] => [step, (i + 0.5) / STEPS.length]),
]);

/**
 * How much a device warms its place, 0 to 1: each the same by density, else the more the worse its level or the higher
 * its value is. What does not report now, or has no scale, warms nothing then.
 */
export function warmthOf({ tone, faded, hidden }: Pick<Mark, 'tone' | 'faded' | 'hidden'>, by: Heat): number {
  if (by === 'density') return EACH;
  return faded || hidden ? 0 : (WEIGHTS.get(tone) ?? 0);
}

function features({ marks, by }: HeatContent): GeoJSON.Feature[] {
  return marks.flatMap((mark): GeoJSON.Feature[] => {
    const weight = warmthOf(mark, by);
    if (mark.geometry === null || weight === 0) return [];
    const [lon, lat] = representative(mark.geometry);
    return [{ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { weight } }];
  });
}

/** How warmth is drawn, its weight and intensity apart. */
export function heatPaint({ heat: [first = '', ...others] }: Palette): NonNullable<HeatmapLayerSpecification['paint']> {
  return {
    // As wide as some 600 m from where single streets are seen, and never so small that nothing glows.
    'heatmap-radius': ['interpolate', ['exponential', 1.6], ['zoom'], 9, 14, 12, 30, 15, 90],
    'heatmap-color': [
      'interpolate',
      ['linear'],
      ['heatmap-density'],
      // Clear of the same hue, or the edge would be grey.
      ...[0, `${first}00`, 0.05, `${first}00`, 0.14, first],
      ...others.flatMap((colour, i) => [0.14 + (0.86 * (i + 1)) / others.length, colour]),
    ],
    'heatmap-opacity': 0.82,
  };
}

/** Devices as warmth: where many are close to each other, or what they measure is bad or high. */
export function addHeatLayer(map: MapLibreMap, palette: Palette): MapLayer<HeatContent> {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'heat',
    type: 'heatmap',
    source: SOURCE,
    ...part('heat', 'roads'),
    paint: {
      ...heatPaint(palette),
      'heatmap-weight': ['get', 'weight'],
      'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 12, 1, 16, 2.2],
    },
  });

  let drawn: HeatContent | undefined;
  let at = 0;
  return {
    update(content) {
      const fewer = content.marks.length !== drawn?.marks.length;
      const same = content.by === drawn?.by && content.moment === drawn.moment;
      if (!fewer && same && Date.now() - at < REFRESH_MS) return;
      at = Date.now();
      drawn = content;
      setData(map, SOURCE, features(content));
    },
    remove: () => removeAll(map, ['heat'], SOURCE),
  };
}
