import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DOMAINS } from '../../model/domains/index.ts';
import type { Figure } from '../state/figure.ts';
import { type CsvSeries, seriesCsv } from './csv.ts';
import { trackOfObservations, trackOfWindows } from './track.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const from = Date.UTC(2026, 10, 23, 1);
const to = from + 3_600_000;
const frame = { from, to, now: to, interval: 60, completeness: 1 };

function figureOf(id: string): Figure {
  const figure = DOMAINS.flatMap(({ metrics }) => metrics).find((metric) => metric.id === id);
  if (figure === undefined) throw new Error(id);
  return figure;
}
const speed = figureOf('mean_speed');
const subject = { type: 'device', id: 'counter-1' } as const;
const name = 'Nguyễn Trãi, 1';
const csvOf = (series: readonly CsvSeries[]) => seriesCsv(series, ZONE, 'vi');
/** The mark that spreadsheets need. */
const BOM = '\uFEFF';

const observed = fc.record({
  minute: fc.integer({ min: 0, max: 59 }),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  quality: fc.constantFrom('valid' as const, 'suspect' as const, 'invalid' as const),
  flags: fc.subarray(['late', 'time-from-receipt', 'simulated'] as const),
});

test('a CSV parser reads back every observation that is shown, to the last digit', () => {
  fc.assert(
    fc.property(fc.uniqueArray(observed, { selector: ({ minute }) => minute }), (some) => {
      const items = [...some]
        .sort((a, b) => a.minute - b.minute)
        .map(({ minute, flags, ...rest }) => {
          const time = new Date(from + minute * 60_000).toISOString();
          return { ...rest, flags: [...flags], time, received: time };
        });
      const track = trackOfObservations(items, frame);
      const text = csvOf([{ subject, name, figure: speed, simulated: false, track }]);
      const rows: Record<string, string>[] = parse(text, { columns: true, bom: true, record_delimiter: '\r\n' });
      expect(rows.map((row) => Number(row['value (km/h)']))).toEqual(items.map(({ value }) => value + 0));
      expect(rows.map((row) => new Date(row[`time (${ZONE})`] ?? '').toISOString())).toEqual(
        items.map(({ time }) => time),
      );
      expect(rows.map(({ quality }) => quality)).toEqual(items.map(({ quality }) => quality));
      expect(rows.map(({ flags }) => flags)).toEqual(items.map(({ flags }) => flags.join(' ')));
    }),
  );
});

const window = {
  ...{ time: new Date(from).toISOString(), oldest: new Date(from).toISOString(), completeness: 1 },
  ...{ newest: new Date(from + 240_000).toISOString(), value: 1234.5, mean: 1234.5, min: 2, max: 3_000 },
  ...{ expected: 5, received: 4 },
};

test('times are the city’s with their offset, numbers are plain, and the header tells unit and zone', () => {
  const track = trackOfWindows([window], frame, { resolution: '5m', mean: true, band: true });
  const [header, row, end] = csvOf([{ subject, name, figure: speed, simulated: true, track }]).split('\r\n');
  expect(header).toBe(
    `${BOM}time (${ZONE}),until (${ZONE}),of,id,name,metric,metric name,resolution,value (km/h),minimum (km/h),maximum (km/h),` +
      `quality,flags,received (${ZONE}),superseded,reports,reports expected,simulated`,
  );
  expect(row).toBe(
    '2026-11-23T08:00:00.000+07:00,2026-11-23T08:05:00.000+07:00,device,counter-1,"Nguyễn Trãi, 1",mean_speed,Tốc độ trung bình,5m,' +
      '1234.5,2,3000,aggregate,,,,4,5,true',
  );
  expect(end).toBe('');
});

test('where units differ each line tells its own', () => {
  const track = trackOfWindows([window], frame, { resolution: '5m', mean: true, band: false });
  const series = [speed, figureOf('pm2_5')].map((figure) => ({ subject, name, figure, simulated: false, track }));
  const rows: Record<string, string>[] = parse(csvOf(series), { columns: true, bom: true });
  expect(rows.map(({ unit }) => unit)).toEqual(['km/h', 'ug/m3']);
  expect(rows.map(({ value }) => value)).toEqual(['1234.5', '1234.5']);
});
