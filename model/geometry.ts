import { z } from 'zod';

const LONGITUDE = 'a longitude is -180 to 180, and comes first';
const LATITUDE = 'a latitude is -90 to 90, and comes second';

/** Longitude and latitude in degrees, WGS 84, in GeoJSON's order (RFC 7946, section 3.1.1). A height is not kept. */
export const Position = z
  .tuple([z.number().min(-180, LONGITUDE).max(180, LONGITUDE), z.number().min(-90, LATITUDE).max(90, LATITUDE)])
  .meta({ id: 'Position', description: '[longitude, latitude], WGS 84' });
export type Position = z.infer<typeof Position>;

export const Point = z.object({ type: z.literal('Point'), coordinates: Position }).meta({ id: 'Point' });
export const LineString = z
  .object({ type: z.literal('LineString'), coordinates: z.array(Position).min(2).max(2_000) })
  .meta({ id: 'LineString' });

/** Where a device stands (Point) or what it covers (LineString): RFC 7946, sections 3.1.2 and 3.1.4. */
export const Geometry = z.discriminatedUnion('type', [Point, LineString]).meta({ id: 'Geometry' });
export type Geometry = z.infer<typeof Geometry>;

/** West, south, east, north in degrees (RFC 7946, section 5). */
export const BBox = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([w, s, e, n]) => w < e && s < n, 'bbox must be west,south,east,north')
  .meta({ id: 'BBox' });
export type BBox = z.infer<typeof BBox>;

/** The point that stands for a geometry: itself, or the middle vertex of a line. */
export function representative(geometry: Geometry): Position {
  if (geometry.type === 'Point') return geometry.coordinates;
  const { coordinates } = geometry;
  const [a, b] = [
    coordinates[Math.floor((coordinates.length - 1) / 2)],
    coordinates[Math.ceil((coordinates.length - 1) / 2)],
  ];
  if (a === undefined || b === undefined) throw new RangeError('a line has at least two positions');
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** Whether a position lies within a box, edges included. */
export function within([west, south, east, north]: BBox, [lon, lat]: Position): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
