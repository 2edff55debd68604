import { area as squareMetres } from '@turf/area';
import { rewind } from '@turf/rewind';
import crossings from 'geojson-polygon-self-intersections';
import polylabel from 'polylabel';
import whichPolygon from 'which-polygon';
import type { AreaGeometry } from '../../model/area.ts';
import type { BBox, Position } from '../../model/geometry.ts';
import { within } from '../../model/geometry.ts';
import { OUTLINE } from '../../model/places/outline.ts';
import { type Fault, pathOf } from './fault.ts';
import type { InputGeometry } from './geojson.ts';

type Ring = Position[];
type Polygon = Ring[];

/** An area smaller than this holds nothing, m². */
const SMALLEST = 1;
/** Degrees around the city's outline in which its areas may lie: about 100 km. */
const AROUND = 1;
/** Degrees, some ten metres: how well the point that stands for an area is centred. */
const CENTRED = 0.0001;

const REACH: BBox = [
  Math.min(...OUTLINE.map(([lon]) => lon)) - AROUND,
  Math.min(...OUTLINE.map(([, lat]) => lat)) - AROUND,
  Math.max(...OUTLINE.map(([lon]) => lon)) + AROUND,
  Math.max(...OUTLINE.map(([, lat]) => lat)) + AROUND,
];

const isSame = (a: Position | undefined, b: Position | undefined) => a?.[0] === b?.[0] && a?.[1] === b?.[1];
/** A position given twice running says nothing more. */
const withoutRepeats = (ring: Ring): Ring => ring.filter((position, i) => i === 0 || !isSame(position, ring[i - 1]));

const polygonsOf = (geometry: AreaGeometry): Polygon[] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;

const inside = (polygon: Polygon) => {
  const find = whichPolygon({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: polygon }, properties: {} }],
  });
  return (position: Position) => find(position) !== null;
};

/** The first position at which two sides of a polygon cross. A ring that touches itself or another in a point is let be. */
function crossingOf(polygon: Polygon): Position | undefined {
  const found: Position[] = [];
  crossings(
    { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: polygon } },
    {
      callbackFunction({ isect: [lon, lat] }) {
        if (found.length === 0 && lon !== undefined && lat !== undefined) found.push([lon, lat]);
      },
    },
  );
  return found[0];
}

const round = (degrees: number) => Number(degrees.toFixed(6));

function polygonFault(polygon: Polygon, at: readonly PropertyKey[]): Fault | undefined {
  for (const [r, ring] of polygon.entries()) {
    const far = ring.findIndex((position) => !within(REACH, position));
    if (far >= 0)
      return {
        path: pathOf([...at, r, far]),
        message: `[${ring[far]}] lies more than ${AROUND} degree outside the city`,
      };
    if (ring.length < 4)
      return { path: pathOf([...at, r]), message: 'a ring has at least four positions, three of them different' };
    if (squareMetres({ type: 'Polygon', coordinates: [ring] }) < SMALLEST)
      return { path: pathOf([...at, r]), message: 'the ring encloses nothing' };
  }
  const crossing = crossingOf(polygon);
  if (crossing) return { path: pathOf(at), message: `its sides cross at [${crossing.map(round)}]` };
  const [shell = [], ...holes] = polygon;
  const isInside = inside([shell]);
  const stray = holes.findIndex((hole) => !hole.some(isInside));
  if (stray >= 0) return { path: pathOf([...at, stray + 1]), message: 'the hole lies outside the polygon it is in' };
  return undefined;
}

/** The geometry as it is kept, or what is wrong with it. Paths are below the feature. */
export function mend(given: InputGeometry): AreaGeometry | readonly Fault[] {
  const multiple = given.type === 'MultiPolygon';
  const polygons = polygonsOf(given).map((polygon) => polygon.map(withoutRepeats));
  const faults = polygons.flatMap(
    (polygon, p) =>
      polygonFault(polygon, multiple ? ['geometry', 'coordinates', p] : ['geometry', 'coordinates']) ?? [],
  );
  if (faults.length > 0) return faults;
  for (const coordinates of polygons) rewind({ type: 'Polygon', coordinates }, { mutate: true });
  const [only = []] = polygons;
  return multiple ? { type: 'MultiPolygon', coordinates: polygons } : { type: 'Polygon', coordinates: only };
}

/** The position that stands for an area: the one its file gives if it lies inside, else the one furthest from its border. */
export function pointOf(geometry: AreaGeometry, given: Position | undefined): Position {
  const polygons = polygonsOf(geometry);
  if (given && polygons.some((polygon) => inside(polygon)(given))) return given;
  const sizes = polygons.map((coordinates) => squareMetres({ type: 'Polygon', coordinates }));
  const [lon, lat] = polylabel(polygons[sizes.indexOf(Math.max(...sizes))] ?? [], CENTRED);
  return [round(lon), round(lat)];
}
