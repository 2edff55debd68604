import type { Position } from '../geometry.ts';

/** Reads the rows' way of writing a line, "lon,lat lon,lat ..." (as KML's coordinates); throws where a pair is no position. */
export function lineOf(text: string): Position[] {
  return text.split(' ').map((pair) => {
    const [lon, lat] = pair.split(',').map(Number);
    if (lon === undefined || lat === undefined || !Number.isFinite(lon) || !Number.isFinite(lat))
      throw new RangeError(`${pair} is not "lon,lat"`);
    return [lon, lat];
  });
}
