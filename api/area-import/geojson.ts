import { z } from 'zod';
import { Position } from '../../model/geometry.ts';
import { type Fault, faultsOf, refusal } from './fault.ts';

/** Areas of one file. */
export const AREAS_AT_MOST = 5_000;

const WGS84 = /CRS:?84|EPSG:(:|\d*:)?4326/i;

// A height is legal and not kept (RFC 7946, section 3.1.1).
const position = z
  .array(z.number('a coordinate is a number'), 'a position is an array of numbers')
  .min(2, 'a position has a longitude and a latitude')
  .transform(([longitude, latitude]) => [longitude, latitude])
  .pipe(Position);

/** A linear ring (RFC 7946, section 3.1.6). */
const ring = z
  .array(position, 'a ring is an array of positions')
  .min(4, { message: 'a ring has at least four positions', abort: true })
  .refine((positions) => {
    const [first, last] = [positions[0], positions.at(-1)];
    return first?.[0] === last?.[0] && first?.[1] === last?.[1];
  }, 'a ring ends where it begins: its last position must be its first');
const rings = z.array(ring, 'a polygon is an array of rings').min(1, 'a polygon has at least one ring');

const InputGeometry = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('Polygon'), coordinates: rings }),
    z.object({
      type: z.literal('MultiPolygon'),
      coordinates: z.array(rings, 'coordinates is an array of polygons').min(1, 'there is no polygon in it'),
    }),
  ],
  {
    error: ({ input }) =>
      input === null || input === undefined
        ? 'an area needs a geometry'
        : 'the geometry of an area is a Polygon or a MultiPolygon',
  },
);
export type InputGeometry = z.infer<typeof InputGeometry>;

const Feature = z.object(
  {
    type: z.literal('Feature', 'a member of features has the type Feature'),
    id: z.union([z.string(), z.number()], 'an id is a string or a number').optional(),
    properties: z.record(z.string(), z.unknown(), 'properties is an object or null').nullish(),
    geometry: InputGeometry,
  },
  'a feature is an object',
);
/** A feature whose members have the types they must have. */
export type InputFeature = z.infer<typeof Feature>;

const Collection = z.object(
  {
    type: z.literal('FeatureCollection', 'the file is not a GeoJSON FeatureCollection'),
    features: z
      .array(z.unknown(), 'the areas are an array of features')
      .min(1, 'there is no area in it')
      .max(AREAS_AT_MOST, `a file has at most ${AREAS_AT_MOST} areas`),
    /** Of GeoJSON as it was in 2008; software still writes it. */
    crs: z
      .object({ properties: z.object({ name: z.string() }) })
      .nullish()
      .catch(undefined)
      .refine((crs) => !crs || WGS84.test(crs.properties.name), 'coordinates must be longitude and latitude, WGS 84'),
  },
  'the file is not a GeoJSON FeatureCollection',
);

/** Where JSON.parse stopped, if it tells. */
function lineOf(text: string, message: string): string {
  const [, at] = /at position (\d+)/.exec(message) ?? [];
  return at === undefined ? 'file' : `line ${text.slice(0, Number(at)).split('\n').length}`;
}

/** The features of a GeoJSON text, unjudged. Throws CodedError `invalid-areas`. */
export function featuresOf(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    // A byte order mark is no JSON (RFC 8259, section 8.1), and common.
    parsed = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    throw refusal([{ path: lineOf(text, error instanceof Error ? error.message : ''), message: 'not JSON' }]);
  }
  const collection = Collection.safeParse(parsed);
  if (!collection.success) throw refusal(faultsOf(collection.error));
  return collection.data.features;
}

/** One feature of the file, its types checked, or what is wrong with them. */
export function featureOf(value: unknown, index: number): InputFeature | readonly Fault[] {
  const feature = Feature.safeParse(value);
  return feature.success ? feature.data : faultsOf(feature.error, ['features', index]);
}
