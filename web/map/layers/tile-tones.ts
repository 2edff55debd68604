import type { ExpressionSpecification } from 'maplibre-gl';
import type { Scale } from '../../state/scale.ts';

/** The tone of a device of a tile: its level, else the class of its value, as the page's scales have it. */
export function tileTone(scales: ReadonlyMap<string, Scale>): ExpressionSpecification {
  const value: ExpressionSpecification = ['get', 'value'];
  let classed: string | ExpressionSpecification = 'unrated';
  for (const [metric, scale] of scales) {
    const [first, ...others] = scale.by === 'classes' ? scale.classes : [];
    if (first === undefined) continue;
    let tone: string | ExpressionSpecification = first.tone;
    for (const { low, tone: above } of others) if (low !== null) tone = ['case', ['<', value, low], tone, above];
    classed = ['case', ['==', ['get', 'metric'], metric], tone, classed];
  }
  return ['case', ['has', 'level'], ['get', 'level'], ['has', 'value'], classed, 'none'];
}
