import whichPolygon from 'which-polygon';
import type { Area } from '../area.ts';
import type { Position } from '../geometry.ts';

/** Degrees, a tenth of a millimetre. */
const HAIR = 1e-9;
/**
 * Two neighbours run along their common border in opposite directions and round differently, so that a place exactly on
 * it may seem to lie in neither: then it is looked for this little beside it.
 */
const BESIDE = [
  [HAIR, 0],
  [-HAIR, 0],
  [0, HAIR],
  [0, -HAIR],
] as const;

/**
 * Indexes areas of one level; the answered function finds the area a position lies in, undefined outside all of them.
 * On a border, or where areas overlap, it is the one whose id comes first, whatever their order.
 */
export function createLocator<T extends Area>(areas: readonly T[]): (position: Position) => T | undefined {
  const find = whichPolygon<T>({
    type: 'FeatureCollection',
    features: areas.map((area) => ({ type: 'Feature', geometry: area.geometry, properties: area })),
  });
  const first = (position: Position): T | undefined => {
    let found: T | undefined;
    for (const area of find(position, true) ?? []) if (!found || area.id < found.id) found = area;
    return found;
  };
  return (position) => {
    const found = first(position);
    if (found) return found;
    for (const [lon, lat] of BESIDE) {
      const beside = first([position[0] + lon, position[1] + lat]);
      if (beside) return beside;
    }
    return undefined;
  };
}
