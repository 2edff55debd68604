import { area as squareMetres } from '@turf/area';
import crossings from 'geojson-polygon-self-intersections';
import whichPolygon from 'which-polygon';
import type { Position } from './geometry.ts';

/** An area that somebody drew: a polygon by its corners, each once and in order, or a circle by its radius in metres. */
export type Within =
  | { readonly kind: 'polygon'; readonly corners: readonly Position[] }
  | { readonly kind: 'circle'; readonly centre: Position; readonly radius: number };

/** What a drawn area may be at most: corners of a polygon, and metres of a radius. */
export const CORNERS_AT_MOST = 100;
export const RADIUS_AT_MOST = 50_000;

/** Positions are kept to so many decimals of a degree, about a metre. */
const DECIMALS = 5;
/** An area smaller than this holds nothing, m². */
const SMALLEST = 1;
/** The mean radius of the Earth (IUGG), m. */
const EARTH = 6_371_008.8;

const round = (degrees: number): number => Number(degrees.toFixed(DECIMALS));
/** The position as a drawn area keeps it. */
export const rounded = ([lon, lat]: Position): Position => [round(lon), round(lat)];

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Metres between two positions along a great circle. */
export function distance([lonA, latA]: Position, [lonB, latB]: Position): number {
  const [a, b] = [radians(latA), radians(latB)];
  const [dLat, dLon] = [Math.sin((b - a) / 2), Math.sin(radians(lonB - lonA) / 2)];
  const h = dLat * dLat + Math.cos(a) * Math.cos(b) * dLon * dLon;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The corners with the first one again at the end, as GeoJSON closes a ring (RFC 7946, section 3.1.6). */
export const ringOf = (corners: readonly Position[]): Position[] => {
  const [first] = corners;
  return first === undefined ? [] : [...corners, first];
};

const degrees = (angle: number) => (angle * 180) / Math.PI;

/** The position so many metres from another, towards an angle from north, clockwise in radians. */
export function destination([lon, lat]: Position, metres: number, bearing: number): Position {
  const [reach, from] = [metres / EARTH, radians(lat)];
  const sine = Math.sin(from) * Math.cos(reach) + Math.cos(from) * Math.sin(reach) * Math.cos(bearing);
  const east = Math.sin(bearing) * Math.sin(reach) * Math.cos(from);
  const turned = Math.atan2(east, Math.cos(reach) - Math.sin(from) * sine);
  return [lon + degrees(turned), degrees(Math.asin(sine))];
}

/** Corners of a circle where it is shown as a ring. */
const SIDES = 96;

/** The closed ring around a drawn area: a circle's within a thousandth of its radius. */
export function outlineOf(within: Within): Position[] {
  if (within.kind === 'polygon') return ringOf(within.corners);
  const turn = (2 * Math.PI) / SIDES;
  return ringOf(Array.from({ length: SIDES }, (_, i) => destination(within.centre, within.radius, i * turn)));
}

/** The size of a drawn area, m². */
export function sizeOf(within: Within): number {
  if (within.kind === 'polygon') return squareMetres({ type: 'Polygon', coordinates: [ringOf(within.corners)] });
  return 2 * Math.PI * EARTH * EARTH * (1 - Math.cos(within.radius / EARTH));
}

/** A place at which two sides of a ring cross. A ring that touches itself in a corner is let be. */
function crossingOf(ring: Position[]): Position | undefined {
  const polygon = { type: 'Polygon' as const, coordinates: [ring] };
  const found: readonly (readonly number[])[] = crossings({ type: 'Feature', properties: {}, geometry: polygon });
  const [lon, lat] = found[0] ?? [];
  return lon === undefined || lat === undefined ? undefined : [lon, lat];
}

/** Why an area cannot be as it was drawn: the page has words of its own for each. */
export type WithinFaultCode = 'unreadable' | 'radius' | 'few-corners' | 'many-corners' | 'crossing' | 'empty';
/** What is wrong with a drawn area. */
export interface WithinFault {
  readonly code: WithinFaultCode;
  readonly message: string;
}

const unreadable = (message: string): WithinFault => ({ code: 'unreadable', message });
const TOO_MANY: WithinFault = { code: 'many-corners', message: `a polygon has at most ${CORNERS_AT_MOST} corners` };

/** Judges an area whose positions are rounded; undefined where nothing is wrong. */
export function faultOf(within: Within): WithinFault | undefined {
  if (within.kind === 'circle') {
    if (within.radius >= 1 && within.radius <= RADIUS_AT_MOST) return undefined;
    return { code: 'radius', message: `the radius of a circle is 1 to ${RADIUS_AT_MOST} metres` };
  }
  const { corners } = within;
  if (new Set(corners.map(String)).size < 3)
    return { code: 'few-corners', message: 'a polygon has at least three different corners' };
  if (corners.length > CORNERS_AT_MOST) return TOO_MANY;
  const crossing = crossingOf(ringOf(corners));
  if (crossing)
    return { code: 'crossing', message: `the sides of the polygon cross at ${rounded(crossing).join(' ')}` };
  if (sizeOf(within) < SMALLEST) return { code: 'empty', message: 'the polygon encloses nothing' };
  return undefined;
}

const DEGREES = /^-?\d{1,3}(\.\d{1,15})?$/;

/** The position that two texts are, rounded; undefined where they are none. */
function positionOf(texts: readonly string[]): Position | undefined {
  const [lon, lat] = texts.map((text) => (DEGREES.test(text) ? Number(text) : Number.NaN));
  if (texts.length !== 2 || lon === undefined || lat === undefined) return undefined;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? rounded([lon, lat]) : undefined;
}

const isSame = (a: Position | undefined, b: Position | undefined) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

function readPolygon(text: string): Within | WithinFault {
  const corners: Position[] = [];
  for (const [i, part] of text.split(',').entries()) {
    // Before thousands are read: one more than may be, and one that closes the ring.
    if (i > CORNERS_AT_MOST) return TOO_MANY;
    const corner = positionOf(part.trim().split(/\s+/));
    if (!corner) return unreadable(`corner ${i + 1} is not a longitude and a latitude, such as 105.852 21.03`);
    if (!isSame(corner, corners.at(-1))) corners.push(corner);
  }
  if (corners.length > 1 && isSame(corners[0], corners.at(-1))) corners.pop();
  return { kind: 'polygon', corners };
}

function readCircle(text: string): Within | WithinFault {
  const [lon = '', lat = '', metres = '', ...more] = text.split(',').map((part) => part.trim());
  const centre = positionOf([lon, lat]);
  if (!centre || more.length > 0 || !/^\d{1,9}(\.\d{1,9})?$/.test(metres))
    return unreadable('a circle is a longitude, a latitude and metres, such as circle:105.852,21.03,500');
  return { kind: 'circle', centre, radius: Math.round(Number(metres)) };
}

export const isFault = (read: Within | WithinFault): read is WithinFault => 'message' in read;

/**
 * Reads `circle:lon,lat,metres` or `polygon:lon lat,lon lat,…`; the corner that closes a ring may be given or not.
 * Answers what is wrong where it is neither, or more than may be asked for.
 */
export function readWithin(text: string): Within | WithinFault {
  const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (kind !== 'polygon' && kind !== 'circle')
    return unreadable('neither circle:lon,lat,metres nor polygon:lon lat,lon lat,…');
  const read = kind === 'polygon' ? readPolygon(rest) : readCircle(rest);
  return isFault(read) ? read : (faultOf(read) ?? read);
}

/** The text that `readWithin` reads. */
export function writeWithin(within: Within): string {
  if (within.kind === 'circle') return `circle:${rounded(within.centre).join(',')},${Math.round(within.radius)}`;
  return `polygon:${within.corners.map((corner) => rounded(corner).join(' ')).join(',')}`;
}

/** Whether positions lie in a drawn area; one on a side of a polygon may count either way. */
export function containedIn(within: Within): (position: Position) => boolean {
  if (within.kind === 'circle') return (position) => distance(within.centre, position) <= within.radius;
  const geometry = { type: 'Polygon' as const, coordinates: [ringOf(within.corners)] };
  const find = whichPolygon({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry, properties: {} }],
  });
  return (position) => find(position) !== null;
}
