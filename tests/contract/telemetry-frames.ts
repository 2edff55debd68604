import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEPS } from '../../model/playback.ts';
import { bucketStarts } from '../../storage/telemetry/buckets.ts';
import type { BucketQuery, FrameSeries, TelemetryStore, VolumeRow } from '../../storage/telemetry/port.ts';
import { byText, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import {
  at,
  batches,
  classify,
  DAY,
  HANOI,
  HOUR,
  inCell,
  MINUTE,
  MONDAY,
  observation,
} from '../helpers/telemetry-samples.ts';
import { bound, CELLS, DEVICES, history, METRICS } from './telemetry-any-order.ts';

const MIDNIGHT = MONDAY - 7 * HOUR;

/** A value in a bucket as text: when, of whom, how much, how good, where. */
const cell = (start: number, device: string, metric: string, value: number, quality: string, where: string) =>
  `${start} ${device} ${metric} ${value} ${quality} ${where}`;

/** The cells of frames that hold anything, in an order of their own; throws for a list of another length than the buckets. */
function cellsOf(frames: readonly FrameSeries[], { starts }: BucketQuery): readonly string[] {
  return frames
    .flatMap(({ device, metric, values, suspect, positions }) => {
      expect([values.length, suspect?.length ?? values.length]).toEqual([starts.length, starts.length]);
      expect(positions?.length ?? 2 * starts.length).toBe(2 * starts.length);
      return starts.flatMap((start, i) => {
        const [lon = Number.NaN, lat = Number.NaN] = positions?.subarray(2 * i, 2 * i + 2) ?? [];
        const value = values[i] ?? Number.NaN;
        const quality = suspect?.[i] === 1 ? 'suspect' : 'valid';
        return Number.isNaN(value) ? [] : [cell(start, device, metric, value, quality, `${lon},${lat}`)];
      });
    })
    .sort(byText);
}

function expected(model: NaiveTelemetry, query: BucketQuery): readonly string[] {
  return model
    .frames(query)
    .map(({ start, o }) => {
      const [lon, lat] = o.position ?? [Number.NaN, Number.NaN];
      return cell(start, o.device, o.metric, o.value, o.quality, `${lon},${lat}`);
    })
    .sort(byText);
}

const rowText = ({ metric, start, observations, devices }: VolumeRow) =>
  `${start} ${metric ?? 'all'} ${observations} ${devices}`;
const rowsOf = (rows: readonly VolumeRow[]) => rows.map(rowText).sort(byText);

/** Frames and volume are what the naive one tells, also of what moves. */
export async function expectTold(
  store: Pick<TelemetryStore, 'frames' | 'volume'>,
  model: NaiveTelemetry,
  query: BucketQuery,
): Promise<void> {
  expect(cellsOf(await store.frames(query), query)).toEqual(expected(model, query));
  expect(rowsOf(await store.volume(query))).toEqual(rowsOf(model.volume(query)));
  // And with the others, where they were seen in some places.
  const others = DEVICES.filter((device) => !query.devices.includes(device));
  const moved = { ...query, movers: { devices: others, cells: CELLS.slice(1) } };
  expect(rowsOf(await store.volume(moved))).toEqual(rowsOf(model.volume(moved)));
}

/** Buckets of a step in a zone, or wherever they like. */
export const asked = fc
  .record({
    devices: fc.subarray(DEVICES),
    metrics: fc.subarray(METRICS),
    from: bound(MONDAY, MONDAY + DAY),
    length: fc.oneof(fc.integer({ min: 1, max: DAY }), fc.constantFrom(HOUR, DAY)),
    cut: fc.oneof(
      fc.record({
        step: fc.constantFrom(...STEPS),
        timezone: fc.constantFrom(HANOI, 'UTC', 'Asia/Kolkata', 'Europe/Berlin'),
      }),
      fc.array(fc.integer({ min: 1, max: 10 * HOUR }), { maxLength: 5 }),
    ),
  })
  .map(({ devices, metrics, from, length, cut }): BucketQuery => {
    const to = from + length;
    const starts = Array.isArray(cut)
      ? [...new Set([from, ...cut.map((ms) => from + ms).filter((start) => start < to)])].sort((a, b) => a - b)
      : [...bucketStarts(cut.step, cut.timezone, from, to)];
    return { devices, metrics, from, to, starts };
  });

/** The newest of each series by bucket, and how much there is. */
export function framesContract(fresh: FreshLab, runs: number): void {
  describe('frames and volume', () => {
    const query: BucketQuery = {
      ...{ devices: ['counter-1', 'counter-2', 'bus-1'], metrics: ['vehicle_count', 'mean_speed'] },
      ...{ from: MONDAY, to: MONDAY + HOUR, starts: [0, 15, 30, 45].map((minute) => MONDAY + minute * MINUTE) },
    };
    const seen = (minute: number, value: number, other: Partial<Parameters<typeof observation>[0]> = {}) =>
      observation({ time: MONDAY + minute * MINUTE, value, ...other });

    it('tell the newest of each bucket that is not invalid, and whether it is suspect', () =>
      inLab(fresh, async (store) => {
        const given = [
          ...[seen(3, 7), seen(0, 5), seen(14, 999, { quality: 'invalid' })],
          ...[seen(16, 1), seen(29, 2, { quality: 'suspect' })],
          ...[seen(31, 999, { quality: 'invalid' }), seen(60, 8), seen(-1, 9)],
          ...[seen(45, 40, { metric: 'mean_speed' }), seen(1, 3, { device: 'elsewhere-1' })],
        ];
        await store.put(batches()({ fresh: given }));
        const frames = [...(await store.frames(query))].sort((a, b) => byText(a.metric, b.metric));
        expect(frames.map(({ metric, values }) => [metric, [...values]])).toEqual([
          ['mean_speed', [Number.NaN, Number.NaN, Number.NaN, 40]],
          ['vehicle_count', [7, 2, Number.NaN, Number.NaN]],
        ]);
        expect(frames.map(({ suspect }) => suspect && [...suspect])).toEqual([undefined, [0, 1, 0, 0]]);
        expect(frames.map(({ positions }) => positions)).toEqual([undefined, undefined]);
      }));

    it('tell where each was observed of what moves, and nothing where the newest had no position', () =>
      inLab(fresh, async (store) => {
        const bus = { device: 'bus-1', metric: 'mean_speed' };
        const given = [
          ...[seen(1, 20, { ...bus, ...at(105.8, 21) }), seen(2, 30, { ...bus, ...at(105.9, 21.1) })],
          ...[seen(16, 25, { ...bus, ...at(105.7, 21) }), seen(17, 26, bus)],
        ];
        await store.put(batches()({ fresh: given }));
        const [frame] = await store.frames(query);
        expect([...(frame?.values ?? [])]).toEqual([30, 26, Number.NaN, Number.NaN]);
        expect([...(frame?.positions ?? [])]).toEqual([105.9, 21.1, ...Array(6).fill(Number.NaN)]);
      }));

    it('tell a correction and what came late, in every bucket it touches', () =>
      inLab(fresh, async (store) => {
        const next = batches();
        await store.put(next({ fresh: [seen(1, 1), seen(2, 2), seen(20, 3)] }));
        const invalid = seen(2, 22, { quality: 'invalid', received: MONDAY + HOUR });
        const corrections = [
          { observation: seen(20, 33, { received: MONDAY + HOUR }), superseded: 3 },
          { observation: invalid, superseded: 2 },
        ];
        await store.put(next({ fresh: [seen(0, 5, { device: 'counter-2' })], corrections }));
        const frames = [...(await store.frames(query))].sort((a, b) => byText(a.device, b.device));
        expect(frames.map(({ values }) => [...values].slice(0, 2))).toEqual([
          [1, 33],
          [5, Number.NaN],
        ]);
        const rows = rowsOf(await store.volume({ ...query, metrics: ['vehicle_count'] }));
        const [first, second] = query.starts;
        expect(rows).toEqual(
          [`${first} all 2 2`, `${first} vehicle_count 2 2`, `${second} all 1 1`, `${second} vehicle_count 1 1`].sort(),
        );
      }));

    it('count each device once however many metrics it has, by the city’s days', () =>
      inLab(fresh, async (store) => {
        const hourly = Array.from({ length: 48 }, (_, i) => [
          seen(60 * (i - 7), i),
          seen(60 * (i - 7), i, { metric: 'mean_speed' }),
          ...(i < 24 ? [seen(60 * (i - 7) + 59, i, { device: 'counter-2' })] : []),
        ]).flat();
        await store.put(batches()({ fresh: hourly }));
        const days = { ...query, from: MIDNIGHT, to: MIDNIGHT + 2 * DAY, starts: [MIDNIGHT, MIDNIGHT + DAY] };
        expect(rowsOf(await store.volume(days))).toEqual(
          [
            ...[`${MIDNIGHT} all 72 2`, `${MIDNIGHT} mean_speed 24 1`, `${MIDNIGHT} vehicle_count 48 2`],
            ...[
              `${MIDNIGHT + DAY} all 48 1`,
              `${MIDNIGHT + DAY} mean_speed 24 1`,
              `${MIDNIGHT + DAY} vehicle_count 24 1`,
            ],
          ].sort(),
        );
        // Cut off its hours the first day has less, and the second ends in the middle of one.
        const cut = {
          ...days,
          from: MIDNIGHT + 30 * MINUTE,
          to: MIDNIGHT + DAY + 90 * MINUTE,
          metrics: ['vehicle_count'],
        };
        expect(rowsOf(await store.volume(cut)).filter((row) => row.includes('all'))).toEqual(
          [`${MIDNIGHT} all 47 2`, `${MIDNIGHT + DAY} all 2 1`].sort(),
        );
      }));

    it('count by device where that is asked, with what moves in its places', () =>
      inLab(fresh, async (store) => {
        const bus = { device: 'bus-1', metric: 'mean_speed' };
        const given = [
          ...[seen(1, 1), seen(2, 2), seen(16, 3), seen(3, 4, { device: 'counter-2', metric: 'mean_speed' })],
          ...[seen(1, 20, { ...bus, ...inCell(CELLS[0] ?? '') }), seen(2, 30, { ...bus, ...inCell(CELLS[1] ?? '') })],
        ];
        await store.put(batches()({ fresh: given }));
        const movers = { devices: ['bus-1'], cells: CELLS.slice(1) };
        const rows = await store.volume({ ...query, devices: ['counter-1', 'counter-2'], movers, byDevice: true });
        const [first, second] = query.starts;
        expect(rows.map((row) => `${row.device} ${rowText(row)}`).sort(byText)).toEqual([
          `bus-1 ${first} mean_speed 1 1`,
          ...[`counter-1 ${first} vehicle_count 2 1`, `counter-1 ${second} vehicle_count 1 1`],
          `counter-2 ${first} mean_speed 1 1`,
        ]);
      }));

    it('tell nothing of nobody, of what was never told and of a range that is empty', () =>
      inLab(fresh, async (store) => {
        await store.put(batches()({ fresh: [seen(1, 1)] }));
        const nothing = [
          { ...query, devices: [] },
          { ...query, metrics: [] },
          { ...query, metrics: ['no_such'] },
          { ...query, devices: ['counter-9'] },
          { ...query, to: query.from },
          { ...query, from: MONDAY + 2 * MINUTE },
        ];
        for (const each of nothing) {
          expect(await store.frames(each)).toEqual([]);
          expect(await store.volume(each)).toEqual([]);
        }
      }));

    it('tell of thousands of devices what a naive recomputation tells', () =>
      inLab(fresh, async (store) => {
        const model = new NaiveTelemetry();
        const given = Array.from({ length: 8_000 }, (_, i) =>
          seen(Math.floor(i / 4_000) * 30 + (i % 7), i % 97, { device: `device-${i % 4_000}` }),
        );
        const batch = batches()({ fresh: given });
        await store.put(batch);
        model.put(batch);
        const devices = Array.from({ length: 3_000 }, (_, i) => `device-${i}`);
        await expectTold(store, model, { ...query, devices });
      }));

    it('tell what a naive recomputation of all that was put tells, in whatever order it came', async () => {
      await fc.assert(
        fc.asyncProperty(history, fc.array(asked, { minLength: 4, maxLength: 8 }), (parts, questions) =>
          inLab(fresh, async (opened, reopen) => {
            const [model, next] = [new NaiveTelemetry(), batches()];
            let store = opened;
            for (const { content, restart } of parts) {
              if (restart) store = await reopen();
              const batch = next(classify(model, content));
              await store.put(batch);
              model.put(batch);
            }
            for (const question of questions) await expectTold(store, model, question);
          }),
        ),
        { numRuns: runs, interruptAfterTimeLimit: 50_000 },
      );
    });
  });
}
