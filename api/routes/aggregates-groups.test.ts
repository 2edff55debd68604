import fc from 'fast-check';
import { cellToParent, latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CELL_RESOLUTION } from '../../model/observation.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const START = NOW - 3 * HOUR;
const RANGE = `from=${START}&to=${START + HOUR}`;
const BA_DINH: [number, number] = [105.838, 21.0386];
const BA_VI: [number, number] = [105.3414, 21.0581];
const point = (coordinates: [number, number]) => ({ type: 'Point' as const, coordinates });

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
});
afterAll(() => city.close());

/** Group and value of each item of the one hour. */
async function values(query: string): Promise<Map<unknown, unknown>> {
  const { items } = await city.list(`/api/v1/aggregates?${RANGE}&${query}`);
  return new Map(items.map(({ group, value }) => [group, value]));
}

describe('service desks of different size', () => {
  const desks = [
    // level, field, received, online, on time
    ['desk-1', '3', 'justice', 100, 10, 90],
    ['desk-2', '4', 'justice', 10, 10, 5],
    ['desk-3', '4', 'tax', 40, 20, 40],
  ] as const;
  beforeAll(async () => {
    for (const [id, level, field, received, online, onTime] of desks) {
      await city.register(device(id, { domain: 'public-services', kind: 'service-desk', tags: { level, field } }));
      await city.store(
        // Received in two parts: how often a desk reports changes nothing.
        observation(id, 'dossiers_received', START, received / 2),
        observation(id, 'dossiers_received', START + 30 * MINUTE, received / 2),
        observation(id, 'dossiers_online', START, online),
        observation(id, 'dossiers_on_time', START, onTime),
      );
    }
  });

  it('are one group where all are asked for together', async () => {
    expect([...(await values('metric=dossiers_received&group_by=all'))]).toEqual([['all', 150]]);
  });

  it('share what they share together, not on average', async () => {
    // (10 + 10 + 20) of (100 + 10 + 40), where the mean of 10, 100 and 50 % would be 53.3 %.
    const share = await values('metric=share_online&group_by=domain');
    expect(share.get('public-services')).toBeCloseTo(100 * (40 / 150));
  });

  it('are told apart by their tags', async () => {
    expect(await values('metric=dossiers_received&group_by=tag:level')).toEqual(
      new Map([
        ['3', 100],
        ['4', 50],
      ]),
    );
    const fields = await values('metric=share_online&group_by=tag:field');
    expect(fields.get('justice')).toBeCloseTo(100 * (20 / 110));
    expect(fields.get('tax')).toBe(50);
    const onTime = await values('metric=share_on_time&group_by=tag:level&tag=field:justice');
    expect(onTime).toEqual(
      new Map([
        ['3', 90],
        ['4', 50],
      ]),
    );
  });
});

