import { featureCollection, polygon } from '@turf/helpers';
import { intersect } from '@turf/intersect';
import { Delaunay } from 'd3-delaunay';
import type { Area, AreaGeometry } from '../area.ts';
import type { Position } from '../geometry.ts';
import { OUTLINE } from './outline.ts';
import { WARDS, type WardRow } from './wards.ts';

/** A degree of longitude by a degree of latitude at 21° north: distances are compared on a plane of that scale. */
const SCALE = Math.cos((21 * Math.PI) / 180);
/** West, south, east, north of the plane the diagram is drawn on, well around the city. */
const FRAME: [number, number, number, number] = [100 * SCALE, 15, 110 * SCALE, 25];

/** About a metre: finer than any of this is known. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

function position([lon, lat]: readonly number[]): Position {
  if (lon === undefined || lat === undefined) throw new RangeError('a position has two numbers');
  return [rounded(lon), rounded(lat)];
}

/** Whether the outline comes near a cell: one of its sides and the cell share a longitude and a latitude. */
function onTheEdge(cell: readonly Position[]): boolean {
  return OUTLINE.some((from, i) => {
    const to = OUTLINE[i + 1] ?? from;
    return ([0, 1] as const).every((axis) => {
      const along = cell.map((corner) => corner[axis]);
      return (
        Math.max(from[axis], to[axis]) >= Math.min(...along) && Math.min(from[axis], to[axis]) <= Math.max(...along)
      );
    });
  });
}

/** The part of a cell that lies in the city. Every cell holds its ward's point, and so is in the city if not on its edge. */
function clipped(cell: readonly Position[]): AreaGeometry {
  // Clipping is exact and slow, and most wards stand well inside.
  if (!onTheEdge(cell)) return { type: 'Polygon', coordinates: [cell.map(position)] };
  const inside = intersect(featureCollection([polygon([[...cell]]), polygon([[...OUTLINE]])]));
  if (!inside) throw new RangeError('a ward lies outside the city');
  return inside.geometry.type === 'Polygon'
    ? { type: 'Polygon', coordinates: inside.geometry.coordinates.map((ring) => ring.map(position)) }
    : {
        type: 'MultiPolygon',
        coordinates: inside.geometry.coordinates.map((rings) => rings.map((ring) => ring.map(position))),
      };
}

function areaOf([id, kind, vi, en, population, lon, lat]: WardRow, geometry: AreaGeometry): Area {
  return { id, level: 'ward', kind, name: { vi, en }, population, point: [lon, lat], approximate: true, geometry };
}

/**
 * The 126 wards and communes as far as their points tell: each is what lies nearer to its point than to any other's
 * (Voronoi cells), within the city's outline. To be shown as approximate; surveyed borders are the operator's to import.
 */
export function approximateWards(): Area[] {
  const diagram = Delaunay.from(
    WARDS,
    ([, , , , , lon]) => lon * SCALE,
    ([, , , , , , lat]) => lat,
  ).voronoi(FRAME);
  return WARDS.map((ward, i) => {
    const cell = diagram.cellPolygon(i).map(([x, y]): Position => [x / SCALE, y]);
    return areaOf(ward, clipped(cell));
  });
}
