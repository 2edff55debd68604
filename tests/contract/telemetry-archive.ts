import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createArchiving } from '../../app/archiving.ts';
import { applyRetention, type HousekeepingDeps } from '../../app/housekeeping.ts';
import { createHistory } from '../../storage/archive/history.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import type { Archive } from '../../storage/archive/port.ts';
import type { TelemetryStore } from '../../storage/telemetry/port.ts';
import { keyOf, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, classify, DAY, HOUR, inCell, MONDAY, observation, query } from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

/** What the settings keep: raw observations for two days. */
const KEEP = { raw: 2 * DAY, hours: 400 * DAY, journal: DAY, quarantine: DAY, archive: 4_000 * DAY, presence: DAY };
const log = pino({ level: 'silent' });

const received = fc
  .record({
    device: fc.constantFrom('bus-1', 'bus-2', 'bus-10'),
    metric: fc.constantFrom('bus_delay', 'mean_speed'),
    time: fc.oneof(
      fc.integer({ min: MONDAY, max: MONDAY + 3 * DAY - 1 }),
      fc.integer({ min: 0, max: 12 }).map((quarter) => MONDAY + quarter * 6 * HOUR),
      fc.constantFrom(MONDAY, MONDAY + DAY - 1, MONDAY + DAY, MONDAY + 2 * DAY - 1),
    ),
    value: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
    quality: fc.constantFrom('valid' as const, 'suspect' as const, 'invalid' as const),
    flags: fc.subarray(['late', 'time-from-receipt', 'simulated'] as const),
    cell: fc.option(fc.constantFrom('8b415a43528dfff', '8b4158d2b6eefff'), { nil: undefined }),
    delay: fc.integer({ min: 0, max: DAY }),
  })
  .map(({ cell, delay, value, ...rest }) =>
    observation({ ...rest, value: value + 0, received: rest.time + delay, ...(cell ? inCell(cell) : {}) }),
  );
