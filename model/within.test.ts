import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from './geometry.ts';
import {
  CORNERS_AT_MOST,
  containedIn,
  distance,
  isFault,
  outlineOf,
  RADIUS_AT_MOST,
  readWithin,
  rounded,
  sizeOf,
  type Within,
  writeWithin,
} from './within.ts';

const inHanoi = fc
  .tuple(fc.double({ min: 105.6, max: 106, noNaN: true }), fc.double({ min: 20.9, max: 21.2, noNaN: true }))
  .map(([lon, lat]): Position => rounded([lon, lat]));
const circle = fc
  .record({ centre: inHanoi, radius: fc.integer({ min: 1, max: RADIUS_AT_MOST }) })
  .map(({ centre, radius }): Within => ({ kind: 'circle', centre, radius }));
/** Corners around a centre by their angle: their sides never cross. */
const star = fc
  .record({
    centre: inHanoi,
    reaches: fc.array(fc.double({ min: 0.01, max: 0.05, noNaN: true }), { minLength: 3, maxLength: CORNERS_AT_MOST }),
  })
  .map(({ centre: [lon, lat], reaches }): Within => {
    const corners = reaches.map((reach, i): Position => {
      const angle = (2 * Math.PI * i) / reaches.length;
      return rounded([lon + reach * Math.cos(angle), lat + reach * Math.sin(angle)]);
    });
    return { kind: 'polygon', corners };
  });

function read(text: string): Within {
  const within = readWithin(text);
  if (isFault(within)) throw new Error(within.message);
  return within;
}
function fault(text: string): string {
  const within = readWithin(text);
  return isFault(within) ? within.message : 'nothing';
}

describe('a drawn area', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(circle, star), (within) => {
        expect(read(writeWithin(within))).toEqual(within);
      }),
    );
  });

  it('may have its first corner again at its end, corners twice and more decimals than are kept', () => {
    const square = read('polygon:105.8 21,105.9 21,105.9 21.1,105.8 21.1');
    expect(read('polygon: 105.8000001  21, 105.9 21,105.9 21,105.9 21.1,105.8 21.1,105.8 21')).toEqual(square);
    expect(read('circle: 105.8, 21, 499.6')).toEqual({ kind: 'circle', centre: [105.8, 21], radius: 500 });
  });

  it.each([
    ['', 'neither circle'],
    ['square:1 2', 'neither circle'],
    ['circle:105.8,21', 'such as circle:105.852,21.03,500'],
    ['circle:105.8,91,5', 'such as circle:105.852,21.03,500'],
    ['circle:105.8,21,5,5', 'such as circle:105.852,21.03,500'],
    ['circle:105.8,21,1e3', 'such as circle:105.852,21.03,500'],
    ['circle:105.8,21,0', '1 to 50000 metres'],
    ['circle:105.8,21,50001', '1 to 50000 metres'],
    ['polygon:', 'corner 1 is not'],
    ['polygon:105.8 21,105.9,21', 'corner 2 is not'],
    ['polygon:105.8 21,181 21,105.8 22', 'corner 2 is not'],
    ['polygon:105.8 21,105.9 21', 'at least three different corners'],
    ['polygon:105.8 21,105.9 21,105.8 21,105.9 21', 'at least three different corners'],
    ['polygon:105.8 21,105.9 21,106 21', 'encloses nothing'],
    ['polygon:105.8 21,105.9 21.1,105.9 21,105.8 21.1', 'cross at 105.85 21.05'],
    [`polygon:${Array.from({ length: 101 }, (_, i) => `105.${100 + i} 21`).join(',')}`, 'at most 100 corners'],
    [`polygon:${'105.8 21,105.9 21,'.repeat(5_000)}105.8 21`, 'at most 100 corners'],
  ])('is refused where it is %s, and it is said why', (text, why) => {
    expect(fault(text)).toContain(why);
  });

  it('is never read of anything else, and nothing breaks the reader', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789 ,.-e') }).map((rest) => `polygon:${rest}`),
      fc.string({ unit: fc.constantFrom(...'0123456789 ,.-e') }).map((rest) => `circle:${rest}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        const within = readWithin(given);
        if (!isFault(within)) expect(read(writeWithin(within))).toEqual(within);
      }),
    );
  });
});

describe('what lies in a drawn area', () => {
  it('of a circle is within its radius', () => {
    fc.assert(
      fc.property(circle, inHanoi, (within, position) => {
        if (within.kind !== 'circle') return;
        expect(containedIn(within)(position)).toBe(distance(within.centre, position) <= within.radius);
      }),
    );
  });

  it('of a triangle is on the same side of its three sides', () => {
    const side = ([ax, ay]: Position, [bx, by]: Position, [x, y]: Position) =>
      Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
    fc.assert(
      fc.property(inHanoi, inHanoi, inHanoi, inHanoi, (a, b, c, position) => {
        const sides = [side(a, b, position), side(b, c, position), side(c, a, position)];
        // On a side it may count either way.
        fc.pre(!sides.includes(0) && new Set([a, b, c].map(String)).size === 3);
        const inside = new Set(sides).size === 1;
        expect(containedIn({ kind: 'polygon', corners: [a, b, c] })(position)).toBe(inside);
      }),
    );
  });

  it('of a polygon holds whichever corner comes first and whichever way round', () => {
    fc.assert(
      fc.property(star, inHanoi, fc.nat(CORNERS_AT_MOST), (within, position, turn) => {
        if (within.kind !== 'polygon') return;
        const { corners } = within;
        const k = turn % corners.length;
        const turned: Within = { kind: 'polygon', corners: [...corners.slice(k), ...corners.slice(0, k)].reverse() };
        expect(containedIn(turned)(position)).toBe(containedIn(within)(position));
      }),
    );
  });
});

describe('the size of a drawn area', () => {
  it('is that of the ground: a degree of latitude is some 111 km', () => {
    expect(distance([105.8, 21], [105.8, 22]) / 1_000).toBeCloseTo(111.2, 1);
    expect(sizeOf({ kind: 'circle', centre: [105.8, 21], radius: 1_000 }) / 1e6).toBeCloseTo(Math.PI, 4);
    const square = read('polygon:105.8 21,105.9 21,105.9 21.1,105.8 21.1');
    expect(sizeOf(square) / 1e6).toBeCloseTo(11.12 * 11.12 * Math.cos((21.05 * Math.PI) / 180), 0);
  });
});

describe('the outline of a circle', () => {
  it('runs around it at its radius, and closes', () => {
    fc.assert(
      fc.property(circle, (within) => {
        if (within.kind !== 'circle') return;
        const ring = outlineOf(within);
        expect(ring.at(-1)).toEqual(ring[0]);
        for (const position of ring) expect(distance(within.centre, position)).toBeCloseTo(within.radius, 3);
      }),
    );
  });
});
