import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId } from '../../model/device.ts';
import type { Position } from '../../model/geometry.ts';
import { type CsvRecord, createMapper, type Mapped, positionOf } from './mapping.ts';
import { readingOf } from './message.ts';
import { ReplayOptions } from './options.ts';
import { shiftOf } from './shift.ts';
import { slug } from './slug.ts';

const base = {
  file: 'x.csv',
  domain: 'tourism',
  kind: 'footfall-counter',
  metric: ['Count=visitor_count'],
  device: 'Sensor',
  devicePrefix: 'm-',
  time: 'Date,Hour',
  timeFormat: 'dd-MMM-yyyy H',
  timezone: 'Australia/Melbourne',
  at: '21.03,105.85',
};
const mapper = (given: Record<string, unknown> = {}, locations = new Map<string, Position>(), moving = false) =>
  createMapper({ options: ReplayOptions.parse({ ...base, ...given }), locations, moving });
const row = { Sensor: '4', Count: '868', Date: '01-Mar-2014', Hour: '0' };
const skipped = (mapped: Mapped) => ('skipped' in mapped ? mapped.skipped : undefined);
const timeOf = (mapped: Mapped) => ('skipped' in mapped ? undefined : mapped.time);

describe('a row', () => {
  it('becomes a reading of its device', () => {
    expect(mapper()(row)).toEqual({
      device: 'm-4',
      source: '4',
      name: '4',
      place: [105.85, 21.03],
      position: undefined,
      time: Date.UTC(2014, 1, 28, 13),
      ambiguous: false,
      values: { visitor_count: 868 },
      missing: 0,
      quality: undefined,
    });
  });

  it('carries several metrics, and those that are there where one is missing', () => {
    const map = mapper({ kind: 'sight', metric: ['Count=visitor_count,Queue=queue_time', 'Noise=noise_level'] });
    expect(map({ ...row, Queue: '12.5', Noise: 'NA' })).toMatchObject({
      values: { visitor_count: 868, queue_time: 12.5 },
      missing: 1,
    });
  });

  it.each([
    ['missing-value', {}, { Count: '' }],
    ['missing-value', {}, { Count: ' NA ' }],
    ['missing-value', { missing: '-999,x' }, { Count: '-999' }],
    ['not-a-number', {}, { Count: '1,5' }],
    ['not-a-number', {}, { Count: 'Infinity' }],
    ['not-a-number', { missing: 'NA' }, { Count: '' }],
    ['wrong-time', {}, { Hour: '25' }],
    ['no-such-local-time', {}, { Date: '05-Oct-2014', Hour: '2' }],
    ['no-device', {}, { Sensor: '' }],
    ['no-device', { devicePrefix: '' }, { Sensor: '四' }],
    ['no-position', { at: undefined }, {}],
    ['wrong-position', { position: 'Lat,Lon' }, { Lat: '95', Lon: '1' }],
    ['wrong-position', { position: 'Lat,Lon' }, { Lat: '9', Lon: '' }],
    ['unknown-quality', { quality: 'Q', qualityMap: ['ok=valid'] }, { Q: 'broken' }],
    ['filtered', { where: ['Sensor=5'] }, {}],
  ])('is skipped as %s', (reason, options, cells) => {
    expect(skipped(mapper(options)({ ...row, ...cells }))).toBe(reason);
  });

  it('takes its quality from the map, and an empty one says nothing', () => {
    const map = mapper({ quality: 'Q', qualityMap: ['Valid=valid', 'Suspect=suspect', 'Invalid=invalid'] });
    expect(map({ ...row, Q: 'Invalid' })).toMatchObject({ quality: 'invalid' });
    expect(map({ ...row, Q: '' })).toMatchObject({ quality: undefined });
  });

  it('takes its place from its own columns, else from the locations, else from --at', () => {
    const locations = new Map<string, Position>([['4', [144.9, -37.8]]]);
    expect(mapper({ position: 'Lat,Lon' }, locations)({ ...row, Lat: '-37.1', Lon: '144.1' })).toMatchObject({
      place: [144.1, -37.1],
    });
    expect(mapper({}, locations)(row)).toMatchObject({ place: [144.9, -37.8] });
    expect(mapper({}, locations)({ ...row, Sensor: '9' })).toMatchObject({ place: [105.85, 21.03] });
  });

  it('carries its position only where the kind moves', () => {
    const given = { domain: 'traffic', kind: 'bus', metric: ['Count=bus_delay'], position: 'Lat,Lon', at: undefined };
    const map = mapper(given, undefined, true);
    expect(map({ ...row, Lat: '21', Lon: '105.8' })).toMatchObject({ position: [105.8, 21] });
    expect(map({ ...row, Lat: '', Lon: '' })).toMatchObject({ position: undefined });
  });
});