/** What came in between one housekeeping and the next, and when that one is. */
const rounds = fc.array(
  fc.record({
    content: fc.array(received, { maxLength: 20 }),
    day: fc.integer({ min: 0, max: 6 }),
    restart: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);
const page = fc.record({
  devices: fc.option(fc.subarray(['bus-1', 'bus-2', 'bus-10', 'none']), { nil: undefined }),
  metrics: fc.option(fc.subarray(['bus_delay', 'mean_speed']), { nil: undefined }),
  from: fc.integer({ min: MONDAY - HOUR, max: MONDAY + 2 * DAY }),
  to: fc.integer({ min: MONDAY + DAY, max: MONDAY + 4 * DAY }),
  limit: fc.integer({ min: 1, max: 12 }),
});

/** A folder's archive and what housekeeping needs beside the store, which a restart replaces. */
async function archiveLab(directory?: string) {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  const path = directory ?? join(folder.path, 'archive');
  const nothing = async () => 0;
  return {
    path,
    folder: folder.path,
    open: () => openParquetArchive({ directory: path }),
    keeping(store: TelemetryStore, archive: Archive): HousekeepingDeps {
      const archiving = createArchiving({ archive, store, drained: async () => undefined, log });
      return {
        ...{ store, archive, archiving, keep: KEEP, log, checkpoint: () => 0, settle: async () => undefined },
        ...{
          journal: { trim: nothing },
          quarantine: { expire: nothing },
          registry: { expirePresenceChanges: nothing },
        },
      };
    },
  };
}

const ALL = { from: MONDAY - DAY, to: MONDAY + 10 * DAY, limit: 10_000 };

/** Days go into the archive before they leave the store, and nobody who reads both misses or meets anything twice. */
export function archiveContract(fresh: FreshLab, runs: number): void {
  describe('archiving', () => {
    it('keeps every observation and every superseded value, whatever comes in and whenever days are archived', async () => {
      await fc.assert(
        fc.asyncProperty(rounds, fc.array(page, { minLength: 3, maxLength: 5 }), (parts, pages) =>
          inLab(fresh, async (opened, reopen) => {
            const lab = await archiveLab();
            let [store, archive] = [opened, await lab.open()];
            let keeping = lab.keeping(store, archive);
            const [model, next] = [new NaiveTelemetry(), batches()];
            let now = MONDAY;
            for (const { content, day, restart } of parts) {
              if (restart) {
                await archive.close();
                [store, archive] = [await reopen(), await lab.open()];
                keeping = lab.keeping(store, archive);
              }
              // As at the door: what is older than raw data are kept is not let in.
              const batch = next(
                classify(
                  model,
                  content.filter(({ time }) => time >= now - KEEP.raw),
                ),
              );
              await store.put(batch);
              model.put(batch);
              now = Math.max(now, MONDAY + day * DAY + HOUR);
              await applyRetention(keeping, now);
            }
            const history = createHistory(store, archive);
            expect(await history.range(ALL)).toEqual(model.all());
            for (const asked of pages) {
              const first = await history.range(asked);
              expect(first).toEqual(model.range(asked));
              const second = { ...asked, after: first.at(-1) };
              expect(await history.range(second)).toEqual(model.range(second));
              const replaced = await history.corrected(asked);
              expect(replaced).toEqual(model.corrected(asked));
              const on = { ...asked, after: replaced.at(-1) };
              expect(await history.corrected(on)).toEqual(model.corrected(on));
            }
            for (const told of model.all())
              expect(await history.superseded(told), keyOf(told)).toEqual(model.values(told).slice(0, -1));
            // What is wholly behind is in the archive only, the rest in the store only.
            const border = Math.floor((now - KEEP.raw) / DAY) * DAY;
            const [old, young] = [
              model.all().filter(({ time }) => time < border),
              model.all().filter(({ time }) => time >= border),
            ];
            expect(await store.range(ALL)).toEqual(young);
            expect(await archive.read(ALL)).toEqual(old);
            expect((await archive.days()).reduce((sum, each) => sum + each.observations, 0)).toBe(old.length);
            await archive.close();
          }),
        ),
        { numRuns: runs, interruptAfterTimeLimit: 50_000 },
      );
    });

    it('joins what comes of a day that is archived already: the later value wins, the other is kept as superseded', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const keeping = lab.keeping(store, archive);
        const next = batches();
        const old = (minute: number, value: number) => observation({ time: MONDAY + minute * 60_000, value });
        await store.put(next({ fresh: [old(1, 10), old(2, 20)] }));
        await applyRetention(keeping, MONDAY + 3 * DAY);
        expect(await store.range(ALL)).toEqual([]);
        // A message that waited in the journal for days: to the store it is new.
        await store.put(next({ fresh: [old(2, 21), old(3, 30)] }));
        await store.put(next({ corrections: [{ observation: old(2, 22), superseded: 21 }] }));
        const history = createHistory(store, archive);
        expect((await history.range(ALL)).map(({ value }) => value)).toEqual([10, 22, 30]);
        await applyRetention(keeping, MONDAY + 3 * DAY + HOUR);
        expect(await store.range(ALL)).toEqual([]);
        expect((await archive.read(ALL)).map(({ value }) => value)).toEqual([10, 22, 30]);
        expect(await history.superseded(old(2, 0))).toEqual([20, 21]);
        expect(await archive.days()).toMatchObject([{ day: MONDAY, observations: 3, oldest: MONDAY + 60_000 }]);
        await archive.close();
      }));

    it('that fails deletes nothing raw, says so, and is made good the next time', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const keeping = lab.keeping(store, archive);
        const days = [0, 1, 2].map((day) => observation({ time: MONDAY + day * DAY, value: day }));
        await store.put(batches()({ fresh: days }));
        // A file stands where the second day's directory entry would be written.
        await mkdir(join(lab.path, '2026/03/03.parquet.partial', 'in the way'), { recursive: true });
        await applyRetention(keeping, MONDAY + 10 * DAY);
        expect(keeping.archiving?.ok()).toBe(false);
        expect((await store.range(ALL)).map(({ value }) => value)).toEqual([1, 2]);
        expect((await archive.read(ALL)).map(({ value }) => value)).toEqual([0]);
        const again = await openParquetArchive({ directory: lab.path });
        const mended = lab.keeping(store, again);
        await applyRetention(mended, MONDAY + 10 * DAY);
        expect(mended.archiving?.ok()).toBe(true);
        expect(await store.range(ALL)).toEqual([]);
        expect(await again.read(ALL)).toEqual(days);
        await Promise.all([archive.close(), again.close()]);
      }));

    it('takes what devices told out of every day when they are erased, and leaves the others', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const of = (device: string, day: number) => observation({ device, time: MONDAY + day * DAY, value: 1 });
        const all = [of('bus-1', 0), of('bus-2', 0), of('bus-1', 1), of('bus-2', 2)];
        await store.put(batches()({ fresh: all }));
        await applyRetention(lab.keeping(store, archive), MONDAY + 10 * DAY);
        expect(await archive.erase(['bus-1', 'nobody'])).toBe(2);
        expect(await archive.erase(['bus-1'])).toBe(0);
        const left = all.filter(({ device }) => device === 'bus-2');
        expect(await archive.read(ALL)).toEqual(left);
        expect((await archive.days()).map(({ day }) => day)).toEqual([MONDAY, MONDAY + 2 * DAY]);
        await archive.close();
        expect(await (await lab.open()).read(ALL)).toEqual(left);
      }));

    it('deletes days whose own time is over, and copies the rest for a backup', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const keeping = { ...lab.keeping(store, archive), keep: { ...KEEP, archive: 5 * DAY } };
        const days = [0, 1, 2].map((day) => observation({ time: MONDAY + day * DAY, value: day }));
        await store.put(batches()({ fresh: days }));
        await applyRetention(keeping, MONDAY + 5 * DAY);
        expect(await archive.read(ALL)).toEqual(days);
        await applyRetention(keeping, MONDAY + 6 * DAY);
        expect(await archive.read(ALL)).toEqual(days.slice(1));
        const copies = join(lab.folder, 'copy');
        await archive.backup(copies);
        await applyRetention(keeping, MONDAY + 90 * DAY);
        expect([await archive.read(ALL), await archive.days()]).toEqual([[], []]);
        const copy = await openParquetArchive({ directory: join(copies, 'archive') });
        expect(await copy.read(ALL)).toEqual(days.slice(1));
        await Promise.all([archive.close(), copy.close()]);
      }));

    it('of hours leaves figures as they were, and percentiles where every value is still there', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const values = Array.from({ length: 96 }, (_, i) => observation({ time: MONDAY + i * HOUR, value: i }));
        await store.put(batches()({ fresh: values }));
        const asked = query({ from: MONDAY, to: MONDAY + 4 * DAY, window: '1d', timezone: 'UTC', percentiles: true });
        const before = await store.aggregate(asked);
        expect(before.map(({ p50 }) => p50)).toEqual([11.5, 35.5, 59.5, 83.5]);
        // Not a whole day behind yet, then one, then all.
        for (const [now, gone] of [
          [MONDAY + 3 * DAY - 1, 0],
          [MONDAY + 3 * DAY, 1],
          [MONDAY + 9 * DAY, 4],
        ] as const) {
          await applyRetention(lab.keeping(store, archive), now);
          const expected = before.map((row, i) => (i < gone ? { ...row, p50: undefined, p95: undefined } : row));
          expect((await store.aggregate(asked)).map((row) => ({ p50: undefined, p95: undefined, ...row }))).toEqual(
            expected,
          );
        }
        await archive.close();
      }));

    it('a file that is not what was written is refused, and only its own day', () =>
      inLab(fresh, async (store) => {
        const lab = await archiveLab();
        const archive = await lab.open();
        const days = [0, 1].map((day) => observation({ time: MONDAY + day * DAY, value: day }));
        await store.put(batches()({ fresh: days }));
        await applyRetention(lab.keeping(store, archive), MONDAY + 10 * DAY);
        await writeFile(join(lab.path, '2026/03/02.parquet'), 'not Parquet');
        await expect(archive.read(ALL)).rejects.toThrow(/the archive cannot be used/);
        expect(await archive.read({ ...ALL, from: MONDAY + DAY })).toEqual(days.slice(1));
        await archive.close();
      }));
  });
}
