import type { Text } from '../../../model/text.ts';

/**
 * Figures of the base map. A course or ring is written as KML writes it (OGC 12-007r2, `coordinates`):
 * `lon,lat` in degrees, WGS 84, set apart by white space.
 */
export interface LineRow {
  readonly name: Text;
  /** Metres from bank to bank. */
  readonly width: number;
  readonly course: string;
}

export interface AreaRow {
  readonly name: Text;
  /** The outer ring; it need not repeat its first position. */
  readonly ring: string;
}

export interface RoadRow {
  readonly name: Text;
  readonly course: string;
}

/** A street goes by its Vietnamese name in every language, as its signs do. */
export type StreetRow = readonly [name: string, course: string];

export type LonLat = [longitude: number, latitude: number];

/** The positions of a course; throws where one is not two numbers. */
export function positions(course: string): LonLat[] {
  return course
    .trim()
    .split(/\s+/)
    .map((tuple) => {
      const [longitude, latitude] = tuple.split(',').map(Number);
      if (longitude === undefined || latitude === undefined || Number.isNaN(longitude + latitude))
        throw new Error(`not a position: ${tuple}`);
      return [longitude, latitude];
    });
}

/** Chaikin's corner cutting: banks and bends drawn from few figures look as water and roads do. */
export function smooth(line: readonly LonLat[], closed: boolean, times = 2): LonLat[] {
  let points = [...line];
  for (let round = 0; round < times; round++) {
    const next: LonLat[] = [];
    const first = points[0];
    const last = points.at(-1);
    if (!closed && first) next.push(first);
    for (const [i, [ax, ay]] of points.entries()) {
      const b = points[i + 1] ?? (closed ? first : undefined);
      if (b === undefined) continue;
      next.push([0.75 * ax + 0.25 * b[0], 0.75 * ay + 0.25 * b[1]], [0.25 * ax + 0.75 * b[0], 0.25 * ay + 0.75 * b[1]]);
    }
    if (!closed && last) next.push(last);
    points = next;
  }
  return points;
}
