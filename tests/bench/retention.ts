import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createArchiving } from '../../app/archiving.ts';
import { applyRetention } from '../../app/housekeeping.ts';
import type { Observation } from '../../model/observation.ts';
import { openParquetArchive } from '../../storage/archive/parquet.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import type { TelemetryStore } from '../../storage/telemetry/port.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DAY = 86_400_000;
const SERIES = 10_000;
const BATCH = 1_000;
/** Puts a second while it is measured. */
const PUTS = 10;
const START = Date.parse('2026-03-02T00:00:00Z');

export interface RetentionFigures {
  /** Observations of the day that was archived and deleted. */
  readonly observations: number;
  readonly seconds: number;
  readonly bytes: number;
  /** ms that a put of 1,000 observations took, without and while a day is archived and deleted. */
  readonly without: { readonly p50: number; readonly p90: number; readonly max: number };
  readonly during: { readonly p50: number; readonly p90: number; readonly max: number };
}

/** Archives and deletes a day of a city while batches go on being put, and compares how long these take. */
export async function retentionFigures(
  observations: number,
  progress: (line: string) => void,
): Promise<RetentionFigures> {
  const folder = await temporaryDirectory();
  const store = await openDuckDbStore({ path: join(folder.path, 'telemetry.duckdb') });
  const archive = await openParquetArchive({ directory: join(folder.path, 'archive') });
  try {
    const put = putter(store);
    const step = DAY / (observations / SERIES);
    for (let n = 0; n < observations; n += 20 * BATCH)
      await put(20 * BATCH, (i) => START + Math.floor((n + i) / SERIES) * step);
    const now = START + 100 * DAY;
    let made = 0;
    const young = () => put(BATCH, (i) => now + made++ * 10 + i);
    progress('puts alone');
    const without = await timed(young, delay(20_000));
    progress('puts while a day is archived and deleted');
    const nothing = async () => 0;
    const log = pino({ level: 'silent' });
    const archiving = createArchiving({ archive, store, drained: async () => undefined, log });
    const keep = {
      raw: 90 * DAY,
      hours: 900 * DAY,
      journal: DAY,
      quarantine: DAY,
      archive: 900 * DAY,
      presence: 900 * DAY,
    };
    const began = performance.now();
    const work = applyRetention(
      {
        ...{ store, archive, archiving, keep, log, checkpoint: () => 0, settle: nothing },
        ...{
          journal: { trim: nothing },
          quarantine: { expire: nothing },
          registry: { expirePresenceChanges: nothing },
        },
      },
      now,
    ).then(() => (performance.now() - began) / 1_000);
    const during = await timed(young, work);
    const [day] = await archive.days();
    return { observations: day?.observations ?? 0, bytes: day?.bytes ?? 0, seconds: await work, without, during };
  } finally {
    await Promise.all([store.close(), archive.close()]);
    await folder.remove();
  }
}

function putter(store: TelemetryStore) {
  let seq = 0;
  return async (count: number, time: (i: number) => number): Promise<void> => {
    const fresh = Array.from({ length: count }, (_, i): Observation => {
      const at = Math.floor(time(i));
      const device = `series-${i % SERIES}`;
      const value = 30 + (Math.sin(at / 1e7 + i) * 20 + (i % 7)) / 3;
      return { device, metric: 'mean_speed', time: at, value, quality: 'valid', received: at + 500, flags: [] };
    });
    await store.put({ after: seq, upTo: seq + 1, fresh, corrections: [], tallies: [] });
    seq += 1;
  };
}

/** Puts at a steady pace until `work` is done. */
async function timed(put: () => Promise<void>, work: Promise<unknown>): Promise<RetentionFigures['without']> {
  let done = false;
  void work.finally(() => {
    done = true;
  });
  const times: number[] = [];
  while (!done) {
    const began = performance.now();
    await put();
    times.push(performance.now() - began);
    await delay(Math.max(0, 1_000 / PUTS - (performance.now() - began)));
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), max: at(1) };
}
