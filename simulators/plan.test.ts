import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { NewDevice } from '../model/device.ts';
import { type BBox, type Position, within } from '../model/geometry.ts';
import { planFleet, SIMULATED_PROVIDER } from './plan.ts';
import { run } from './sampling.fixture.ts';
import { metres, wayOf } from './way.ts';

const LAKE: Position = [105.8524, 21.0287];
/** The bounds of the city, from its boundary. */
const HANOI: BBox = [105.28, 20.56, 106.03, 21.39];

describe('planFleet', () => {
  it('gives exactly as many devices as asked for, with ids of their own, valid and of known kinds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), fc.integer(), (count, seed) => {
        const devices = planFleet(count, seed).map(({ device }) => device);
        expect(devices.length).toBe(count);
        expect(new Set(devices.map((device) => device.id)).size).toBe(count);
        for (const device of devices) {
          expect(NewDevice.safeParse(device).error).toBeUndefined();
          expect(device).toMatchObject({ simulated: true, provider: SIMULATED_PROVIDER.id });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('gives every device the geometry of its kind, inside Hanoi', () => {
    for (const { device } of planFleet(2_000, 3)) {
      const geometry = catalogue.kind(device.domain, device.kind)?.geometry;
      const given = device.position ? 'point' : device.geometry?.type === 'LineString' ? 'line' : 'moving';
      expect(given, device.id).toBe(geometry);
      const points =
        device.geometry?.type === 'LineString' ? device.geometry.coordinates : device.position ? [device.position] : [];
      for (const point of points) expect(within(HANOI, point), device.id).toBe(true);
    }
  });

  it('gives no two devices of a kind the same place', () => {
    const places = planFleet(2_000, 3)
      .filter(({ device }) => device.position)
      .map(({ device }) => `${device.kind} ${device.position?.join()}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('has every kind of every domain but the products of makers in the default city, and the figures it is meant to have', () => {
    const devices = planFleet(600, 1).map(({ device }) => device);
    const kinds = new Set(devices.map((device) => `${device.domain}/${device.kind}`));
    for (const { id, kinds: rows } of catalogue.domains)
      for (const kind of rows) if (kind.like === undefined) expect(kinds).toContain(`${id}/${kind.id}`);
    const count = (domain: string) => devices.filter((device) => device.domain === domain).length;
    expect(Object.fromEntries(catalogue.domains.map(({ id }) => [id, count(id)]))).toEqual({
      traffic: 240,
      environment: 55,
      health: 70,
      education: 60,
      tourism: 60,
      'public-services': 70,
      ict: 45,
    });
  });

  it('has each of the seventeen air stations once in the default city', () => {
    const stations = planFleet(600, 1).filter(({ device }) => device.kind === 'air-station');
    expect(new Set(stations.map(({ device }) => device.tags?.openaq)).size).toBe(17);
    expect(stations.length).toBe(17);
  });

  it('draws links as slight curves from the data centre', () => {
    const links = planFleet(600, 1).filter(({ device }) => device.kind === 'network-link');
    const lines = links.map(({ device }) =>
      device.geometry?.type === 'LineString' ? device.geometry.coordinates : [],
    );
    expect(new Set(lines.map((line) => line[0]?.join())).size).toBe(1);
    for (const line of lines) {
      const way = wayOf(line);
      const [from = LAKE, to = LAKE] = [line[0], line.at(-1)];
      expect(way.length / metres(from, to)).toBeGreaterThan(1.005);
      expect(way.length / metres(from, to)).toBeLessThan(1.05);
    }
  });

  it('knows a device by the same id as ever', () => {
    const ids = new Set(planFleet(600, 1).map(({ device }) => device.id));
    for (const id of [
      'sim-counter-an-trach-cat-linh-1',
      'sim-bus-01-1',
      'sim-hospital-bach-mai-1',
      'sim-sight-van-mieu-1',
    ])
      expect(ids).toContain(id);
  });

  it('is the same for the same seed, and a device does not depend on the size of its fleet', () => {
    const small = planFleet(600, 5);
    const large = new Map(planFleet(2_000, 5).map((planned) => [planned.device.id, planned]));
    expect(planFleet(600, 5).map(({ device, seed }) => ({ device, seed }))).toEqual(
      small.map(({ device, seed }) => ({ device, seed })),
    );
    const times = [Date.UTC(2026, 6, 14, 2), Date.UTC(2026, 6, 14, 2, 5), Date.UTC(2026, 6, 15)];
    for (const planned of small) {
      const { device, seed } = planned;
      const same = large.get(device.id);
      expect(same).toMatchObject({ device, seed });
      if (same) expect(run(same, times)).toEqual(run(planned, times));
    }
  });

  it('refuses what is no number of devices', () => {
    for (const count of [-1, 1.5, Number.NaN]) expect(() => planFleet(count, 1)).toThrow(RangeError);
  });
});
