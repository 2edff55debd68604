import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Area, type AreaGeometry } from '../area.ts';
import type { Position } from '../geometry.ts';
import { approximateWards } from './cells.ts';
import { CITY } from './city.ts';
import { createLocator } from './locate.ts';
import { OUTLINE } from './outline.ts';
import { WARDS } from './wards.ts';

const wards = approximateWards();
const wardAt = createLocator(wards);
const cityAt = createLocator([CITY]);

/** Twice the area of a ring in square degrees, positive where it runs counterclockwise. */
function signed(ring: readonly Position[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
}
const ringsOf = (geometry: AreaGeometry): readonly Position[][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
/** A hole runs clockwise and so takes its area away. */
const sizeOf = (geometry: AreaGeometry): number => ringsOf(geometry).reduce((sum, ring) => sum + signed(ring), 0);

describe('the approximate wards', () => {
  test('are valid areas, all 126, marked approximate', () => {
    expect(wards).toHaveLength(126);
    expect(wards.map(({ id }) => id)).toEqual(WARDS.map(([id]) => id));
    for (const area of [...wards, CITY]) {
      expect(Area.parse(area)).toEqual(area);
      expect(area.approximate).toBe(true);
      for (const ring of ringsOf(area.geometry)) expect(ring.at(-1)).toEqual(ring.at(0));
    }
  });

  test('each holds its own point and no other’s', () => {
    for (const ward of wards) expect(wardAt(ward.point)?.id).toBe(ward.id);
  });

  test('cover the outline without overlapping', () => {
    const outline = sizeOf(CITY.geometry);
    expect(outline).toBeGreaterThan(0);
    const sum = wards.reduce((total, { geometry }) => total + sizeOf(geometry), 0);
    expect(Math.abs(sum / outline - 1)).toBeLessThan(0.0001);
    for (const { geometry } of wards) expect(sizeOf(geometry)).toBeGreaterThan(0);
  });

  test('any place in the city is in the ward whose point is nearest, and any place outside in none', () => {
    const scale = Math.cos((21 * Math.PI) / 180);
    const distance = ([aLon, aLat]: Position, [bLon, bLat]: Position) => Math.hypot((aLon - bLon) * scale, aLat - bLat);
    fc.assert(
      fc.property(
        fc.double({ min: 105.2, max: 106.1, noNaN: true }),
        fc.double({ min: 20.5, max: 21.45, noNaN: true }),
        (lon, lat) => {
          const here: Position = [lon, lat];
          const found = wardAt(here);
          const nearest = Math.min(...wards.map(({ point }) => distance(point, here)));
          // Borders are known to a metre.
          if (found) expect(distance(found.point, here) - nearest).toBeLessThan(0.00003);
          else {
            const edge = Math.min(...OUTLINE.map((corner, i) => toSegment(here, corner, OUTLINE[i + 1] ?? corner)));
            expect(cityAt(here) === undefined || edge < 0.00003).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Distance of a place from the line between two others, in degrees. */
function toSegment([x, y]: Position, [ax, ay]: Position, [bx, by]: Position): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx === 0 && dy === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

describe('the outline of the city', () => {
  test('is closed, counterclockwise, and holds the lake and not the next province', () => {
    expect(OUTLINE.at(-1)).toEqual(OUTLINE.at(0));
    expect(signed(OUTLINE)).toBeGreaterThan(0);
    expect(cityAt(CITY.point)).toBe(CITY);
    expect(cityAt([106.05, 21.18])).toBeUndefined();
    expect(cityAt([105.85, 21.39])).toBeUndefined();
  });
});

describe('beside the surveyed borders', () => {
  const folder = new URL('../../../shared/data/', import.meta.url);
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

  test('most bus stops lie in the ward the approximation says', async (context) => {
    if (!existsSync(new URL('hanoi-geo/hanoi_wards_126_2025.geojson', folder)))
      context.skip('../shared/data/hanoi-geo is not here');
    const features: { geometry: AreaGeometry; properties: { name: string } }[] = read(
      'hanoi-geo/hanoi_wards_126_2025.geojson',
    ).features;
    const stops: { geometry: { coordinates: Position } }[] = read('hanoi-points/bus_stops_osm_2025.geojson').features;
    const byName = new Map(wards.map((ward) => [ward.name.vi.normalize('NFC'), ward]));
    const surveyedAt = createLocator(
      features.map(({ geometry, properties }) => {
        const ward = byName.get(properties.name.normalize('NFC'));
        if (!ward) throw new Error(`no ward is called ${properties.name}`);
        return { ...ward, geometry };
      }),
    );
    const inside = stops.map(({ geometry }) => geometry.coordinates).filter((stop) => surveyedAt(stop) !== undefined);
    const same = inside.filter((stop) => surveyedAt(stop)?.id === wardAt(stop)?.id);
    await context.annotate(`${same.length} of ${inside.length} bus stops lie in the same ward`);
    expect(inside.length).toBeGreaterThan(3_000);
    expect(same.length / inside.length).toBeGreaterThan(0.75);
  });
});
