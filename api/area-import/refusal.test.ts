import { describe, expect, it } from 'vitest';
import { collection, faults, feature, polygon, square } from './file.fixture.ts';
import type { AreaImport } from './read.ts';

const paths = async (text: string, options?: Partial<AreaImport>) =>
  (await faults(text, options)).map(({ path }) => path);

const NAMED = { name: 'A b' };
const whole = 'features[0].geometry.coordinates';
const at = `${whole}[0]`;
const parts = (...rings: number[][][]) => ({ type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) });
/** A star of so many points, each side of which crosses nearly all others. */
const star = (points: number) =>
  Array.from({ length: points + 1 }, (_, i) => {
    const angle = ((i % points) * 2 * Math.PI * Math.floor(points / 2)) / points;
    return [105.8 + 0.05 * Math.cos(angle), 21 + 0.05 * Math.sin(angle)];
  });

describe('a file is refused', () => {
  it.each<[what: string, text: string, path: string, message: RegExp]>([
    ['that is empty', '', 'file', /JSON/],
    ['that is not JSON', '{"type":\n"FeatureCollection" 1}', 'line 2', /JSON/],
    ['that is a number', '7', 'file', /FeatureCollection/],
    ['that is one feature', JSON.stringify(feature(NAMED)), 'type', /FeatureCollection/],
    ['without areas', collection(), 'features', /no area/],
    [
      'in metres',
      JSON.stringify({
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: 'EPSG:3405' } },
        features: [feature(NAMED)],
      }),
      'crs',
      /WGS 84/,
    ],
    ['with a feature that is none', collection(null), 'features[0]', /object/],
    ['with a nameless area', collection(feature({})), 'features[0].properties.name', /name/],
    ['with no properties', collection(feature(null)), 'features[0].properties.name', /name/],
    ['with a name no id can be made of', collection(feature({ name: '市' })), 'features[0].properties.id', /id/],
    [
      'with half a person',
      collection(feature({ ...NAMED, population: 1.5 })),
      'features[0].properties.population',
      /whole/,
    ],
    ['with an id that is an object', collection(feature(NAMED, undefined, { id: {} })), 'features[0].id', /string/],
    ['with no geometry', collection(feature(NAMED, null)), 'features[0].geometry', /needs/],
    [
      'with a point',
      collection(feature(NAMED, { type: 'Point', coordinates: [105.8, 21] })),
      'features[0].geometry.type',
      /Polygon/,
    ],
    ['with no rings', collection(feature(NAMED, polygon())), 'features[0].geometry.coordinates', /ring/],
    [
      'with text for a number',
      collection(feature(NAMED, polygon([['105.8', 21], ...square()]))),
      `${at}[0][0]`,
      /number/,
    ],
    [
      'with the axes swapped',
      collection(feature(NAMED, polygon(square().map(([x, y]) => [y ?? 0, x ?? 0])))),
      `${at}[0][1]`,
      /latitude is -90 to 90/,
    ],
    [
      'with a ring that is open',
      collection(feature(NAMED, polygon(square().slice(0, -1)))),
      at,
      /ends where it begins/,
    ],
    ['with too short a ring', collection(feature(NAMED, polygon(square().slice(0, 3)))), at, /four positions/],
    [
      'with a ring of one position',
      collection(feature(NAMED, polygon(Array(5).fill([105.8, 21])))),
      at,
      /three of them different/,
    ],
    [
      'with a ring that encloses nothing',
      collection(
        feature(
          NAMED,
          polygon([
            [105.8, 21],
            [105.81, 21],
            [105.82, 21],
            [105.8, 21],
          ]),
        ),
      ),
      at,
      /nothing/,
    ],
    [
      'with sides that cross',
      collection(
        feature(
          NAMED,
          polygon([
            [105.8, 21],
            [105.81, 21.01],
            [105.81, 21],
            [105.8, 21.02],
            [105.8, 21],
          ]),
        ),
      ),
      'features[0].geometry.coordinates',
      /cross/,
    ],
    [
      'with a hole across its border',
      collection(feature(NAMED, polygon(square(), square(105.805, 21.005).reverse()))),
      'features[0].geometry.coordinates',
      /cross/,
    ],
    [
      'with a hole twice, which is none',
      collection(feature(NAMED, polygon(square(), ...[1, 2].map(() => square(105.803, 21.003, 0.002).reverse())))),
      'features[0].geometry.coordinates',
      /twice/,
    ],
    [
      'with a hole in a hole, which is none',
      collection(feature(NAMED, polygon(square(), square(105.803, 21.003, 0.004), square(105.804, 21.004, 0.001)))),
      'features[0].geometry.coordinates[2]',
      /in another/,
    ],
    [
      'with a border walked twice, which holds nothing',
      collection(feature(NAMED, polygon([...square(), ...square().slice(1)]))),
      'features[0].geometry.coordinates',
      /twice/,
    ],
    ['with parts that overlap', collection(feature(NAMED, parts(square(), square(105.805, 21.005)))), whole, /overlap/],
    ['with a part twice', collection(feature(NAMED, parts(square(), square()))), `${whole}[0]`, /in another/],
    [
      'with a part in another',
      collection(feature(NAMED, parts(square(), square(105.804, 21.004, 0.001)))),
      `${whole}[1]`,
      /in another/,
    ],
    [
      'with millions of crossings, at the first',
      collection(feature(NAMED, polygon(star(4_001)))),
      'features[0].geometry.coordinates',
      /cross/,
    ],
    [
      'with a hole elsewhere',
      collection(feature(NAMED, polygon(square(), square(105.9, 21.1).reverse()))),
      'features[0].geometry.coordinates[1]',
      /hole/,
    ],
    ['of another city', collection(feature(NAMED, polygon(square(106.7, 10.77)))), `${at}[0]`, /outside the city/],
    [
      'with a part that is wrong',
      collection(feature(NAMED, { type: 'MultiPolygon', coordinates: [[square()], [square().slice(1)]] })),
      'features[0].geometry.coordinates[1][0]',
      /ends/,
    ],
  ])('%s', async (_, text, path, message) => {
    const found = await faults(text);
    expect(found[0]?.path).toBe(path);
    expect(found[0]?.message).toMatch(message);
  });

  it('with every fault of every area, a hundred at most', async () => {
    const text = collection(
      feature({ population: -1 }, null),
      feature(NAMED),
      feature({ name: 'C d', population: 'many' }, polygon(square(99))),
    );
    expect(await paths(text)).toEqual([
      'features[0].geometry',
      'features[2].properties.population',
      'features[2].geometry.coordinates[0][0]',
    ]);
    expect(await paths(collection(...Array.from({ length: 300 }, () => feature({}))))).toHaveLength(100);
  });

  it('with an id twice, or one of another level', async () => {
    const twice = collection(feature(NAMED), feature({ name: 'A B' }, polygon(square(105.9))));
    expect(await paths(twice)).toEqual(['features[1].id']);
    expect(await paths(collection(feature({ name: 'Hanoi' })), { taken: new Set(['hanoi']) })).toEqual([
      'features[0].id',
    ]);
  });

  it('with areas that overlap by more than a sliver, also one in another and one twice', async () => {
    const against = (other: number[][]) => paths(collection(feature(NAMED), feature({ name: 'C d' }, polygon(other))));
    const overlap = ['features[1].geometry'];
    expect(await against(square(105.808))).toEqual(overlap);
    expect(await against(square(105.804, 21.004, 0.0005))).toEqual(overlap);
    expect(await against(square())).toEqual(overlap);
    await expect(against(square(105.81))).rejects.toThrow('not refused');
    await expect(against(square(105.80995))).rejects.toThrow('not refused');
  });
});