describe('a local time that came twice', () => {
  const ambiguous = { ...row, Date: '06-Apr-2014', Hour: '2' };
  const earlier = Date.UTC(2014, 3, 5, 15);
  const later = Date.UTC(2014, 3, 5, 16);

  it('is the earlier instant in the first row of a device and the later in the second', () => {
    const map = mapper();
    expect(timeOf(map(ambiguous))).toBe(earlier);
    expect(timeOf(map({ ...ambiguous, Sensor: '5' }))).toBe(earlier);
    expect(timeOf(map(ambiguous))).toBe(later);
  });

  it('is the other way round in a file with the newest first', () => {
    const map = mapper({ ambiguous: 'later' });
    expect([timeOf(map(ambiguous)), timeOf(map(ambiguous))]).toEqual([later, earlier]);
  });

  it('is not used up by a row that is skipped', () => {
    const map = mapper();
    expect(skipped(map({ ...ambiguous, Count: 'NA' }))).toBe('missing-value');
    expect(timeOf(map(ambiguous))).toBe(earlier);
  });
});

describe('mapping whatever a file may hold', () => {
  it('never throws, and what it does not skip is a valid device, a finite value and a time', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', 'NA', '0', '-1', '06-Apr-2014', '2', '1e309', '0x10'));
    const record: fc.Arbitrary<CsvRecord> = fc.record({ Sensor: cell, Count: cell, Date: cell, Hour: cell });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const map = mapper();
        for (const mapped of records.map(map)) {
          if ('skipped' in mapped) continue;
          expect(DeviceId.safeParse(mapped.device).success).toBe(true);
          expect(Number.isSafeInteger(mapped.time)).toBe(true);
          for (const value of Object.values(mapped.values)) expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('makes of every number the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(mapper()({ ...row, Count: String(value) })).toMatchObject({ values: { visitor_count: value + 0 || 0 } });
      }),
    );
  });
});

describe('a reading', () => {
  it('names the quality of every metric it carries, and its shifted time', () => {
    const mapped = mapper({ quality: 'Q', qualityMap: ['s=suspect'] })({ ...row, Q: 's' });
    if ('skipped' in mapped) throw new Error('skipped');
    expect(readingOf(mapped, 1_000)).toEqual({
      time: Date.UTC(2014, 1, 28, 13) + 1_000,
      values: { visitor_count: 868 },
      quality: { visitor_count: 'suspect' },
    });
  });
});

describe('shifting to now', () => {
  it('moves by whole units, as near to now as they allow and never behind it', () => {
    const ms = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(ms, ms, fc.constantFrom('hour', 'day', 'week'), (newest, now, unit) => {
        const length = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 }[unit];
        const shift = shiftOf(newest, now, unit);
        expect(Math.abs(shift % length)).toBe(0);
        expect(newest + shift).toBeLessThanOrEqual(now);
        expect(now - newest - shift).toBeLessThan(length);
      }),
    );
  });
});

describe('slug', () => {
  it('makes ids of names in Vietnamese and other letters', () => {
    expect(slug('Phố Đinh Tiên Hoàng (bờ hồ)')).toBe('pho-dinh-tien-hoang-bo-ho');
    expect(slug('  --A__b//C  ')).toBe('a-b-c');
    expect(slug('四')).toBe('');
  });
});

describe('positionOf', () => {
  it('turns latitude and longitude round, and knows what is none', () => {
    expect(positionOf(['21.03', '105.85'])).toEqual([105.85, 21.03]);
    expect(positionOf(['', ''])).toBeUndefined();
    for (const wrong of [
      ['21', ''],
      ['', '105'],
      ['91', '105'],
      ['x', '105'],
    ])
      expect(positionOf(wrong)).toBeNull();
  });
});
