import whichPolygon from 'which-polygon';
import type { Area, AreaGeometry } from '../../model/area.ts';
import type { Position } from '../../model/geometry.ts';
import { yieldToOthers } from '../../storage/batches.ts';
import { type Fault, pathOf } from './fault.ts';

/** Places looked at along each side of an area's box. */
const SIDE = 20;
/** The part of an area that may lie in another: borders drawn twice never meet exactly. */
const SLIVER = 0.05;

const positionsOf = (geometry: AreaGeometry): readonly Position[] =>
  geometry.type === 'Polygon' ? geometry.coordinates.flat() : geometry.coordinates.flat(2);

/** A grid of places over an area's box, whatever its size. */
function gridOver(geometry: AreaGeometry): readonly Position[] {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of positionsOf(geometry)) {
    [west, south] = [Math.min(west, lon), Math.min(south, lat)];
    [east, north] = [Math.max(east, lon), Math.max(north, lat)];
  }
  const along = (from: number, to: number, i: number) => from + ((to - from) * (i + 0.5)) / SIDE;
  return Array.from(
    { length: SIDE * SIDE },
    (_, i): Position => [along(west, east, i % SIDE), along(south, north, Math.floor(i / SIDE))],
  );
}

/**
 * Pairs of areas that overlap by more than a sliver, told at the later of the two. Judged by samples: the point of each
 * area and a grid over it, so that the cost grows with the number of areas and not with that of pairs.
 */
export async function overlaps(areas: readonly Area[]): Promise<readonly Fault[]> {
  const find = whichPolygon<{ index: number }>({
    type: 'FeatureCollection',
    features: areas.map(({ geometry }, index) => ({ type: 'Feature', geometry, properties: { index } })),
  });
  const holding = (position: Position) => new Set((find(position, true) ?? []).map(({ index }) => index));

  const pairs = new Map<string, { readonly first: number; readonly second: number; share: number }>();
  for (const [index, { geometry, point }] of areas.entries()) {
    const own = gridOver(geometry)
      .map(holding)
      .filter((found) => found.has(index));
    const shared = new Map<number, number>();
    for (const found of own) for (const other of found) shared.set(other, (shared.get(other) ?? 0) + 1);
    const within = holding(point);
    for (const other of new Set([...shared.keys(), ...within])) {
      const share = own.length === 0 ? 1 : (shared.get(other) ?? 0) / own.length;
      if (other === index || (share <= SLIVER && !within.has(other))) continue;
      const [first, second] = [Math.min(index, other), Math.max(index, other)];
      const known = pairs.get(`${first} ${second}`);
      pairs.set(`${first} ${second}`, { first, second, share: Math.max(share, known?.share ?? 0) });
    }
    await yieldToOthers();
  }
  return [...pairs.values()].map(({ first, second, share }) => ({
    path: pathOf(['features', second, 'geometry']),
    message: `overlaps features[${first}], ${areas[first]?.name.vi}: about ${Math.max(1, Math.round(share * 100))} % of the smaller lies in both`,
  }));
}
