import polylabel from 'polylabel';
import { fold } from '../../model/fold.ts';
import { type Position, representative } from '../../model/geometry.ts';
import { CROSSINGS } from '../../model/places/crossings.ts';
import { HOSPITALS } from '../../model/places/hospitals.ts';
import { lineOf } from '../../model/places/line.ts';
import { SCHOOLS } from '../../model/places/schools.ts';
import { SIGHTS } from '../../model/places/sights.ts';
import { STREETS as MAIN_STREETS } from '../../model/places/streets.ts';
import type { Text } from '../../model/text.ts';
import { LAKES, PARKS } from '../map/base/lakes.ts';
import { RIVER_NAMES, STREAMS } from '../map/base/rivers.ts';
import { positions } from '../map/base/rows.ts';
import { STREETS } from '../map/base/streets.ts';
import type { Place, PlaceType } from './place.ts';

const ZOOMS: Readonly<Record<PlaceType, number>> = {
  ...{ sight: 16, street: 15, crossing: 16.5, water: 14, park: 15, hospital: 16, school: 16 },
};
const slug = (name: string): string =>
  fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const same = (name: string): Text => ({ vi: name, en: name });

const place = (type: PlaceType, name: Text, point: Position, id = slug(name.vi)): Place => ({
  ...{ id: `${type}:${id}`, type, name, point, zoom: ZOOMS[type] },
});
const line = (coordinates: Position[]): Position => representative({ type: 'LineString', coordinates });

/** The middle of water or of a park: a bay or a bend does not push it ashore. About 10 m exact. */
function middle(ring: readonly Position[]): Position {
  const [lon, lat] = polylabel([ring.map(([east, north]) => [east, north])], 1e-4);
  return lon === undefined || lat === undefined ? (ring[0] ?? [0, 0]) : [lon, lat];
}

/** The name without what kind of street it is: signs have it, maps leave it out. */
const bare = (name: string): string => slug(name.replace(/^(đường|phố|cầu) /i, ''));

/**
 * Every place that the page knows by itself, each once. © OpenStreetMap contributors, ODbL, and points set by hand: see
 * the rows.
 */
export function allPlaces(): readonly Place[] {
  const streets = MAIN_STREETS.map(([id, name, , course]) => place('street', same(name), line(lineOf(course)), id));
  const known = new Set(MAIN_STREETS.map(([, name]) => bare(name)));
  const found = [
    ...SIGHTS.map(([id, name, , , , , lon, lat]) => place('sight', same(name), [lon, lat], id)),
    ...streets,
    ...STREETS.filter(([name]) => !known.has(bare(name))).map(([name, course]) =>
      place('street', same(name), line(positions(course))),
    ),
    ...CROSSINGS.map(([id, name, , lon, lat]) => place('crossing', same(name), [lon, lat], id)),
    ...LAKES.map(({ name, ring }) => place('water', name, middle(positions(ring)))),
    ...[...RIVER_NAMES, ...STREAMS].map(({ name, course }) => place('water', name, line(positions(course)))),
    ...PARKS.map(({ name, ring }) => place('park', name, middle(positions(ring)))),
    ...HOSPITALS.map(([id, name, , lon, lat]) => place('hospital', same(name), [lon, lat], id)),
    ...SCHOOLS.map(([id, name, , , lon, lat]) => place('school', same(name), [lon, lat], id)),
  ];
  return [...new Map(found.toReversed().map((each) => [each.id, each])).values()].toReversed();
}