describe('hospitals in two wards', () => {
  it('give each ward its own ratio of sums, however often each reports', async () => {
    const hospitals = [
      ['hospital-1', BA_DINH, 100, 90, 1],
      ['hospital-2', BA_DINH, 300, 30, 12],
      ['hospital-3', BA_VI, 50, 20, 4],
    ] as const;
    for (const [id, place, beds, occupied, times] of hospitals) {
      await city.register(device(id, { domain: 'health', kind: 'hospital', geometry: point([...place]) }));
      await city.store(
        ...Array.from({ length: times }, (_, i) => START + i * 5 * MINUTE).flatMap((time) => [
          observation(id, 'beds_total', time, beds),
          observation(id, 'beds_occupied', time, occupied),
        ]),
      );
    }
    expect(await values('metric=beds_total&group_by=area')).toEqual(
      new Map([
        ['ba-dinh', 400],
        ['ba-vi', 50],
      ]),
    );
    expect(await values('metric=bed_occupancy&group_by=area')).toEqual(
      new Map([
        ['ba-dinh', 30],
        ['ba-vi', 40],
      ]),
    );
  });

  it('count their beds once at any reporting rate', async () => {
    let named = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 20 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (hospitals) => {
          const devices = hospitals.map(([beds, times]) => {
            named += 1;
            return { id: `any-hospital-${named}`, beds, times };
          });
          await city.register(...devices.map(({ id }) => device(id, { domain: 'health', kind: 'hospital' })));
          await city.store(
            ...devices.flatMap(({ id, beds, times }) =>
              Array.from({ length: times }, (_, i) => observation(id, 'beds_total', START + i * 3 * MINUTE, beds)),
            ),
          );
          const ids = devices.map(({ id }) => id).join(',');
          const total = await values(`metric=beds_total&group_by=domain&device=${ids}`);
          expect(total.get('health')).toBe(hospitals.reduce((sum, [beds]) => sum + beds, 0));
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('H3 cells', () => {
  it('add up to their parents at every resolution, of what stands and what moves', async () => {
    const coordinate = fc.tuple(
      fc.double({ min: 105.3, max: 106, noNaN: true }),
      fc.double({ min: 20.6, max: 21.3, noNaN: true }),
    );
    const counter = fc.record({ place: coordinate, moves: fc.boolean(), counts: fc.integer({ min: 1, max: 1_000 }) });
    let named = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(counter, { minLength: 2, maxLength: 30 }), async (counters) => {
        const devices = counters.map((each) => {
          named += 1;
          return { ...each, id: `cell-${named}` };
        });
        await city.register(
          ...devices.map(({ id, moves, place }) =>
            device(id, moves ? { kind: 'bus', geometry: null } : { geometry: point(place) }),
          ),
        );
        await city.store(
          ...devices.map(({ id, moves, place: [lon, lat], counts }) =>
            observation(id, 'vehicle_count', START, counts, {
              ...(moves ? { position: [lon, lat], cell: latLngToCell(lat, lon, CELL_RESOLUTION) } : {}),
            }),
          ),
        );
        const ids = devices.map(({ id }) => id).join(',');
        const total = counters.reduce((sum, { counts }) => sum + counts, 0);
        let children: Map<unknown, unknown> | undefined;
        for (let resolution = CELL_RESOLUTION; resolution >= 0; resolution -= 1) {
          const cells = await values(`metric=vehicle_count&group_by=h3&resolution=${resolution}&device=${ids}`);
          expect([...cells.values()].reduce<number>((sum, value) => sum + Number(value), 0)).toBe(total);
          if (children) {
            const sums = new Map<unknown, number>();
            for (const [cell, value] of children) {
              const parent = cellToParent(String(cell), resolution);
              sums.set(parent, (sums.get(parent) ?? 0) + Number(value));
            }
            expect(cells).toEqual(sums);
          }
          children = cells;
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe('figures per inhabitants', () => {
  // Ba Đình has 65,023 inhabitants; of Ba Vì the city's own rows do not know.
  beforeAll(async () => {
    await city.register(
      device('per-1', { geometry: point(BA_DINH) }),
      device('per-2', { geometry: point(BA_DINH) }),
      device('per-3', { geometry: point(BA_VI) }),
    );
    await city.store(
      observation('per-1', 'vehicle_count', START, 60_000),
      observation('per-2', 'vehicle_count', START, 5_023),
      observation('per-3', 'vehicle_count', START, 7),
    );
  });
  const ask = (query: string) => city.list(`/api/v1/aggregates?${RANGE}&device=per-1,per-2,per-3&${query}`);

  it('share a sum out among the people of each area, and say which areas have none known', async () => {
    const page = await ask('metric=vehicle_count&group_by=area&per=10000&fn=sum,max,count');
    expect(page).toMatchObject({ per: 10_000, without_population: ['ba-vi'] });
    expect(page.items).toMatchObject([
      { group: 'ba-dinh', value: 10_000, sum: 10_000, max: 60_000, count: 2, population: 65_023 },
    ]);
  });

  it('say so where figures are not shared out', async () => {
    const page = await ask('metric=vehicle_count&group_by=area');
    expect(page.per).toBeNull();
    expect(page).not.toHaveProperty('without_population');
    expect(page.items[0]).not.toHaveProperty('population');
  });

  it.each([
    ['by anything but areas', 'metric=vehicle_count&group_by=provider&per=1000'],
    ['of a mean', 'metric=mean_speed&group_by=area&per=1000'],
    ['of a ratio', 'metric=bed_occupancy&group_by=area&per=1000'],
    ['of an index', 'metric=vn_aqi&group_by=area&per=1000'],
    ['of nobody', 'metric=vehicle_count&group_by=area&per=0'],
    ['of a part of somebody', 'metric=vehicle_count&group_by=area&per=0.5'],
    ['of more than a million', 'metric=vehicle_count&group_by=area&per=1000001'],
  ])('are refused %s', async (_, query) => {
    expect((await city.request(`/api/v1/aggregates?${RANGE}&${query}`)).status).toBe(400);
  });
});
