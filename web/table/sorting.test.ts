import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileCsv } from '../profile/csv.ts';
import { NameOrder } from '../state/name-order.ts';
import { cityWith, counter } from '../testing/city.ts';
import { byNumber, byText, type Column } from './columns.ts';
import { csvOf } from './csv.ts';
import { deviceSheet } from './devices.ts';
import { held, pressed, sorted } from './sorting.ts';
import { wardSheet } from './wards.ts';

interface Row {
  readonly id: string;
  readonly value: number | null;
  readonly figure: string;
}
const order = new NameOrder('vi');
const value: Column<Row> = {
  ...{ id: 'value', name: 'Value', width: 1, text: () => '' },
  groups: byText(order, ({ figure }) => figure),
  keys: byNumber(({ value: key }) => key),
};
const row = (id: string, key: number | null, figure = 'speed'): Row => ({ id, value: key, figure });
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id).join('');

test('figures are sorted either way, and what has none stands at the end both times', () => {
  const rows = [row('a', 3), row('b', null), row('c', 1), row('d', 2)];
  expect(ids(sorted(rows, value, false))).toBe('cdab');
  expect(ids(sorted(rows, value, true))).toBe('adcb');
});

test('figures of different metrics are not compared with each other', () => {
  const rows = [row('a', 300, 'pm25'), row('b', 5, 'speed'), row('c', 20, 'pm25'), row('d', 40, 'speed')];
  expect(ids(sorted(rows, value, false))).toBe('cabd');
  expect(ids(sorted(rows, value, true))).toBe('acdb');
});

test('texts are sorted as Vietnamese is, numbers in them by their size', () => {
  const name: Column<string> = {
    ...{ id: 'name', name: 'Name', width: 1, text: (text) => text },
    keys: byText(order, (text) => text),
  };
  expect(sorted(['Phố Huế 10', 'Đống Đa', 'Phố Huế 9', 'Dịch Vọng', 'Ba Đình', 'Ấp Bắc'], name, false)).toEqual([
    'Ấp Bắc',
    'Ba Đình',
    'Dịch Vọng',
    'Đống Đa',
    'Phố Huế 9',
    'Phố Huế 10',
  ]);
});

test('sorting keeps every row, is in order, and leaves equals as they came', () => {
  const some = fc.array(fc.record({ value: fc.option(fc.integer({ min: 0, max: 5 })) }), { maxLength: 60 });
  fc.assert(
    fc.property(some, fc.boolean(), (given, descending) => {
      const rows = given.map(({ value: key }, i) => row(String(i), key));
      const made = sorted(rows, value, descending);
      expect([...made].sort((a, b) => Number(a.id) - Number(b.id))).toEqual(rows);
      for (const [i, next] of made.entries()) {
        const before = made[i - 1];
        if (before === undefined || next.value === null) continue;
        expect(before.value).not.toBeNull();
        if (before.value === next.value) expect(Number(before.id)).toBeLessThan(Number(next.id));
        else expect((before.value ?? 0) < next.value).toBe(!descending);
      }
    }),
  );
});

test('an order that is held takes in what is new at its end and lets go what went', () => {
  const places = new Map([
    ['c', 0],
    ['a', 1],
    ['b', 2],
  ]);
  expect(ids(held([row('a', 1), row('n', 0), row('c', 9)], places, ({ id }) => id))).toBe('can');
});

test('a heading sorts up, then down, then by name again', () => {
  const up = pressed(null, 'value');
  expect(up).toEqual({ column: 'value', descending: false });
  expect(pressed(up, 'value')).toEqual({ column: 'value', descending: true });
  expect(pressed(pressed(up, 'value'), 'value')).toBeNull();
  expect(pressed(up, 'name')).toEqual({ column: 'name', descending: false });
});

test('a file is RFC 4180, and no name of a device is run as a formula', () => {
  const text = csvOf([
    ['Tên', 'Giá trị'],
    ['Ngã tư "Sở", Láng', -1.5],
    ['=HYPERLINK("http://x")', null],
    ['two\nlines', true],
  ]);
  expect(text).toBe(
    '\uFEFFTên,Giá trị\r\n"Ngã tư ""Sở"", Láng",-1.5\r\n"\'=HYPERLINK(""http://x"")",\r\n"two\nlines",true\r\n',
  );
});

test.each(['vi', 'en'] as const)(
  'all files have the same columns and ids in any language, with names in %s beside',
  (language) => {
    const city = cityWith(counter({ simulated: true }));
    city.preferences.language = language;
    const [head = [], row = []] = deviceSheet(city, city.marks);
    expect(head).toContain('newest (Asia/Ho_Chi_Minh)');
    const told = Object.fromEntries(head.map((name, i) => [name, row[i]]));
    expect(told).toMatchObject({
      ...{ id: 'counter-1', kind: 'counter', domain: 'traffic', metric: 'mean_speed', level: 'severe', value: 8 },
      ...{ unit: 'km/h', quality: 'valid', condition: 'live', connected: true, simulated: true, quarantined: false },
      'metric name': language === 'vi' ? 'Tốc độ trung bình' : 'Mean speed',
    });
    const profile = profileCsv({ domains: [{ domain: 'traffic', figures: [] }] }, city.catalogue, 'UTC', language);
    const [columns = ''] = profile.replace('\uFEFF', '').split('\r\n');
    expect(columns.split(',').slice(0, 4)).toEqual(['domain', 'domain name', 'metric', 'metric name']);
    const [wards = []] = wardSheet(city, []);
    // What several files tell has one name in all of them.
    for (const name of ['metric', 'metric name', 'value', 'unit', 'level']) {
      expect(head).toContain(name);
      expect(wards).toContain(name);
      expect(columns.split(',')).toContain(name);
    }
  },
);
