import { expect, test } from 'vitest';
import type { MapFeature } from '../api/shapes.ts';
import { at, cityWith, counter, NOW } from '../testing/city.ts';
import { deviceOf } from './device.ts';
import { type Colouring, markOf, PLAIN } from './mark.ts';
import { scalesOf } from './scales.ts';

const { catalogue } = cityWith();
const value = (of: number, secondsAgo = 10) =>
  ({ value: of, time: at(secondsAgo), age: secondsAgo, quality: 'valid', level: null }) as const;
const hospital = (latest: MapFeature['properties']['latest']) =>
  deviceOf('health', counter({ id: 'hospital-1', kind: 'hospital', latest }));
const device = deviceOf('traffic', counter({ latest: { mean_speed: value(8), vehicle_count: value(40) } }));
const by = (id: string, more: Partial<Colouring> = {}): Colouring => ({
  ...PLAIN,
  chosen: catalogue.figure(id) ?? null,
  ...more,
});

test('a device is coloured by its headline, unless another metric that it reports is asked for', () => {
  expect(markOf(device, catalogue, NOW)).toMatchObject({ tone: 'severe', answers: true });
  const count = markOf(device, catalogue, NOW, by('vehicle_count'));
  expect(count).toMatchObject({ tone: 'unrated', answers: true, reading: { value: 40 } });
  expect(markOf(device, catalogue, NOW, by('bus_delay'))).toMatchObject({ tone: 'severe', answers: false });
});

test('without bands the classes of what is shown give the colour', () => {
  const others = [10, 20, 30, 50].map((of) => deviceOf('traffic', counter({ latest: { vehicle_count: value(of) } })));
  const { chosen } = by('vehicle_count');
  const scales = scalesOf([...others, device], catalogue, { domain: 'traffic', chosen });
  expect(markOf(device, catalogue, NOW, by('vehicle_count', { scales })).tone).toBe('step-3');
});

test('a ratio is of the newest values of both metrics, and as old as the older of them', () => {
  const full = hospital({ beds_occupied: value(90, 30), beds_total: value(100, 600) });
  const { reading, tone, answers } = markOf(full, catalogue, NOW, by('bed_occupancy'));
  expect(reading).toEqual({ value: 90, time: NOW - 600_000, quality: 'valid' });
  expect([answers, tone]).toEqual([true, expect.stringMatching(/fair|poor|severe/)]);
});

test.each([
  ['half of a ratio', { beds_occupied: value(90) }],
  ['a ratio to nothing', { beds_occupied: value(0), beds_total: value(0) }],
])('%s is no value', (_, latest) => {
  expect(markOf(hospital(latest), catalogue, NOW, by('bed_occupancy'))).toMatchObject({
    reading: undefined,
    tone: 'none',
  });
});

test('a device whose metrics are all kept from the reader is hidden, and as live as the city says', () => {
  const gateway = deviceOf('ict', counter({ kind: 'security-gateway', latest: {}, condition: 'live' }));
  const mark = markOf(gateway, catalogue, NOW, { ...PLAIN, hides: (id) => id === 'failed_logins' });
  expect(mark).toMatchObject({ hidden: true, condition: 'live', faded: false, tone: 'none' });
  expect(markOf(gateway, catalogue, NOW).hidden).toBe(false);
});

test('a device that reports is stale where what is shown of it is old', () => {
  const mixed = deviceOf('traffic', counter({ latest: { mean_speed: value(40, 900), vehicle_count: value(3) } }));
  expect(markOf(mixed, catalogue, NOW)).toMatchObject({ condition: 'live', faded: false, stale: true });
  expect(markOf(mixed, catalogue, NOW, by('vehicle_count')).stale).toBe(false);
  const gone = deviceOf('traffic', counter({ latest: { mean_speed: value(40, 900) } }));
  expect(markOf(gone, catalogue, NOW)).toMatchObject({ faded: true, stale: false });
});

test('a device with quarantined messages is marked for who may know', () => {
  expect(markOf(device, catalogue, NOW).quarantined).toBe(false);
  expect(markOf(device, catalogue, NOW, { ...PLAIN, quarantined: (id) => id === device.id }).quarantined).toBe(true);
});
