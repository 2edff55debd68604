import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { NARROW } from '../state/layout.ts';
import { stopHeight } from '../state/sheet.ts';
import { covered, laidUpon, middleOf } from './cover.ts';

describe('what of the map lies under cards', () => {
  const laid = fc.record({ foot: fc.integer({ min: 0, max: 260 }), tools: fc.integer({ min: 0, max: 60 }) });
  const size = { width: fc.integer({ min: 320, max: 2_200 }), height: fc.integer({ min: 560, max: 1_300 }) };

  test('leaves room that can be seen, between the bar of time and the top, whatever is open', () => {
    fc.assert(
      fc.property(size.width, size.height, laid, fc.boolean(), (width, height, upon, panel) => {
        const { left, right, top, bottom } = covered(width, height, upon, panel);
        expect(height - top - bottom).toBeGreaterThan(0);
        if (width > 800) expect(width - left - right).toBeGreaterThan(0);
        const sheet = width <= NARROW ? stopHeight(panel ? 'half' : 'peek', height) : 0;
        // On a desk all of the bar is free; on a phone at least the sheet is.
        expect(bottom).toBeGreaterThanOrEqual(width <= NARROW ? sheet : upon.foot);
        const [x, y] = middleOf({ left, right, top, bottom });
        expect(height / 2 + y).toBeCloseTo((top + height - bottom) / 2);
        expect(width / 2 + x).toBeCloseTo((left + width - right) / 2);
      }),
    );
  });

  test('grows with the bar of time', () => {
    const of = (foot: number, width = 1_440) => covered(width, 820, { foot, tools: 0 }).bottom;
    expect(of(150) - of(50)).toBe(100);
    expect(of(150, 390) - of(50, 390)).toBe(100);
  });
});

describe('the page', () => {
  afterEach(() => document.body.replaceChildren());

  test('is asked how high its bar is now; before it has come the usual one is reckoned with', () => {
    document.body.innerHTML = '<main><div><div id="map"></div></div></main>';
    const map = document.getElementById('map');
    if (!map) throw new Error('no map');
    expect(laidUpon(map).foot).toBeGreaterThan(30);
    const bar = document.createElement('div');
    bar.className = 'bottom';
    Object.defineProperty(bar, 'offsetHeight', { value: 118 });
    map.closest('main')?.append(bar);
    expect(laidUpon(map).foot).toBe(118);
  });
});
