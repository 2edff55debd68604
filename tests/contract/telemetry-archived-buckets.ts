import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import { createHistory, type History } from '../../storage/archive/history.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import { type Archive, type ArchiveReader, dayOf } from '../../storage/archive/port.ts';
import type { BucketQuery, TelemetryStore } from '../../storage/telemetry/port.ts';
import { keyOf, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { at, batches, classify, DAY, HOUR, MINUTE, MONDAY, observation } from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { history } from './telemetry-any-order.ts';
import { asked, expectTold } from './telemetry-frames.ts';

const BEGINNING = MONDAY - 400 * DAY;

/** What housekeeping did: days archived up to a day, and raw observations deleted up to an hour of what is archived. */
type Keeping = { readonly days: number; readonly hours: number | undefined };
const housekeeping: fc.Arbitrary<Keeping> = fc.record({
  days: fc.integer({ min: 0, max: 3 }),
  hours: fc.option(fc.integer({ min: 0, max: 72 }), { nil: undefined }),
});

async function newArchive(): Promise<Archive> {
  const folder = await temporaryDirectory();
  const archive = await openParquetArchive({ directory: join(folder.path, 'archive') });
  onTestFinished(async () => {
    await archive.close();
    await folder.remove();
  });
  return archive;
}

async function archiveDay(archive: Archive, store: TelemetryStore, day: number): Promise<void> {
  await archive.write(day, (path) => store.extract(day, day + DAY, path));
}

type Round = { readonly parts: readonly { readonly content: readonly Observation[] }[]; readonly keeping: Keeping };

/** Has the rounds come in and housekeeping done after each; resolves with all of it, as if nothing were ever deleted. */
async function live(store: TelemetryStore, archive: Archive, rounds: readonly Round[]): Promise<NaiveTelemetry> {
  const [all, next] = [new NaiveTelemetry(), batches()];
  const gone = new Set<string>();
  let border = BEGINNING;
  for (const { parts, keeping } of rounds) {
    for (const { content } of parts) {
      // As at the door: what was deleted is not let in again. Of what is archived only, corrections may come.
      const admitted = content.filter((one) => !gone.has(keyOf(one)));
      const batch = next(classify(all, admitted));
      await store.put(batch);
      all.put(batch);
    }
    border = Math.max(border, MONDAY + keeping.days * DAY);
    for (const day of new Set(all.all().map(({ time }) => dayOf(time))))
      if (day < border) await archiveDay(archive, store, day);
    if (keeping.hours === undefined) continue;
    const before = Math.min(border, MONDAY + keeping.hours * HOUR);
    await store.expire(before, BEGINNING);
    for (const one of all.all()) if (one.time < before) gone.add(keyOf(one));
  }
  return all;
}

/** What is told bucket by bucket does not tell where the border of store and archive lies. */
export function archivedBucketsContract(fresh: FreshLab, runs: number): void {
  describe('frames and volume over store and archive', () => {
    it('tell what the same data tell that were never archived, wherever the border lies and a day is on its way', async () => {
      const rounds = fc.array(fc.record({ parts: history, keeping: housekeeping }), { minLength: 1, maxLength: 3 });
      const questions = fc.array(asked, { minLength: 4, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(rounds, questions, (told, queries) =>
          inLab(fresh, async (store) => {
            const archive = await newArchive();
            const all = await live(store, archive, told);
            const past = createHistory(store, archive);
            for (const query of queries) {
              await expectTold(past, all, query);
              const cells = [query.devices, 'mean_speed', query.from, query.to] as const;
              expect([...(await past.cells(...cells))].sort()).toEqual(all.cells(...cells).sort());
            }
          }),
        ),
        { numRuns: runs, interruptAfterTimeLimit: 50_000 },
      );
    });

    const query: BucketQuery = {
      ...{ devices: ['counter-1', 'bus-1'], metrics: ['vehicle_count', 'mean_speed'] },
      ...{
        from: MONDAY + 20 * HOUR,
        to: MONDAY + 28 * HOUR,
        starts: [0, 2, 4, 6].map((h) => MONDAY + (20 + h) * HOUR),
      },
    };
    const seen = (hour: number, value: number, other: Partial<Parameters<typeof observation>[0]> = {}) =>
      observation({ time: MONDAY + hour * HOUR, value, ...other });

    it('let what the store tells late hold over what is archived, also where it is invalid', () =>
      inLab(fresh, async (store) => {
        const archive = await newArchive();
        const next = batches();
        await store.put(next({ fresh: [seen(20, 1), seen(21, 2), seen(22, 3), seen(23, 4), seen(25, 5)] }));
        await archiveDay(archive, store, MONDAY);
        await store.expire(MONDAY + DAY, BEGINNING);
        // A message that waited in the journal for days: to the store each of them is new.
        await store.put(next({ fresh: [seen(21, 20, { quality: 'invalid' }), seen(22.5, 33), seen(23, 44)] }));
        const past = createHistory(store, archive);
        const [frame] = await past.frames(query);
        expect([...(frame?.values ?? [])]).toEqual([1, 44, 5, Number.NaN]);
        // Half an hour off the hours, so that only raw observations tell.
        const half = { ...query, from: query.from - HOUR / 2, starts: query.starts.map((start) => start - HOUR / 2) };
        const rows = (await past.volume(half)).filter(({ metric }) => metric === undefined);
        const counts = rows.map(({ start, observations, devices }) => [(start - MONDAY) / HOUR, observations, devices]);
        expect(counts.sort()).toEqual([
          [19.5, 1, 1],
          [21.5, 3, 1],
          [23.5, 1, 1],
        ]);
      }));

    it('count what the store tells late of an hour whose raw observations are gone, and what corrects that', () =>
      inLab(fresh, async (opened, reopen) => {
        let store = opened;
        const next = batches();
        await store.put(next({ fresh: [seen(20, 1), seen(20.25, 2), seen(30, 5)] }));
        await store.expire(MONDAY + DAY, BEGINNING);
        const hour = { ...query, devices: ['counter-1'], from: MONDAY + 20 * HOUR, to: MONDAY + 21 * HOUR };
        const told = async () => {
          const [row] = await store.hours(hour.devices, 'vehicle_count', hour.from, hour.to);
          const [volume] = await store.volume({ ...hour, starts: [hour.from] });
          return [row?.count, row?.sum, row?.min, row?.max, row?.last, volume?.observations];
        };
        expect(await told()).toEqual([2, 3, 1, 2, 2, 2]);
        const late = [seen(20.5, 7), seen(20.75, 99, { quality: 'invalid' })];
        await store.put(next({ fresh: late }));
        expect(await told()).toEqual([3, 10, 1, 7, 7, 3]);
        const corrected = (one: Observation, superseded: number) => ({ observation: one, superseded });
        await store.put(next({ corrections: [corrected(seen(20.75, 9, { received: MONDAY + 3 * DAY }), 99)] }));
        expect(await told()).toEqual([4, 19, 1, 9, 9, 4]);
        store = await reopen();
        await store.put(
          next({ corrections: [corrected(seen(20.5, 8, { received: MONDAY + 3 * DAY, quality: 'invalid' }), 7)] }),
        );
        expect((await told()).toSpliced(2, 3)).toEqual([3, 12, 3]);
      }));

    it('tell of a day that is archived and deleted while they are asked', () =>
      inLab(fresh, async (store) => {
        const archive = await newArchive();
        const places = [at(105.8, 21), at(105.9, 21.1)] as const;
        const bus = { device: 'bus-1', metric: 'mean_speed' };
        await store.put(
          batches()({
            fresh: [
              seen(20, 1),
              seen(25, 2),
              seen(23, 30, { ...bus, ...places[0] }),
              seen(24, 40, { ...bus, ...places[1] }),
            ],
          }),
        );
        const unmoved = [await store.frames(query), await store.volume(query)];
        // Asked whether there is anything, the archive says no; a moment later the day has moved.
        const moving = (): ArchiveReader & { moved: boolean } => {
          const reader = { ...archive, moved: false };
          reader.holds = async (from, to) => {
            const held = await archive.holds(from, to);
            if (!reader.moved) {
              reader.moved = true;
              await archiveDay(archive, store, MONDAY);
              await store.expire(MONDAY + DAY, BEGINNING);
            }
            return held;
          };
          return reader;
        };
        const byText = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
        expect(byText(await createHistory(store, moving()).frames(query))).toEqual(byText(unmoved[0] ?? []));
        expect(byText(await createHistory(store, archive).volume(query))).toEqual(byText(unmoved[1] ?? []));
      }));

    it('break off when nobody waits for them any more', () =>
      inLab(fresh, async (store) => {
        const archive = await newArchive();
        await store.put(batches()({ fresh: [seen(20, 1)] }));
        await archiveDay(archive, store, MONDAY);
        await store.expire(MONDAY + DAY, BEGINNING);
        const past: History = createHistory(store, archive);
        const over = AbortSignal.abort(new Error('nobody waits'));
        await expect(past.frames(query, over)).rejects.toThrow('nobody waits');
        const minutes = { ...query, starts: [query.from, query.from + MINUTE] };
        await expect(past.volume(minutes, over)).rejects.toThrow('nobody waits');
      }));
  });
}
