import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Area } from '../../model/area.ts';
import { Device } from '../../model/device.ts';
import type { Position } from '../../model/geometry.ts';

/** A SHA-256 that stands for a secret's. */
export function hashOf(secret: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(secret).digest());
}

export function device(id: string, parts: Partial<Device> = {}): Device {
  return {
    id,
    domain: 'traffic',
    kind: 'counter',
    name: `Counter ${id}`,
    geometry: { type: 'Point', coordinates: [105.85, 21.03] },
    provider: 'hanoi',
    tags: {},
    simulated: false,
    state: 'active',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-02T00:00:00.000Z',
    ...parts,
  };
}

export const registration = (given: Device) => ({ device: given, hash: hashOf(given.id) });

export function area(id: string, parts: Partial<Area> = {}): Area {
  return {
    id,
    level: 'ward',
    kind: 'ward',
    name: { vi: `Phường ${id}`, en: `${id} Ward` },
    population: 65_023,
    point: [105.84, 21.04],
    approximate: false,
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [105.8, 21],
          [105.9, 21],
          [105.9, 21.1],
          [105.8, 21],
        ],
      ],
    },
    ...parts,
  };
}

const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).map((x) => (x === 0 ? 0 : x));
const position: fc.Arbitrary<Position> = fc.tuple(degrees(180), degrees(90));
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
/** Any text JSON can carry, controls, U+0000 and lone surrogates included. */
export const naughtyText = (maxLength: number) =>
  fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom('\0', '\ud800', '\udc00'),
    ),
    minLength: 1,
    maxLength,
  });

/** Any device the model allows. */
export const anyDevice: fc.Arbitrary<Device> = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9][a-z0-9-]{2,63}$/),
    domain: fc.constantFrom('traffic', 'tourism', 'health'),
    kind: fc.constantFrom('counter', 'bus', 'hospital'),
    name: naughtyText(40).filter((name) => name.trim() !== ''),
    geometry: fc.oneof(
      fc.constant(null),
      position.map((coordinates) => ({ type: 'Point' as const, coordinates })),
      fc
        .array(position, { minLength: 2, maxLength: 8 })
        .map((coordinates) => ({ type: 'LineString' as const, coordinates })),
    ),
    provider: fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}$/),
    tags: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,31}$/), naughtyText(20), {
      maxKeys: 16,
      noNullPrototype: true,
    }),
    simulated: fc.boolean(),
    state: fc.constantFrom('active' as const, 'retired' as const),
    created: instant,
    updated: instant,
  })
  .map((given) => Device.parse(given));
