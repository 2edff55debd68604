import type { AreaGeometry } from '../../model/area.ts';
import type { Position } from '../../model/geometry.ts';

const ringsOf = (geometry: AreaGeometry): readonly Position[][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();

/**
 * The borders of areas, each stretch once, though it belongs to both neighbours: drawn twice, the dashes of one would
 * fill the gaps of the other.
 */
export function bordersOf(areas: readonly { readonly geometry: AreaGeometry }[]): Position[][] {
  const stretches = new Map<string, Position[]>();
  for (const { geometry } of areas)
    for (const ring of ringsOf(geometry))
      for (const [i, from] of ring.entries()) {
        const to = ring[i + 1];
        if (to === undefined) continue;
        const [a, b] = [from.join(), to.join()];
        stretches.set(a < b ? `${a} ${b}` : `${b} ${a}`, [from, to]);
      }
  return [...stretches.values()];
}
