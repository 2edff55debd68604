import { describe, expect, test } from 'vitest';
import type { Position } from '../geometry.ts';
import { AIR_STATIONS } from './air-stations.ts';
import { CAR_PARKS } from './car-parks.ts';
import { CITY } from './city.ts';
import { CROSSINGS } from './crossings.ts';
import { RAIN_GAUGE_WARDS, RIVER_GAUGES } from './gauges.ts';
import { HOSPITALS } from './hospitals.ts';
import { createLocator } from './locate.ts';
import { DATA_CENTRE, DEPARTMENTS, DESK_WARDS, FIRST_DIGITISED } from './offices.ts';
import { SCHOOLS } from './schools.ts';
import { SIGHTS } from './sights.ts';
import { HOTEL_AREAS, WALKS } from './walks.ts';
import { WARDS, wardOf } from './wards.ts';

/** A row's id is its first field, longitude and latitude are its last two. */
type Row = readonly [id: string, ...rest: readonly unknown[]];
const LISTS: Readonly<Record<string, readonly Row[]>> = {
  AIR_STATIONS,
  CAR_PARKS,
  CROSSINGS,
  DEPARTMENTS,
  HOSPITALS,
  HOTEL_AREAS,
  RIVER_GAUGES,
  SCHOOLS,
  SIGHTS,
  WALKS,
  WARDS,
};
const locate = createLocator([CITY]);

function pointOf(row: Row): Position {
  const [lon, lat] = row.slice(-2);
  if (typeof lon !== 'number' || typeof lat !== 'number') throw new TypeError(`${row[0]} has no point`);
  return [lon, lat];
}

describe('the rows of places', () => {
  test.each(Object.entries(LISTS))(
    '%s lie in the city, with ids of their own that a device id can carry',
    (_, rows) => {
      expect(rows.length).toBeGreaterThan(5);
      expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
      expect(new Set(rows.map((row) => pointOf(row).join())).size).toBe(rows.length);
      for (const row of rows) {
        expect(row[0]).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(locate(pointOf(row)), row[0]).toBe(CITY);
      }
    },
  );

  test('all seventeen air stations of OpenAQ are there', () => {
    expect(new Set(AIR_STATIONS.map(([, , openaq]) => openaq)).size).toBe(17);
  });

  test('gauges and desks stand in wards that there are, each once', () => {
    for (const wards of [RAIN_GAUGE_WARDS, DESK_WARDS, FIRST_DIGITISED]) {
      expect(new Set(wards).size).toBe(wards.length);
      for (const id of wards) expect(wardOf(id)[0]).toBe(id);
    }
    expect(() => wardOf('atlantis')).toThrow('atlantis');
    expect(locate([...DATA_CENTRE.position])).toBe(CITY);
  });
});
