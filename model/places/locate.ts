import whichPolygon from 'which-polygon';
import type { Area } from '../area.ts';
import type { Position } from '../geometry.ts';

/**
 * Indexes areas of one level; the answered function finds the area a position lies in, undefined outside all of them.
 * On a border it is one of the neighbours, the same each time.
 */
export function createLocator(areas: readonly Area[]): (position: Position) => Area | undefined {
  const find = whichPolygon<Area>({
    type: 'FeatureCollection',
    features: areas.map((area) => ({ type: 'Feature', geometry: area.geometry, properties: area })),
  });
  return (position) => find(position) ?? undefined;
}
