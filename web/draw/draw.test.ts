import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Position } from '../../model/geometry.ts';
import { distance, faultOf, rounded, type Within } from '../../model/within.ts';
import { passing } from '../state/filtering.ts';
import { NO_FILTERS } from '../state/url.ts';
import { cityWith, counter } from '../testing/city.ts';
import { handlesOf, movedBy, withoutCorner } from './edit.ts';
import { Sketch } from './sketch.svelte.ts';

const SQUARE: readonly Position[] = [
  [105.8, 20.9],
  [105.9, 20.9],
  [105.9, 21.1],
  [105.8, 21.1],
];
const square: Within = { kind: 'polygon', corners: SQUARE };

describe('a polygon that is being drawn', () => {
  let sketch: Sketch;
  beforeEach(() => {
    sketch = new Sketch();
    sketch.start('polygon');
  });

  test('is the corners that were set, without those that were taken back', () => {
    for (const corner of SQUARE) expect(sketch.add(corner)).toBeNull();
    sketch.add([105.7, 21]);
    sketch.undo();
    expect(sketch.finish()).toEqual(square);
    expect([sketch.kind, sketch.corners]).toEqual([null, []]);
  });

  test('does not count a corner that is set twice running: a double click is one corner and the end', () => {
    for (const corner of [...SQUARE, [105.8, 21.1] as Position]) sketch.add(corner);
    expect(sketch.finish()).toEqual(square);
  });

  test('shows what it would be with the next corner, from the third on', () => {
    sketch.add([105.8, 20.9]);
    sketch.at = [105.9, 20.9];
    expect(sketch.preview).toBeNull();
    sketch.add([105.9, 20.9]);
    sketch.at = [105.9, 21.1];
    expect(sketch.preview).toEqual({ kind: 'polygon', corners: SQUARE.slice(0, 3) });
    expect((sketch.size ?? 0) / 1e6).toBeCloseTo(115.5, 0);
  });

  test('goes on where its sides cross or it has too few corners, and says so', () => {
    for (const corner of SQUARE.slice(0, 2)) sketch.add(corner);
    expect([sketch.finish(), sketch.fault]).toEqual([null, 'few-corners']);
    sketch.add([105.8, 21.1]);
    sketch.add([105.9, 21.1]);
    expect([sketch.finish(), sketch.fault, sketch.corners.length]).toEqual([null, 'crossing', 4]);
    sketch.undo();
    expect(sketch.fault).toBeNull();
    expect(sketch.finish()).not.toBeNull();
  });

  test('has at most a hundred corners', () => {
    for (let i = 0; i < 101; i++) sketch.add([105 + i / 1_000, 21 + ((i * 7) % 13) / 1_000]);
    expect([sketch.corners.length, sketch.fault]).toEqual([100, 'many-corners']);
  });
});

test('a circle is its centre and where its edge is', () => {
  const sketch = new Sketch();
  sketch.start('circle');
  expect(sketch.add([105.85, 21.03])).toBeNull();
  expect(sketch.add([105.85, 21.04])).toEqual({ kind: 'circle', centre: [105.85, 21.03], radius: 1_112 });
  sketch.start('circle');
  sketch.add([105.85, 21.03]);
  expect([sketch.add([106.85, 21.03]), sketch.fault, sketch.corners.length]).toEqual([null, 'radius', 1]);
});

describe('the handles of a drawn area', () => {
  const place = fc
    .tuple(fc.double({ min: 105.6, max: 106, noNaN: true }), fc.double({ min: 20.9, max: 21.2, noNaN: true }))
    .map((position): Position => position);
  const handleOf = (within: Within, id: string) => {
    const found = handlesOf(within).find((handle) => handle.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  };

  test('move the corner they stand for and no other', () => {
    fc.assert(
      fc.property(fc.nat(3), place, (index, to) => {
        const moved = movedBy(square, handleOf(square, `corner-${index}`), to);
        const expected = SQUARE.map((corner, i) => (i === index ? rounded(to) : corner));
        expect(moved).toEqual({ kind: 'polygon', corners: expected });
      }),
    );
  });

  test('of a side make a corner between its two, which can be taken out again', () => {
    const more = movedBy(square, handleOf(square, 'side-3'), [105.75, 21]);
    expect(more).toEqual({ kind: 'polygon', corners: [...SQUARE, [105.75, 21]] });
    expect(withoutCorner(more, handleOf(more, 'corner-4'))).toEqual(square);
    const triangle: Within = { kind: 'polygon', corners: SQUARE.slice(0, 3) };
    expect(withoutCorner(triangle, handleOf(triangle, 'corner-0'))).toBeUndefined();
  });

  test('of a circle move it as it is, or its edge to where they are', () => {
    const circle: Within = { kind: 'circle', centre: [105.85, 21.03], radius: 700 };
    fc.assert(
      fc.property(place, (to) => {
        expect(movedBy(circle, handleOf(circle, 'centre'), to)).toEqual({ ...circle, centre: rounded(to) });
        const wider = movedBy(circle, handleOf(circle, 'edge'), to);
        expect(wider.kind === 'circle' && wider.radius).toBe(Math.max(1, Math.round(distance([105.85, 21.03], to))));
        expect(faultOf(wider)).toBeUndefined();
      }),
    );
  });
});

describe('the drawn area of the page', () => {
  test('narrows what is shown, is among the filters, and stands in the address', () => {
    const city = cityWith(counter(), {
      ...counter({ id: 'far' }),
      geometry: { type: 'Point', coordinates: [105.3, 21] },
    });
    city.drawn.set({ kind: 'circle', centre: [105.82, 21], radius: 500 });
    expect(city.shown.map(({ device }) => device.id)).toEqual(['counter-1']);
    expect(window.location.search).toContain('within=circle%3A105.82%2C21%2C500');
    city.clear();
    expect([city.shown.length, city.drawn.shape]).toEqual([2, null]);
    expect(window.location.search).not.toContain('within');
  });

  test('opens from a link, and what is no area counts as none', () => {
    const city = cityWith();
    window.history.replaceState(null, '', '/?within=circle:105.82,21,500&area=drawn');
    city.drawn.read();
    city.view.read();
    expect(city.drawnOpen).toEqual({ kind: 'circle', centre: [105.82, 21], radius: 500 });
    window.history.replaceState(null, '', '/?within=circle:105.82,21,500000&area=drawn');
    city.drawn.read();
    expect([city.drawn.shape, city.drawnOpen]).toEqual([null, null]);
  });

  test('leaves out what is nowhere yet', () => {
    const city = cityWith({ ...counter(), geometry: null });
    const test = passing(NO_FILTERS, { ...city.context, drawn: () => true });
    expect(city.marks.map(test)).toEqual([false]);
  });
});
