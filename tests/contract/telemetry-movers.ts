import { cellToChildren, cellToParent, gridDisk, latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import { CELL_RESOLUTION, type Observation } from '../../model/observation.ts';
import type { AggregateQuery, TelemetryStore } from '../../storage/telemetry/port.ts';
import { byText, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectRows, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, DAY, HOUR, inCell, MINUTE, MONDAY, observation, query } from '../helpers/telemetry-samples.ts';

const TOWN = latLngToCell(21.0278, 105.8342, 7);
/** Two cells of one parent, one of its neighbour, and one that no question names. */
const [NEAR = '', FAR = ''] = cellToChildren(TOWN, 9);
const [A1 = '', A2 = '', ELSEWHERE = ''] = cellToChildren(NEAR, CELL_RESOLUTION);
const [B1 = ''] = cellToChildren(FAR, CELL_RESOLUTION);
const PLACES = [
  { cell: A1, group: 'ward-a' },
  { cell: A2, group: 'ward-a' },
  { cell: B1, group: 'ward-b' },
];

/** A speed seen so many minutes after MONDAY, in a cell where one is given. */
const seen = (device: string, minute: number, value: number, cell?: string, other: Partial<Observation> = {}) =>
  observation({
    ...{ device, metric: 'mean_speed', time: MONDAY + minute * MINUTE, value },
    ...(cell === undefined ? {} : inCell(cell)),
    ...other,
  });
const GIVEN = [
  seen('bus-1', 0, 10, A1),
  seen('bus-1', 1, 20, A2),
  seen('bus-1', 2, 60, B1),
  seen('bus-1', 3, 500),
  seen('bus-1', 4, 900, ELSEWHERE),
  seen('bus-2', 0, 45, A1),
  seen('bus-2', 4, 7, B1, { quality: 'invalid' }),
  seen('bus-3', 0, 1_000, A1),
  seen('counter-1', 0, 30),
  seen('counter-1', 30, 50),
  seen('counter-2', 5, 70),
];
const MEMBERS = [
  { device: 'counter-1', group: 'ward-a' },
  { device: 'counter-2', group: 'ward-b' },
];
const BUSES = [{ device: 'bus-1' }, { device: 'bus-2' }, { device: 'bus-9' }];
const SPEED = query({
  ...{ metric: 'mean_speed', from: MONDAY, to: MONDAY + HOUR, overTime: 'mean', overDevices: 'mean' },
  ...{ members: MEMBERS, movers: { devices: BUSES, places: PLACES } },
});

const told = async (store: TelemetryStore, wanted: AggregateQuery) =>
  [...(await store.aggregate(wanted))].sort((a, b) => a.start - b.start || byText(a.group, b.group));
const figures = async (store: TelemetryStore, wanted: AggregateQuery) =>
  (await told(store, wanted)).map(({ group, value, count, devices }) => [group, value, count, devices]);

/** Aggregates of what moves: observations count where they were made. */
export function moversContract(fresh: FreshLab): void {
  describe('aggregate of moving devices', () => {
    it('gives a bus that crosses a border within a window to both sides, beside what stands there', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: GIVEN }));
        const a = { value: 100 / 3, mean: 100 / 3, min: 10, max: 50, sum: 100, count: 5, devices: 3 };
        const b = { value: 65, mean: 65, min: 60, max: 70, sum: 130, count: 2, devices: 2 };
        const rows = [
          { group: 'ward-a', start: MONDAY, ...a, oldest: MONDAY, newest: MONDAY + 30 * MINUTE },
          { group: 'ward-b', start: MONDAY, ...b, oldest: MONDAY + 2 * MINUTE, newest: MONDAY + 5 * MINUTE },
        ];
        expectRows(await told(store, SPEED), rows);
        // Of 10, 20, 30, 45, 50 and of 60, 70.
        const cuts = [
          { p50: 30, p95: 49 },
          { p50: 65, p95: 69.5 },
        ];
        const all = await told(store, { ...SPEED, percentiles: true });
        expectRows(
          all,
          rows.map((row, i) => ({ ...row, ...cuts[i] })),
        );
      }));

    it('adds devices up by what each observed there', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: GIVEN }));
        const added = { ...SPEED, overDevices: 'sum' } as const;
        expect(await figures(store, { ...added, overTime: 'sum' })).toEqual([
          ['ward-a', 10 + 20 + 45 + 80, 5, 3],
          ['ward-b', 60 + 70, 2, 2],
        ]);
        expect(await figures(store, { ...added, overTime: 'last' })).toEqual([
          ['ward-a', 20 + 45 + 50, 5, 3],
          ['ward-b', 60 + 70, 2, 2],
        ]);
        const highest = { ...SPEED, overTime: 'max', overDevices: 'max' } as const;
        expect(await figures(store, highest)).toEqual([
          ['ward-a', 50, 5, 3],
          ['ward-b', 70, 2, 2],
        ]);
      }));

    it('without any that stands, by the parents of their cells at any resolution', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: GIVEN }));
        const by = (resolution: number) => ({
          ...{ ...SPEED, members: [], percentiles: true },
          movers: {
            devices: BUSES,
            places: [A1, A2, B1].map((cell) => ({ cell, group: cellToParent(cell, resolution) })),
          },
        });
        expect(await figures(store, by(9))).toEqual(
          [
            [NEAR, 30, 3, 2],
            [FAR, 60, 1, 1],
          ].sort(),
        );
        // Of 10, 20, 45, 60.
        const [whole] = await told(store, by(7));
        expect(whole).toMatchObject({ group: TOWN, value: 37.5, count: 4, devices: 2, p50: 32.5 });
      }));

    it('keeps devices with a group of their own to the places, whatever groups those have', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: GIVEN }));
        const devices = [{ device: 'bus-1', group: 'buses' }, { device: 'bus-2' }];
        for (const percentiles of [false, true])
          expect(
            await figures(store, { ...SPEED, members: [], movers: { devices, places: PLACES }, percentiles }),
          ).toEqual([
            ['buses', 30, 3, 1],
            ['ward-a', 45, 1, 1],
          ]);
        for (const movers of [{ devices, places: [] }, { devices: [], places: PLACES }, undefined]) {
          expect(await store.aggregate({ ...SPEED, members: [], movers })).toEqual([]);
          expect((await figures(store, { ...SPEED, movers })).map(([group]) => group)).toEqual(['ward-a', 'ward-b']);
        }
      }));

    it('gives a city’s day what was seen in it, on either side of midnight in Hanoi', () =>
      inLab(fresh, async (store) => {
        const [first, second] = [MONDAY - 7 * HOUR, MONDAY + 17 * HOUR];
        const hourly = Array.from({ length: 48 }, (_, i) => seen('counter-1', i * 60 - 420, 1));
        const bus = [
          seen('bus-1', 0, 10, A1, { time: second - 1 }),
          seen('bus-1', 0, 20, A2, { time: second }),
          seen('bus-1', 0, 40, B1, { time: second + HOUR }),
        ];
        await store.put(batches()({ fresh: [...hourly, ...bus] }));
        for (const percentiles of [false, true]) {
          const wanted = { ...SPEED, from: first, to: first + 2 * DAY, overTime: 'sum', overDevices: 'sum' } as const;
          const rows = await told(store, { ...wanted, window: '1d', percentiles });
          expect(rows.map(({ group, start, value, count }) => [group, start, value, count])).toEqual([
            ['ward-a', first, 34, 25],
            ['ward-a', second, 44, 25],
            ['ward-b', second, 40, 1],
          ]);
        }
      }));

    it('names each cell that observations were made in once', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: GIVEN }));
        const cells = async (devices: readonly string[], from: number, to: number, metric = 'mean_speed') =>
          new Set(await store.cells(devices, metric, from, to));
        const buses = BUSES.map(({ device }) => device);
        expect(await store.cells(buses, 'mean_speed', MONDAY, MONDAY + HOUR)).toHaveLength(4);
        expect(await cells(buses, MONDAY, MONDAY + HOUR)).toEqual(new Set([A1, A2, B1, ELSEWHERE]));
        expect(await cells(buses, MONDAY + MINUTE, MONDAY + 2 * MINUTE)).toEqual(new Set([A2]));
        expect(await cells(['bus-2', 'counter-1'], MONDAY, MONDAY + HOUR)).toEqual(new Set([A1]));
        expect(await cells(buses, MONDAY, MONDAY)).toEqual(new Set());
        expect(await cells(buses, MONDAY, MONDAY + HOUR, 'bus_delay')).toEqual(new Set());
        expect(await cells([], MONDAY, MONDAY + HOUR)).toEqual(new Set());
      }));

    it('figures many devices in thousands of cells at once', () =>
      inLab(fresh, async (store) => {
        const model = new NaiveTelemetry();
        const around = gridDisk(latLngToCell(21.0278, 105.8342, CELL_RESOLUTION), 26);
        const given = around.map((cell, i) => seen(`bus-${i % 600}`, i % 97, i % 89, cell));
        const batch = batches()({ fresh: given });
        await store.put(batch);
        model.put(batch);
        const devices = Array.from({ length: 600 }, (_, i) => ({ device: `bus-${i}` }));
        const places = around.slice(9).map((cell) => ({ cell, group: cellToParent(cell, 9) }));
        const wanted = { ...SPEED, movers: { devices, places }, percentiles: true, to: MONDAY + DAY };
        expectRows(await told(store, wanted), model.aggregate(wanted));
        const found = await store.cells(
          devices.map(({ device }) => device),
          'mean_speed',
          MONDAY,
          MONDAY + DAY,
        );
        expect([...found].sort()).toEqual([...around].sort());
      }));
  });
}
