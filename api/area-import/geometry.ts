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

/** The first position found at which two sides cross. A ring that touches itself or another in a point is let be. */
function crossingOf(rings: readonly Ring[]): Position | undefined {
  const found: Position[] = [];
  // Crossings may be as many as sides squared: what stops the search is thrown out of it.
  const stop = new Error('found');
  try {
    crossings(
      { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [...rings] } },
      {
        callbackFunction({ isect: [lon, lat] }) {
          if (lon === undefined || lat === undefined) return;
          found.push([lon, lat]);
          throw stop;
        },
      },
    );
  } catch (error) {
    if (error !== stop) throw error;
  }
  return found[0];
}

/** An end of the first side that a polygon has twice: a ring walked twice over, a spike, two rings along each other. */
function repeatedSideOf(polygon: Polygon): Position | undefined {
  const sides = new Set<string>();
  for (const ring of polygon)
    for (const [i, position] of ring.slice(1).entries()) {
      const side = [`${ring[i]}`, `${position}`].sort().join(' ');
      if (sides.has(side)) return position;
      sides.add(side);
    }
  return undefined;
}

/** The first of polygons, none of whose sides cross, that lies within another of them. */
function nestedIn(polygons: readonly Polygon[]): number | undefined {
  if (polygons.length < 2) return undefined;
  const find = whichPolygon<{ index: number }>({
    type: 'FeatureCollection',
    features: polygons.map((coordinates, index) => ({
      ...{ type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties: { index } },
    })),
  });
  const nested = polygons.findIndex((polygon, index) => {
    const [lon, lat] = polylabel(polygon, CENTRED);
    const holding = (find([lon, lat], true) ?? []).map((held) => held.index);
    return holding.length > 1 && holding.includes(index);
  });
  return nested < 0 ? undefined : nested;
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
  const twice = repeatedSideOf(polygon);
  if (twice) return { path: pathOf(at), message: `a side is drawn twice at [${twice}]` };
  const stray = holes.findIndex((hole) => !hole.some(isInside));
  if (stray >= 0) return { path: pathOf([...at, stray + 1]), message: 'the hole lies outside the polygon it is in' };
  const nested = nestedIn(holes.map((hole) => [hole]));
  if (nested !== undefined) return { path: pathOf([...at, nested + 1]), message: 'the hole lies in another' };
  return undefined;
}

/** What is wrong with polygons that are right by themselves, as parts of one area. */
function partsFault(parts: readonly Polygon[]): Fault | undefined {
  const at = ['geometry', 'coordinates'];
  const crossing = parts.length > 1 ? crossingOf(parts.flat()) : undefined;
  if (crossing) return { path: pathOf(at), message: `its polygons overlap at [${crossing.map(round)}]` };
  const nested = nestedIn(parts);
  return nested === undefined ? undefined : { path: pathOf([...at, nested]), message: 'the polygon lies in another' };
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
  const fault = partsFault(polygons);
  if (fault) return [fault];
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
