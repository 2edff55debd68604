import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandsOf, classesOf, quantileBounds, toneOf } from './scale.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 200 });

describe('bounds of a sequential scale', () => {
  test('hold about as many values each and are read easily', () => {
    const counts = Array.from({ length: 100 }, (_, i) => 3 + i * 7.3);
    expect(quantileBounds(counts)).toEqual([140, 300, 440, 580]);
  });

  test('are decimals without noise for small values', () => {
    expect(quantileBounds([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])).toEqual([0.2, 0.3, 0.4, 0.5]);
  });

  test('are none where nothing differs or nothing is there', () => {
    expect(quantileBounds([7, 7, 7])).toEqual([]);
    expect(quantileBounds([])).toEqual([]);
    expect(quantileBounds([Number.NaN, Infinity])).toEqual([]);
  });

  test('rise, are at most four and lie within the values, whatever these are', () => {
    fc.assert(
      fc.property(values, (shown) => {
        const bounds = quantileBounds(shown);
        expect(bounds.length).toBeLessThanOrEqual(4);
        for (const [i, bound] of bounds.entries()) {
          expect(bound).toBeGreaterThan(bounds[i - 1] ?? Math.min(...shown));
          expect(bound).toBeLessThanOrEqual(Math.max(...shown));
        }
      }),
    );
  });
});

describe('the tone of a value', () => {
  test('rises with the value, and every class of the scale is some value’s', () => {
    fc.assert(
      fc.property(values, (shown) => {
        const scale = classesOf(shown);
        const tones = [...shown].sort((a, b) => a - b).map((value) => toneOf(scale, value));
        expect(tones).toEqual([...tones].sort());
        if (shown.length > 0 && scale.by === 'classes')
          expect(new Set(tones)).toEqual(new Set(scale.classes.map(({ tone }) => tone)));
      }),
    );
  });

  test('is the level of the metric’s band, lower bound included', () => {
    const scale = bandsOf({
      thresholds: [
        { below: 10, level: 'severe' },
        { below: null, level: 'good' },
      ],
    });
    expect([9.9, 10].map((value) => toneOf(scale, value))).toEqual(['severe', 'good']);
  });

  test('is none of them where there is no scale', () => {
    expect(bandsOf({ thresholds: [] })).toBeUndefined();
    expect(toneOf(undefined, 1)).toBe('unrated');
  });
});
