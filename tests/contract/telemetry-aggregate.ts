import { describe, expect, it } from 'vitest';
import type { AggregateQuery, AggregateRow, TelemetryStore } from '../../storage/telemetry/port.ts';
import { byText, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectRows, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, DAY, HANOI, HOUR, MINUTE, MONDAY, observation, query } from '../helpers/telemetry-samples.ts';

const ordered = (rows: readonly AggregateRow[]) =>
  [...rows].sort((a, b) => a.start - b.start || byText(a.group, b.group));
const told = async (store: TelemetryStore, wanted: AggregateQuery) => ordered(await store.aggregate(wanted));

/** Aggregates: first each device over time, then the devices of a group; windows and zones. */
export function aggregateContract(fresh: FreshLab): void {
  describe('aggregate', () => {
    it('adds hospitals’ beds up once each, however often each reports', () =>
      inLab(fresh, async (store) => {
        const beds = (device: string, time: number, value: number) =>
          observation({ device, metric: 'beds_total', time, value });
        const given = [
          ...Array.from({ length: 12 }, (_, i) => beds('hospital-a', MONDAY + i * 5 * MINUTE, i < 6 ? 90 : 100)),
          beds('hospital-b', MONDAY + MINUTE, 50),
        ];
        await store.put(batches()({ fresh: given }));
        const members = [
          { device: 'hospital-a', group: 'hoan-kiem' },
          { device: 'hospital-b', group: 'hoan-kiem' },
          { device: 'hospital-c', group: 'hoan-kiem' },
        ];
        const wanted = query({ metric: 'beds_total', members, from: MONDAY, to: MONDAY + HOUR, overTime: 'last' });
        const expected = { value: 150, mean: 72.5, min: 50, max: 100, sum: 150, count: 13, devices: 2 };
        const [oldest, newest] = [MONDAY, MONDAY + 55 * MINUTE];
        expectRows(await told(store, wanted), [{ group: 'hoan-kiem', start: MONDAY, ...expected, oldest, newest }]);
        const rare = await told(store, { ...wanted, window: '5m' });
        expect(rare.map((row) => row.value)).toEqual([140, ...Array(5).fill(90), ...Array(6).fill(100)]);
      }));

    it('averages devices, not observations, and keeps groups apart', () =>
      inLab(fresh, async (store) => {
        const speed = (device: string, minute: number, value: number) =>
          observation({ device, metric: 'mean_speed', time: MONDAY + minute * MINUTE, value });
        const given = [speed('a-1', 0, 10), speed('a-1', 1, 20), speed('a-1', 2, 30), speed('b-1', 0, 40)];
        await store.put(batches()({ fresh: [...given, speed('c-1', 3, 5)] }));
        const members = [
          { device: 'a-1', group: 'one' },
          { device: 'b-1', group: 'one' },
          { device: 'b-1', group: 'two' },
          { device: 'c-1', group: 'two' },
        ];
        const wanted = query({ metric: 'mean_speed', members, from: MONDAY, to: MONDAY + HOUR, percentiles: true });
        const rows = await told(store, { ...wanted, overTime: 'mean', overDevices: 'mean' });
        const one = { value: 30, mean: 30, min: 10, max: 40, sum: 60, count: 4, p50: 25, p95: 38.5, devices: 2 };
        const two = { value: 22.5, mean: 22.5, min: 5, max: 40, sum: 45, count: 2, p50: 22.5, p95: 38.25, devices: 2 };
        expectRows(rows, [
          { group: 'one', start: MONDAY, ...one, oldest: MONDAY, newest: MONDAY + 2 * MINUTE },
          { group: 'two', start: MONDAY, ...two, oldest: MONDAY, newest: MONDAY + 3 * MINUTE },
        ]);
        const highest = await told(store, { ...wanted, overTime: 'max', overDevices: 'max' });
        expect(highest.map((row) => row.value)).toEqual([40, 40]);
      }));

    it('leaves invalid observations out, and windows, groups and devices without any', () =>
      inLab(fresh, async (store) => {
        const given = [
          observation({ time: MONDAY, value: 1 }),
          observation({ time: MONDAY + MINUTE, value: 999, quality: 'invalid' }),
          observation({ time: MONDAY + 2 * MINUTE, value: 3, quality: 'suspect' }),
          observation({ time: MONDAY + HOUR, value: 999, quality: 'invalid' }),
          observation({ device: 'counter-2', time: MONDAY, value: 999, quality: 'invalid' }),
        ];
        await store.put(batches()({ fresh: given }));
        const members = ['counter-1', 'counter-2'].map((device) => ({ device, group: device }));
        for (const percentiles of [false, true]) {
          const rows = await told(store, query({ members, from: MONDAY, to: MONDAY + DAY, percentiles }));
          expect(rows.map((row) => [row.group, row.sum, row.count, row.devices])).toEqual([['counter-1', 4, 2, 1]]);
        }
        expect(await store.aggregate(query({ members: [], from: MONDAY, to: MONDAY + DAY }))).toEqual([]);
        expect(await store.aggregate(query({ metric: 'no_such', from: MONDAY, to: MONDAY + DAY }))).toEqual([]);
      }));

    it('cuts bounds to the millisecond, also within an hour', () =>
      inLab(fresh, async (store) => {
        const given = Array.from({ length: 120 }, (_, i) => observation({ time: MONDAY + i * MINUTE, value: 1 }));
        await store.put(batches()({ fresh: given }));
        const [from, to] = [MONDAY + 10 * MINUTE, MONDAY + 100 * MINUTE + 1];
        const rows = await told(store, query({ from, to }));
        expect(rows.map((row) => [row.start, row.count])).toEqual([
          [MONDAY, 50],
          [MONDAY + HOUR, 41],
        ]);
        const [whole] = await told(store, query({ from, to, window: 'all' }));
        expect(whole).toMatchObject({ start: from, count: 91, oldest: from, newest: to - 1 });
      }));

    it.each([
      [HANOI, '2026-03-02T00:00:00+07:00', [24, 24]],
      ['Europe/Berlin', '2026-03-28T00:00:00+01:00', [24, 23, 24]],
      ['Europe/Berlin', '2026-10-24T00:00:00+02:00', [24, 25, 24]],
      ['Asia/Kathmandu', '2026-03-02T00:00:00+05:45', [24, 24]],
      ['UTC', '2026-03-02T00:00:00Z', [24, 24]],
    ])('ends days at midnight in %s, from %s', (timezone, first, lengths) =>
      inLab(fresh, async (store) => {
        const from = Date.parse(first);
        const hours = lengths.reduce((a, b) => a + b);
        const given = Array.from({ length: hours }, (_, i) => [
          observation({ time: from + i * HOUR, value: 1 }),
          observation({ time: from + (i + 1) * HOUR - 1, value: 1 }),
        ]).flat();
        await store.put(batches()({ fresh: given }));
        for (const percentiles of [false, true]) {
          const wanted = query({ from, to: from + hours * HOUR, timezone, percentiles });
          const days = await told(store, { ...wanted, window: '1d' });
          const starts = lengths.map((_, i) => from + lengths.slice(0, i).reduce((a, b) => a + b, 0) * HOUR);
          expect(days.map((row) => [row.start, row.count])).toEqual(lengths.map((n, i) => [starts[i], n * 2]));
          const hourly = await told(store, { ...wanted, window: '1h' });
          expect(hourly.map((row) => [row.start, row.count])).toEqual(
            Array.from({ length: hours }, (_, i) => [from + i * HOUR, 2]),
          );
        }
      }),
    );

    it.each([
      [HANOI, '2026-02-23T00:00:00+07:00', [168, 168]],
      ['Australia/Melbourne', '2026-03-30T00:00:00+11:00', [169, 168]],
      ['Australia/Melbourne', '2026-09-28T00:00:00+10:00', [167, 168]],
      ['Asia/Kathmandu', '2026-02-23T00:00:00+05:45', [168, 168]],
    ])('begins weeks on Monday at midnight in %s, from %s', (timezone, first, lengths) =>
      inLab(fresh, async (store) => {
        const from = Date.parse(first);
        const starts = lengths.map((_, i) => from + lengths.slice(0, i).reduce((a, b) => a + b, 0) * HOUR);
        const end = from + lengths.reduce((a, b) => a + b) * HOUR;
        const edges = [...starts, end].flatMap((start) => [start - 1, start]);
        await store.put(batches()({ fresh: edges.map((time) => observation({ time, value: 1 })) }));
        for (const percentiles of [false, true]) {
          const wanted = query({ from, to: end, timezone, percentiles, window: '1w' });
          const rows = await told(store, wanted);
          expect(rows.map((row) => [row.start, row.count])).toEqual(starts.map((start) => [start, 2]));
          // A range that begins in the middle of a week tells that week by its Monday.
          const cut = await told(store, { ...wanted, from: from + 3 * DAY });
          expect(cut.map((row) => [row.start, row.count])).toEqual(starts.map((start, i) => [start, i === 0 ? 1 : 2]));
        }
      }),
    );

    it('figures thousands of devices in groups at once', () =>
      inLab(fresh, async (store) => {
        const model = new NaiveTelemetry();
        const given = Array.from({ length: 8_000 }, (_, i) =>
          observation({ device: `device-${i % 4_000}`, time: MONDAY + Math.floor(i / 4_000) * HOUR, value: i % 97 }),
        );
        const batch = batches()({ fresh: given });
        await store.put(batch);
        model.put(batch);
        const members = Array.from({ length: 4_000 }, (_, i) => ({ device: `device-${i}`, group: `ward-${i % 126}` }));
        const wanted = query({ members, from: MONDAY, to: MONDAY + DAY });
        expectRows(await told(store, wanted), model.aggregate(wanted));
      }));
  });
}
