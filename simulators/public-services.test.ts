import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFleet } from './plan.ts';
import { meanOf, run, valueAt } from './sampling.fixture.ts';
import type { SimulatedDevice } from './script.ts';

const fleet = planFleet(600, 1);
const desks = fleet.filter(({ device }) => device.kind === 'service-desk');
const registries = fleet.filter(({ device }) => device.kind === 'civil-registry');
const anyTime = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) });

/** Hanoi's midnight of Monday, 2026-11-23, and a quarter of an hour of the week that follows. */
const MONDAY = Date.UTC(2026, 10, 22, 17);
const QUARTER = 900_000;
const at = (day: number, hour: number) => MONDAY + ((day - 1) * 24 + hour) * 3_600_000;
const WEEK = Array.from({ length: 7 * 96 }, (_, i) => MONDAY + i * QUARTER);

/** Dossiers of a week: received, online, on time. */
function week(devices: readonly SimulatedDevice[]) {
  const readings = devices.flatMap((device) => run(device, WEEK, 900).map(({ values }) => values));
  const sum = (metric: string) => readings.reduce((total, values) => total + (values[metric] ?? 0), 0);
  const received = sum('dossiers_received');
  return { received, online: sum('dossiers_online') / received, onTime: sum('dossiers_on_time') / received };
}

describe('one-stop desks', () => {
  it('never have more dossiers online or on time than they received', () => {
    fc.assert(
      fc.property(fc.constantFrom(...desks), fc.array(anyTime, { minLength: 1, maxLength: 10 }), (desk, times) => {
        for (const { values } of run(desk, times, 900)) {
          const { dossiers_received = -1, dossiers_online = 0, dossiers_on_time = 0 } = values;
          expect(dossiers_online).toBeLessThanOrEqual(dossiers_received);
          expect(dossiers_on_time).toBeLessThanOrEqual(dossiers_received);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('get over nine of ten dossiers online: nearly all of tax, least of business registration', () => {
    const all = week(desks);
    expect(all.received).toBeGreaterThan(5_000);
    expect(all.online).toBeGreaterThan(0.9);
    expect(all.online).toBeLessThan(0.96);
    expect(all.onTime).toBeGreaterThan(0.95);
    const field = (id: string) => week(desks.filter(({ device }) => device.tags?.field === id)).online;
    expect(field('tax')).toBeGreaterThan(0.95);
    expect(field('social-insurance')).toBeGreaterThan(0.8);
    expect(field('social-insurance')).toBeLessThan(0.9);
    expect(field('business-registration')).toBeGreaterThan(0.7);
    expect(field('business-registration')).toBeLessThan(0.82);
    const level = (of: string) => week(desks.filter(({ device }) => device.tags?.level === of)).online;
    expect(level('4')).toBeGreaterThan(level('3'));
  });

  it('have people waiting in office hours only, but dossiers online by night and on Sundays too', () => {
    const queue = (time: number) => meanOf(desks.map((desk) => valueAt(desk, 'counter_queue', time, 300)));
    expect(queue(at(2, 9))).toBeGreaterThan(3);
    for (const closed of [at(2, 6), at(2, 12), at(2, 18), at(6, 9), at(7, 9)]) expect(queue(closed)).toBe(0);
    const received = (time: number) => meanOf(desks.map((desk) => valueAt(desk, 'dossiers_received', time, 3_600)));
    expect(received(at(2, 21))).toBeGreaterThan(0.5);
    expect(received(at(7, 10))).toBeGreaterThan(0.3);
    expect(received(at(2, 9))).toBeGreaterThan(3 * received(at(7, 9)));
  });

  it('see their queues follow what is received', () => {
    const hours = Array.from({ length: 40 }, (_, i) => at(1 + (i % 5), 7.6 + (i % 8) * 0.5));
    const figures = hours.map((time) => ({
      received: meanOf(desks.map((desk) => valueAt(desk, 'dossiers_received', time, 900))),
      queue: meanOf(desks.map((desk) => valueAt(desk, 'counter_queue', time, 300))),
    }));
    const [r, q] = [meanOf(figures.map((f) => f.received)), meanOf(figures.map((f) => f.queue))];
    const product = meanOf(figures.map((f) => (f.received - r) * (f.queue - q)));
    const deviation = (of: 'received' | 'queue', mean: number) =>
      Math.sqrt(meanOf(figures.map((f) => (f[of] - mean) ** 2)));
    expect(product / (deviation('received', r) * deviation('queue', q))).toBeGreaterThan(0.5);
  });

  it('stand for both levels and all five fields', () => {
    const tags = new Set(desks.map(({ device }) => `${device.tags?.field} ${device.tags?.level}`));
    expect(tags.size).toBe(10);
  });
});

describe('civil registries', () => {
  it('digitise slowly, never backwards and never more than there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...registries),
        fc.array(anyTime, { minLength: 2, maxLength: 10 }),
        (registry, times) => {
          let before = { records_digitised: 0, records_total: 0 };
          for (const { values } of run(
            registry,
            times.sort((a, b) => a - b),
          )) {
            const { records_digitised = -1, records_total = -1 } = values;
            expect(records_digitised).toBeLessThanOrEqual(records_total);
            expect(records_digitised).toBeGreaterThanOrEqual(before.records_digitised);
            expect(records_total).toBeGreaterThanOrEqual(before.records_total);
            before = { records_digitised, records_total };
          }
        },
      ),
    );
  });

  it('are furthest in the wards of Long Biên', () => {
    const share = (registry: SimulatedDevice) =>
      valueAt(registry, 'records_digitised', MONDAY) / valueAt(registry, 'records_total', MONDAY);
    const first = registries.filter(({ device }) =>
      ['long-bien', 'bo-de', 'viet-hung', 'phuc-loi'].includes(device.tags?.ward ?? ''),
    );
    const others = registries.filter((registry) => !first.includes(registry));
    expect(first.length).toBe(4);
    expect(Math.min(...first.map(share))).toBeGreaterThan(Math.max(...others.map(share)));
  });
});
