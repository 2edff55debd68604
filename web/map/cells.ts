import type { Position } from '../../model/geometry.ts';
import type { Cell } from './layers/hexes.ts';

/** Zooms from which finer cells are shown: each is then some 40 pixels wide, room for its figure. */
const FINER = [
  [9.6, 7],
  [11, 8],
  [12.5, 9],
  [14, 10],
] as const;
const COARSEST = 6;

/** The H3 resolution whose cells are of a good size at a zoom. */
export const resolutionAt = (zoom: number): number => FINER.findLast(([from]) => zoom >= from)?.[1] ?? COARSEST;

/** Makes cells of their H3 indices. The library weighs as much as all the rest of the page: it comes when it is needed. */
export async function loadCells(): Promise<(ids: readonly string[]) => readonly Cell[]> {
  const { cellToBoundary, cellToLatLng, isValidCell } = await import('h3-js');
  const position = ([lon, lat]: readonly number[]): Position => [lon ?? 0, lat ?? 0];
  return (ids) =>
    ids.filter(isValidCell).map((id) => {
      const [lat, lon] = cellToLatLng(id);
      return { id, centre: [lon, lat], ring: cellToBoundary(id, true).map(position) };
    });
}
