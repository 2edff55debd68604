import type { ExpressionSpecification, Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl';
import { STEPS, TONES } from '../../state/scale.ts';
import type { Palette } from '../palette.ts';
import { SHAPES, sdfImage } from '../shape.ts';

const imageOf = (shape: string): string => `shape-${shape}`;

/** Makes the shapes known to the map's style. */
export function addShapes(map: MapLibreMap): void {
  for (const shape of SHAPES)
    if (!map.hasImage(imageOf(shape))) map.addImage(imageOf(shape), sdfImage(shape), { sdf: true, pixelRatio: 2 });
}

/** The palette's colour of a tone that `tone` evaluates to. */
export function colourBy(tone: ExpressionSpecification, { tones }: Palette): ExpressionSpecification {
  const [first, ...others] = TONES.filter((known) => known !== 'none');
  const pairs = others.flatMap((known) => [known, tones[known]]);
  return ['match', tone, first ?? 'good', tones[first ?? 'good'], ...pairs, tones.none];
}

/** What a tone weighs, where size tells it too: the worse or the more, the larger. */
export function weightBy(tone: ExpressionSpecification): ExpressionSpecification {
  const steps = STEPS.flatMap((step, i) => [step, i / (STEPS.length - 1)]);
  return ['match', tone, 'good', 0.1, 'fair', 0.4, 'poor', 0.7, 'severe', 1, ...steps, 0.25];
}

export const markSize: ExpressionSpecification = [
  'interpolate',
  ['linear'],
  ['zoom'],
  9,
  0.45,
  12,
  0.8,
  14,
  1.05,
  17,
  1.5,
];

export const shapeLayout: NonNullable<SymbolLayerSpecification['layout']> = {
  'icon-image': ['concat', 'shape-', ['get', 'shape']],
  'icon-size': markSize,
  'icon-allow-overlap': true,
  'icon-ignore-placement': true,
};

/** A filled shape with an outline; a faded one is hollow, its outline in the colour of its last value. */
export function shapePaint(
  tone: ExpressionSpecification,
  faded: ExpressionSpecification,
  palette: Palette,
): NonNullable<SymbolLayerSpecification['paint']> {
  const colour = colourBy(tone, palette);
  return {
    'icon-color': ['case', faded, palette.halo, colour],
    'icon-halo-color': ['case', faded, colour, palette.outline],
    'icon-halo-width': 1.6,
    'icon-opacity': ['case', faded, 0.75, 1],
  };
}
