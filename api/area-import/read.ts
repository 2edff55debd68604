import type { Area } from '../../model/area.ts';
import { Position } from '../../model/geometry.ts';
import { yieldToOthers } from '../../storage/batches.ts';
import { type Fault, pathOf, refusal } from './fault.ts';
import { featureOf, featuresOf, type InputFeature } from './geojson.ts';
import { mend, pointOf } from './geometry.ts';
import { identify } from './naming.ts';
import { overlaps } from './overlap.ts';

export interface AreaImport {
  readonly level: Area['level'];
  /** What must stand beside the areas wherever they are shown. */
  readonly attribution?: string | undefined;
  /** Ids of areas of other levels: an id names one area. */
  readonly taken?: ReadonlySet<string> | undefined;
}

/** The point a feature gives: `point`, or `lon` and `lat`, as numbers or text. */
function givenPoint({ properties }: InputFeature): Position | undefined {
  const given = Array.isArray(properties?.point) ? properties.point : [properties?.lon, properties?.lat];
  const numbers = given.map((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value));
  const point = Position.safeParse(numbers);
  return point.success ? point.data : undefined;
}

const isFaulty = <T extends object>(result: T | readonly Fault[]): result is readonly Fault[] => Array.isArray(result);

/** An area of a feature, or what is wrong with it. */
function areaOf(value: unknown, index: number, { level, attribution }: AreaImport): Area | readonly Fault[] {
  const below = (faults: readonly Fault[]) =>
    faults.map(({ path, message }) => ({ path: `${pathOf(['features', index])}.${path}`, message }));
  const feature = featureOf(value, index);
  if (isFaulty(feature)) return feature;
  const identity = identify(feature, level);
  const geometry = mend(feature.geometry);
  if (isFaulty(identity) || isFaulty(geometry))
    return below([...(isFaulty(identity) ? identity : []), ...(isFaulty(geometry) ? geometry : [])]);
  return {
    ...identity,
    ...{ level, point: pointOf(geometry, givenPoint(feature)), approximate: false, geometry },
    ...(attribution === undefined ? {} : { attribution }),
  };
}

/** Areas with an id that another of them has, or one of another level. */
function repeated(areas: readonly Area[], taken: ReadonlySet<string>): readonly Fault[] {
  const first = new Map<string, number>();
  return areas.flatMap(({ id }, index) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, index);
    const path = pathOf(['features', index, 'id']);
    if (before !== undefined) return [{ path, message: `features[${before}] has the same id, ${id}` }];
    return taken.has(id) ? [{ path, message: `an area of another level has the id ${id}` }] : [];
  });
}

/**
 * Reads the areas of a level from a GeoJSON FeatureCollection (RFC 7946) and judges all of them. Winding, repeated
 * positions and heights are mended without a word. Throws CodedError `invalid-areas` naming at most 100 faults. Lets
 * others have their turn after each area.
 */
export async function readAreas(text: string, options: AreaImport): Promise<readonly Area[]> {
  const faults: Fault[] = [];
  const areas: Area[] = [];
  for (const [index, value] of featuresOf(text).entries()) {
    const result = areaOf(value, index, options);
    if (isFaulty(result)) faults.push(...result);
    else areas.push(result);
    await yieldToOthers();
  }
  // Only whole files are compared within: indices are those of the file.
  if (faults.length === 0) faults.push(...repeated(areas, options.taken ?? new Set()));
  if (faults.length === 0) faults.push(...(await overlaps(areas)));
  if (faults.length > 0) throw refusal(faults);
  return areas;
}
