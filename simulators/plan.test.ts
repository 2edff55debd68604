import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { NewDevice } from '../model/device.ts';
import { type BBox, within } from '../model/geometry.ts';
import { planFleet, SIMULATED_PROVIDER } from './plan.ts';

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

  it('has every kind of the catalogue in the default city', () => {
    const kinds = new Set(planFleet(600, 1).map(({ device }) => `${device.domain}/${device.kind}`));
    for (const domain of ['traffic', 'tourism', 'health'])
      for (const kind of catalogue.domain(domain)?.kinds ?? []) expect(kinds).toContain(`${domain}/${kind.id}`);
  });

  it('is the same for the same seed, and a device does not depend on the size of its fleet', () => {
    const small = planFleet(600, 5);
    const large = new Map(planFleet(2_000, 5).map((planned) => [planned.device.id, planned]));
    expect(planFleet(600, 5).map(({ device, seed }) => ({ device, seed }))).toEqual(
      small.map(({ device, seed }) => ({ device, seed })),
    );
    for (const { device, seed } of small) expect(large.get(device.id)).toMatchObject({ device, seed });
  });

  it('refuses what is no number of devices', () => {
    for (const count of [-1, 1.5, Number.NaN]) expect(() => planFleet(count, 1)).toThrow(RangeError);
  });
});
