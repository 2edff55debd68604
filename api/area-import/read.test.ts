import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Area } from '../../model/area.ts';
import type { Position } from '../../model/geometry.ts';
import { CodedError } from '../../model/problem.ts';
import { collection, feature, polygon, read, square } from './file.fixture.ts';

async function one(properties: unknown, geometry?: unknown, other = {}) {
  const [area] = await read(collection(feature(properties, geometry, other)));
  return Area.parse(area);
}

describe('what an area is called', () => {
  it.each([
    [
      'a ward that the city knows keeps its id',
      { name: 'Phường Ba Đình' },
      ['ba-dinh', 'ward', 'Phường Ba Đình', 'Ba Dinh Ward'],
    ],
    [
      'also where its marks are decomposed',
      { name: 'Phường Ba Đình'.normalize('NFD') },
      ['ba-dinh', 'ward', 'Phường Ba Đình', 'Ba Dinh Ward'],
    ],
    [
      'a commune is one by its name',
      { name: 'Xã Mới Tinh' },
      ['moi-tinh', 'commune', 'Xã Mới Tinh', 'Mới Tinh Commune'],
    ],
    ['a ward is one by default', { name: 'Bến Đò' }, ['ben-do', 'ward', 'Bến Đò', 'Bến Đò']],
    ['kind wins over the name', { name: 'Bến Đò', kind: 'Xã' }, ['ben-do', 'commune', 'Bến Đò', 'Bến Đò']],
    [
      'each language has its name',
      { name: 'x y', 'name:vi': 'Phường Mới', 'name:en': 'New Ward' },
      ['moi', 'ward', 'Phường Mới', 'New Ward'],
    ],
    ['a given id is taken', { name: 'Phường Mới', id: 'quarter-9' }, ['quarter-9', 'ward', 'Phường Mới', 'Mới Ward']],
    ['so is a code', { name: 'Phường Mới', ref: '00004' }, ['00004', 'ward', 'Phường Mới', 'Mới Ward']],
    [
      'an id of another kind is not',
      { name: 'Phường Mới', id: 'relation/9421130' },
      ['moi', 'ward', 'Phường Mới', 'Mới Ward'],
    ],
  ])('%s', async (_, properties, [id, kind, vi, en]) => {
    expect(await one(properties)).toMatchObject({ id, kind, name: { vi, en }, approximate: false, population: null });
  });

  it('a city is one, and this one keeps its id', async () => {
    const [area] = await read(collection(feature({ name: 'Hà Nội' })), { level: 'city' });
    expect(area).toMatchObject({ id: 'hanoi', level: 'city', kind: 'city', name: { en: 'Hanoi' } });
  });

  it.each([
    [65_023, 65_023],
    ['65023', 65_023],
    ['', null],
    [null, null],
    [0, 0],
  ])('population %j is %j', async (population, expected) => {
    expect((await one({ name: 'A b', population })).population).toBe(expected);
  });

  it('carries the attribution it came with', async () => {
    const [area] = await read(collection(feature({ name: 'A b' })), { attribution: '© Somebody' });
    expect(area?.attribution).toBe('© Somebody');
  });
});

describe('the geometry of an area', () => {
  it('is kept as it is where it is good, holes too', async () => {
    const hole = square(105.802, 21.002, 0.002).reverse();
    expect((await one({ name: 'A b' }, polygon(square(), hole))).geometry).toEqual(polygon(square(), hole));
  });

  it('is wound by the right-hand rule, without heights and repeats', async () => {
    const [first = [], ...rest] = square()
      .reverse()
      .map((position) => [...position, 12]);
    const hole = square(105.802, 21.002, 0.002);
    const { geometry } = await one({ name: 'A b' }, polygon([first, first, ...rest], hole));
    // Twice the area of a ring, positive where it runs counterclockwise.
    const signed = (ring: readonly Position[]) =>
      ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i]?.[0] ?? 0) * y - x * (ring[i]?.[1] ?? 0), 0);
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : [];
    expect(rings.map((ring) => [ring.length, Math.sign(signed(ring))])).toEqual([
      [5, 1],
      [5, -1],
    ]);
  });

  it('is stood for by the point that is given where it lies inside, else by one well inside the largest part', async () => {
    expect((await one({ name: 'A b', lon: '105.803', lat: 21.004 })).point).toEqual([105.803, 21.004]);
    expect((await one({ name: 'A b', point: [105.9, 21] })).point).toEqual([105.805, 21.005]);
    // The middle of a U is not in it.
    const u = [
      [105.8, 21],
      [105.83, 21],
      [105.83, 21.03],
      [105.82, 21.03],
      [105.82, 21.01],
      [105.81, 21.01],
      [105.81, 21.03],
      [105.8, 21.03],
      [105.8, 21],
    ];
    const [lon, lat] = (
      await one({ name: 'A b' }, { type: 'MultiPolygon', coordinates: [[square(105.9, 21, 0.001)], [u]] })
    ).point;
    expect(lat < 21.01 || lon < 105.81 || lon > 105.82).toBe(true);
    expect(lon).toBeLessThan(105.83);
  });
});

describe('whatever a file holds', () => {
  /** Any text, any JSON, and good files with one member replaced by anything. */
  const good = JSON.parse(
    collection(
      feature({ name: 'Phường Ba Đình', population: '5' }),
      feature({ name: 'C d' }, { type: 'MultiPolygon', coordinates: [[square(105.9)]] }),
    ),
  );
  function mutated(value: unknown, steps: readonly number[], by: unknown): unknown {
    const [step, ...rest] = steps;
    if (step === undefined || typeof value !== 'object' || value === null) return by;
    const names = Object.keys(value);
    const name = names[step % Math.max(1, names.length)];
    if (name === undefined) return by;
    const entries = Object.entries(value).map(([key, member]) => [
      key,
      key === name ? mutated(member, rest, by) : member,
    ]);
    return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
  }
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(
        fc.array(fc.nat(20), { maxLength: 7 }),
        fc.oneof(fc.jsonValue(), fc.double(), fc.nat(), fc.string(), fc.constant([[105.8, 21]])),
      )
      .map(([steps, by]) => JSON.stringify(mutated(good, steps, by))),
  );

  it('it gives areas that are valid, or a coded refusal that says where', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        try {
          const areas = await read(text);
          for (const area of areas) Area.parse(area);
          taken += 1;
        } catch (error) {
          if (!(error instanceof CodedError)) throw error;
          expect(error.code).toBe('invalid-areas');
          expect(error.errors?.length).toBeGreaterThan(0);
          for (const { path, message } of error.errors ?? []) expect(path && message).toBeTruthy();
        }
      }),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('the order of its areas changes nothing but their order', async () => {
    const features = Array.from({ length: 6 }, (_, i) =>
      feature({ name: `Khu số ${i}` }, polygon(square(105.8 + i / 100))),
    );
    const sorted = await read(collection(...features));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(features, { minLength: 6 }), async (shuffled) => {
        const areas = await read(collection(...shuffled));
        expect([...areas].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(sorted);
      }),
      { numRuns: 20 },
    );
  });
});
