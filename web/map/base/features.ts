import { WARDS } from '../../../model/places/wards.ts';
import type { Language, Text } from '../../../model/text.ts';
import { CITY_BORDER } from './border.ts';
import { LAKES, PARKS } from './lakes.ts';
import { MAIN_ROADS } from './main-roads.ts';
import { RIVER, RIVER_NAMES, STREAMS } from './rivers.ts';
import { BRIDGES, RING_ROADS } from './roads.ts';
import { type LonLat, positions, smooth } from './rows.ts';
import { STREETS } from './streets.ts';

type Properties = Record<string, string | number>;

const feature = (geometry: GeoJSON.Geometry, properties: Properties): GeoJSON.Feature => ({
  type: 'Feature',
  geometry,
  properties,
});
const line = (coordinates: LonLat[], properties: Properties) =>
  feature({ type: 'LineString', coordinates }, properties);
const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features,
});

/** A closed ring (RFC 7946, section 3.1.6) from a row's figures. */
function ring(course: string, soft: boolean): LonLat[] {
  const given = positions(course);
  const points = soft ? smooth(given, true) : given;
  const first = points[0];
  return first ? [...points, first] : points;
}

const area = (rings: LonLat[][], properties: Properties) =>
  feature({ type: 'Polygon', coordinates: rings }, properties);

/** A ward's name without the word for ward or commune, which the map need not repeat 126 times. */
export const shortName = ({ vi, en }: Text): Text => ({
  vi: vi.replace(/^(Phường|Xã) /, ''),
  en: en.replace(/ (Ward|Commune)$/, ''),
});

/** The sources of the base map, with the names of one language. */
export function baseSources(
  language: Language,
): Record<'land' | 'water' | 'roads' | 'names', GeoJSON.FeatureCollection> {
  const named = (name: Text, more: Properties = {}): Properties => ({ name: name[language], ...more });
  return {
    land: collection([
      area([ring(CITY_BORDER, false)], { class: 'city' }),
      ...PARKS.map((park) => area([ring(park.ring, true)], named(park.name, { class: 'park' }))),
    ]),
    water: collection([
      area(
        RIVER.map((bank) => ring(bank, true)),
        { class: 'river' },
      ),
      ...LAKES.map((lake, rank) => area([ring(lake.ring, true)], named(lake.name, { class: 'lake', rank }))),
      ...STREAMS.map((row) =>
        line(smooth(positions(row.course), false), named(row.name, { class: 'stream', width: row.width })),
      ),
    ]),
    roads: collection([
      ...STREETS.map(([name, course]) => line(positions(course), { name, class: 'street' })),
      ...MAIN_ROADS.map(([name, course]) => line(smooth(positions(course), false, 1), { name, class: 'main' })),
      ...RING_ROADS.map((road) => line(smooth(positions(road.course), false, 1), named(road.name, { class: 'ring' }))),
      ...BRIDGES.map((road) => line(positions(road.course), named(road.name, { class: 'bridge' }))),
    ]),
    names: collection([
      ...RIVER_NAMES.map((row) => line(smooth(positions(row.course), false), named(row.name, { class: 'river' }))),
      ...WARDS.map(([, , vi, en, population, longitude, latitude]) =>
        feature(
          { type: 'Point', coordinates: [longitude, latitude] },
          { name: shortName({ vi, en })[language], class: 'ward', rank: -(population ?? 0) },
        ),
      ),
    ]),
  };
}
