import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../model/text.ts';
import { baseSources } from './base/features.ts';
import { LAKES } from './base/lakes.ts';
import { positions, smooth } from './base/rows.ts';
import { baseStyle, FIRST_NAME, FIRST_WATER } from './style.ts';

describe('courses', () => {
  test('are read as KML writes them', () => {
    expect(positions('105.1,21.2\n  105.3,21.4')).toEqual([
      [105.1, 21.2],
      [105.3, 21.4],
    ]);
  });

  test('what is no position is not passed over', () => {
    expect(() => positions('105.1,21.2 105.3')).toThrow('not a position');
  });

  test('a smoothed line keeps its ends', () => {
    const line = smooth(positions('0,0 1,1 2,0'), false);
    expect([line[0], line.at(-1)]).toEqual([
      [0, 0],
      [2, 0],
    ]);
  });
});

describe.each(LANGUAGES)('the base map in %s', (language) => {
  test('is all in and around Hanoi', () => {
    const text = JSON.stringify(baseSources(language));
    const pairs = [...text.matchAll(/\[(-?[\d.]+),(-?[\d.]+)\]/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(pairs.length).toBeGreaterThan(2_000);
    expect(pairs.filter(([x, y]) => !(x > 105 && x < 106.2 && y > 20.4 && y < 21.6))).toEqual([]);
  });

  test('fetches nothing', () => {
    const style = baseStyle('light', language);
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style)).not.toContain('http');
  });

  test('has the layers that wards and lines of devices go under', () => {
    expect(baseStyle('dark', language).layers.map(({ id }) => id)).toEqual(
      expect.arrayContaining([FIRST_NAME, FIRST_WATER]),
    );
  });
});

test('the lakes a Hanoian looks for are there', () => {
  const names = LAKES.map(({ name }) => name.vi);
  for (const lake of ['Hồ Tây', 'Hồ Hoàn Kiếm', 'Hồ Trúc Bạch', 'Hồ Bảy Mẫu', 'Hồ Linh Đàm', 'Hồ Yên Sở'])
    expect(names).toContain(lake);
});
