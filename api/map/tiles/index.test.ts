import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE_CONDITIONS, type Device } from '../../../model/device.ts';
import type { Geometry, Position } from '../../../model/geometry.ts';
import { LEVELS } from '../../../model/level.ts';
import { device } from '../../testing/city.fixture.ts';
import { addSpot } from './cluster.ts';
import { bearing, createCourses } from './courses.ts';
import type { Fact } from './facts.ts';
import { ancestor, inTile, placeOf, type TileAddress, tileAt } from './grid.ts';
import { createTileIndex, DEVICE_ZOOM, SINGLES_AT_MOST } from './index.ts';
import { emptyTally, reach, type Tally, tallyOf } from './tally.ts';

const fact = (id: number, position: Position | null, other: Partial<Fact> = {}, row: Partial<Device> = {}): Fact => ({
  device: device(`device-${id}`, row),
  ...{ condition: 'live', position, reading: undefined, heading: undefined, newest: undefined, figure: undefined },
  ...{ stale: false, doubtful: false, quarantined: false, hidden: false },
  ...other,
});

/** Mostly of one city, where devices stand close to each other, and some anywhere in the world. */
const position = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(
      fc.double({ min: 105.7, max: 106, noNaN: true }),
      fc.double({ min: 20.9, max: 21.1, noNaN: true }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })),
  },
);
const facts = fc
  .array(
    fc.record({
      position,
      condition: fc.constantFrom(...DEVICE_CONDITIONS),
      simulated: fc.boolean(),
      reading: fc.option(
        fc.record({ value: fc.integer({ min: -50, max: 50 }), level: fc.option(fc.constantFrom(...LEVELS)) }),
        { nil: undefined },
      ),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    rows.map(({ position: at, condition, simulated, reading }, i) =>
      fact(
        i,
        at,
        { condition, reading: reading && { ...reading, metric: 'mean_speed', at: 0, quality: 'valid' } },
        { simulated },
      ),
    ),
  );

/** The tiles of a zoom that hold any of the facts. */
const tilesOf = (given: readonly Fact[], z: number): readonly TileAddress[] => [
  ...new Map(
    given.flatMap(({ position: at }) => {
      const tile = at && tileAt(placeOf(at), z);
      return tile ? [[`${tile.x}/${tile.y}`, tile] as const] : [];
    }),
  ).values(),
];

/** A tile and those around it: the middle of a cluster may lie beside all of its devices. */
const around = (tiles: readonly TileAddress[]): readonly TileAddress[] => [
  ...new Map(
    tiles.flatMap(({ z, x, y }) =>
      [-1, 0, 1].flatMap((dx) =>
        [-1, 0, 1].flatMap((dy) => {
          const last = 2 ** z - 1;
          const [column, row] = [x + dx, y + dy];
          return column < 0 || row < 0 || column > last || row > last
            ? []
            : [[`${column}/${row}`, { z, x: column, y: row }] as const];
        }),
      ),
    ),
  ).values(),
];

async function told(given: readonly Fact[], tiles: readonly TileAddress[]): Promise<Tally> {
  const index = await createTileIndex(given);
  const tally = emptyTally();
  for (const tile of tiles) for (const spot of (await index.tile(tile)).spots) addSpot(tally, spot);
  return tally;
}

function naive(given: readonly Fact[]): Tally {
  const tally = emptyTally();
  for (const each of given) {
    const { west: _west, north: _north, east: _east, south: _south, ...counts } = tallyOf(each);
    for (const [name, value] of Object.entries(counts))
      Object.assign(tally, { [name]: Reflect.get(tally, name) + value });
    const place = each.position && placeOf(each.position);
    if (place) reach(tally, { west: place.x, east: place.x, north: place.y, south: place.y });
  }
  return tally;
}

describe('the index of tiles', () => {
  it('tells every device exactly once at any zoom, whatever its clusters', async () => {
    await fc.assert(
      fc.asyncProperty(facts, fc.integer({ min: 0, max: 22 }), async (given, z) => {
        expect(await told(given, around(tilesOf(given, z)))).toEqual(naive(given));
      }),
    );
  });

  it('tells no device that was never seen anywhere', async () => {
    expect(await told([fact(1, null)], [{ z: 0, x: 0, y: 0 }])).toEqual(emptyTally());
  });

  it('tells single devices from their zoom on, and clusters where a tile holds too many', async () => {
    const few = [fact(1, [105.8, 21]), fact(2, [105.8001, 21])];
    const tile = tileAt(placeOf([105.8, 21]), DEVICE_ZOOM);
    const singles = await (await createTileIndex(few)).tile(tile);
    expect(singles.spots.map((spot) => 'fact' in spot && spot.fact.device.id)).toEqual(['device-1', 'device-2']);

    const many = Array.from({ length: SINGLES_AT_MOST + 1 }, (_, i) => fact(i, [105.8 + i * 1e-9, 21]));
    const { spots } = await (await createTileIndex(many)).tile(tileAt(placeOf([105.8, 21]), 20));
    expect(spots).toHaveLength(1);
    expect(spots[0]).toMatchObject({ tally: { count: SINGLES_AT_MOST + 1, live: SINGLES_AT_MOST + 1 } });
  });

  it('tells a line in every tile that it crosses, and in no other', async () => {
    const line: Geometry = {
      type: 'LineString',
      coordinates: [
        [105.8, 21],
        [105.85, 21],
      ],
    };
    const index = await createTileIndex([fact(1, [105.825, 21], {}, { geometry: line })]);
    const [from, to] = [tileAt(placeOf([105.8, 21]), 15), tileAt(placeOf([105.85, 21]), 15)];
    for (let x = from.x - 1; x <= to.x + 1; x += 1)
      expect((await index.tile({ ...from, x })).lines, `column ${x}`).toHaveLength(x >= from.x && x <= to.x ? 1 : 0);
    expect((await index.tile({ ...from, y: from.y + 2 })).lines).toHaveLength(0);
  });
});

describe('places', () => {
  it('lie in the tile that they are counted in, within its extent', () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 22 }), (at, z) => {
        const tile = tileAt(placeOf(at), z);
        for (const value of inTile(placeOf(at), tile, 4_096)) expect(value >= 0 && value < 4_096).toBe(true);
        for (const value of [tile.x, tile.y]) expect(value >= 0 && value < 2 ** z).toBe(true);
        expect(ancestor(tile, 0)).toEqual({ z: 0, x: 0, y: 0 });
      }),
    );
  });

  it('are where Web Mercator has them', () => {
    // The tile of Hồ Gươm as every map service counts it.
    expect(tileAt(placeOf([105.8522, 21.0287]), 15)).toEqual({ z: 15, x: 26018, y: 14425 });
  });
});

describe('the heading of what moves', () => {
  it('is known from the second position on and stays while it stands', () => {
    const courses = createCourses();
    expect(courses.heading('bus-1', [105.8, 21])).toBeUndefined();
    expect(courses.heading('bus-1', [105.9, 21])).toBe(90);
    expect(courses.heading('bus-1', [105.9, 21])).toBe(90);
    expect(courses.heading('bus-1', [105.9, 20.9])).toBe(180);
  });

  it('turns around with the way', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        fc.pre(a[0] !== b[0] || a[1] !== b[1]);
        const there = bearing(a, b);
        expect(there >= 0 && there < 360).toBe(true);
        expect(Math.abs(((there - bearing(b, a) + 360) % 360) - 180)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
