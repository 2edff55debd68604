import type { ExpressionSpecification, Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl';
import type { Palette } from '../palette.ts';
import { SHAPES, sdfImage } from '../shape.ts';

const imageOf = (shape: string): string => `shape-${shape}`;

/** Makes the shapes known to the map's style. */
export function addShapes(map: MapLibreMap): void {
  for (const shape of SHAPES)
    if (!map.hasImage(imageOf(shape))) map.addImage(imageOf(shape), sdfImage(shape), { sdf: true, pixelRatio: 2 });
}

/** The palette's colour of a level that `level` evaluates to. */
export function colourBy(level: ExpressionSpecification, { levels }: Palette): ExpressionSpecification {
  return [
    'match',
    level,
    'good',
    levels.good,
    'fair',
    levels.fair,
    'poor',
    levels.poor,
    'severe',
    levels.severe,
    'unrated',
    levels.unrated,
    levels.none,
  ];
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

/** A filled shape with an outline; a faded one is hollow, its outline in the colour of its last level. */
export function shapePaint(
  level: ExpressionSpecification,
  faded: ExpressionSpecification,
  palette: Palette,
): NonNullable<SymbolLayerSpecification['paint']> {
  const colour = colourBy(level, palette);
  return {
    'icon-color': ['case', faded, palette.halo, colour],
    'icon-halo-color': ['case', faded, colour, palette.outline],
    'icon-halo-width': 1.6,
    'icon-opacity': ['case', faded, 0.75, 1],
  };
}
