import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import type { Position } from '../model/geometry.ts';
import { BUS_ROUTES } from '../model/places/bus-routes.ts';
import { lineOf } from '../model/places/line.ts';
import { planFleet } from './plan.ts';
import { mean, run } from './sampling.fixture.ts';
import { metres, positionOn, wayOf } from './way.ts';

const fleet = planFleet(600, 1);
const ofKind = (kind: string) => fleet.filter(({ device }) => device.kind === kind);
const anyDevice = fc.constantFrom(...fleet);
const anyTime = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) });

/** 2026-11-24 is a Tuesday, 2026-11-28 a Saturday; hours are Hanoi's. */
const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour - 7);

describe('device scripts', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('give the same readings for the same seed and times, in whatever zone the process runs', () => {
    fc.assert(
      fc.property(anyDevice, fc.array(anyTime, { minLength: 1, maxLength: 8 }), (device, times) => {
        vi.stubEnv('TZ', 'America/Los_Angeles');
        const first = run(device, times);
        vi.stubEnv('TZ', 'Pacific/Chatham');
        // A plan of its own: nothing of the first answer is remembered.
        const again = planFleet(600, 1).find(({ device: { id } }) => id === device.device.id) ?? fail();
        expect(run(again, times)).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });

  it('differ for another seed', () => {
    const counter = ofKind('counter')[0];
    const other = planFleet(600, 2).find(({ device }) => device.id === counter?.device.id);
    if (!counter || !other) throw new Error('no counter');
    expect(run(counter, [at(24, 8)])).not.toEqual(run(other, [at(24, 8)]));
  });

  it('report exactly the metrics of their kind, always inside the range', () => {
    fc.assert(
      fc.property(anyDevice, fc.array(anyTime, { minLength: 1, maxLength: 6 }), (device, times) => {
        const metrics = catalogue.kind(device.device.domain, device.device.kind)?.metrics ?? [];
        for (const { values } of run(device, times)) {
          expect(Object.keys(values).sort()).toEqual([...metrics].sort());
          for (const [id, value] of Object.entries(values)) {
            const [low, high] = catalogue.metric(id)?.range ?? [0, 0];
            expect(value, `${device.device.id} ${id}`).toBeGreaterThanOrEqual(low);
            expect(value, `${device.device.id} ${id}`).toBeLessThanOrEqual(high);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('keep moving devices on their line, and only those report a position', () => {
    const ways = BUS_ROUTES.map(([, , line]) => lineOf(line));
    const offLine = (position: Position) => Math.min(...ways.map((line) => distanceToLine(position, line)));
    fc.assert(
      fc.property(anyDevice, fc.array(anyTime, { minLength: 1, maxLength: 4 }), (device, times) => {
        const moving = catalogue.kind(device.device.domain, device.device.kind)?.geometry === 'moving';
        for (const { position } of run(device, times)) {
          expect(position !== undefined).toBe(moving);
          if (position) expect(offLine(position)).toBeLessThan(1);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the rhythm of the city', () => {
  it('makes roads slower and fuller in the rush hours than at night and at the weekend', () => {
    const roads = [...ofKind('counter'), ...ofKind('road-segment')];
    for (const rush of [8, 17.5]) {
      expect(mean(roads, 'mean_speed', at(24, rush))).toBeLessThan(0.6 * mean(roads, 'mean_speed', at(24, 3)));
      expect(mean(roads, 'occupancy', at(24, rush))).toBeGreaterThan(mean(roads, 'occupancy', at(28, rush)));
    }
    expect(mean(ofKind('counter'), 'vehicle_count', at(24, 8))).toBeGreaterThan(
      mean(ofKind('counter'), 'vehicle_count', at(24, 12.9)),
    );
  });

  it('makes buses late in the rush hour and lets them stand at night', () => {
    expect(mean(ofKind('bus'), 'bus_delay', at(24, 8))).toBeGreaterThan(mean(ofKind('bus'), 'bus_delay', at(24, 14)));
    expect(mean(ofKind('bus'), 'vehicle_speed', at(24, 2))).toBe(0);
    const [one, two] = run(ofKind('bus')[0] ?? fail(), [at(24, 10), at(24, 10) + 60_000]);
    expect(metres(one?.position ?? [0, 0], two?.position ?? [0, 0])).toBeGreaterThan(0);
  });

  it('empties gated sights at night and fills Hoàn Kiếm in the evening, most at the weekend', () => {
    const museum = fleet.filter(({ device }) => device.id.startsWith('sim-sight-van-mieu'));
    expect(mean(museum, 'crowding', at(24, 22))).toBe(0);
    expect(mean(museum, 'visitor_count', at(24, 22))).toBe(0);
    expect(mean(museum, 'crowding', at(24, 10))).toBeGreaterThan(20);
    const lake = fleet.filter(({ device }) => device.id.startsWith('sim-sight-ho-hoan-kiem'));
    expect(mean(lake, 'crowding', at(24, 20))).toBeGreaterThan(mean(lake, 'crowding', at(24, 10)));
    expect(mean(lake, 'crowding', at(28, 20))).toBeGreaterThan(mean(lake, 'crowding', at(24, 20)));
  });

  it('makes hospitals busiest in the morning and fills car parks by day', () => {
    const hospitals = ofKind('hospital');
    expect(mean(hospitals, 'er_waiting_time', at(24, 9))).toBeGreaterThan(
      2 * mean(hospitals, 'er_waiting_time', at(24, 3)),
    );
    expect(mean(ofKind('parking'), 'parking_free', at(24, 10))).toBeLessThan(
      mean(ofKind('parking'), 'parking_free', at(24, 3)),
    );
  });

  it('keeps a vaccine fridge between 2 and 8 °C but for the rare open door', () => {
    const minutes = Array.from({ length: 7 * 24 * 12 }, (_, i) => at(24, 0) + i * 300_000);
    const readings = ofKind('vaccine-fridge').flatMap((fridge) => run(fridge, minutes).map(({ values }) => values));
    const outside = readings.filter(({ vaccine_fridge_temperature: t = Number.NaN }) => !(t >= 2 && t <= 8)).length;
    expect(outside).toBeGreaterThan(0);
    expect(outside / readings.length).toBeLessThan(0.01);
  });

  it('counts by the time since the last report, so that twice the wait is twice the vehicles', () => {
    const counter = ofKind('counter')[0] ?? fail();
    const counts = (gap: number) => {
      const times = Array.from({ length: 60 }, (_, i) => at(24, 14) + i * gap * 1_000);
      return run(counter, times).reduce((sum, { values }) => sum + (values.vehicle_count ?? 0), 0);
    };
    expect(counts(20) / counts(10)).toBeCloseTo(2, 0);
  });
});

describe('ways', () => {
  it('lead to and fro: the end is reached once, then it goes back', () => {
    const way = wayOf([
      [105.8, 21],
      [105.81, 21],
      [105.81, 21.01],
    ]);
    expect(positionOn(way, 0)).toEqual([105.8, 21]);
    expect(positionOn(way, way.length)).toEqual([105.81, 21.01]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: way.length, noNaN: true }), (gone) => {
        expect(metres(positionOn(way, way.length + gone), positionOn(way, way.length - gone))).toBeLessThan(0.5);
      }),
    );
  });
});

/** Metres from a position to a line, on a plane laid at the line. */
function distanceToLine(position: Position, line: readonly Position[]): number {
  const flat = ([lon, lat]: Position) => [lon * 103_800, lat * 111_195] as const;
  const [px, py] = flat(position);
  return Math.min(
    ...line.slice(1).map((end, i) => {
      const [ax, ay] = flat(line[i] ?? end);
      const [bx, by] = flat(end);
      const span = (bx - ax) ** 2 + (by - ay) ** 2;
      const t = span === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / span));
      return Math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay));
    }),
  );
}

function fail(): never {
  throw new Error('no such device');
}
