import type { Logger } from 'pino';
import { instant } from '../model/observation.ts';
import { type Archive, DAY_MS, dayOf } from '../storage/archive/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';

/** Before anything that any store can hold, ms: InfluxDB's first moment is a little earlier. */
const BEGINNING = Date.UTC(1678, 0, 1);

export interface ArchivingDeps {
  readonly archive: Pick<Archive, 'write'>;
  readonly store: Pick<TelemetryReader, 'range' | 'extract'>;
  /** Resolves when all that the journal holds by now is stored. */
  readonly drained: () => Promise<void>;
  readonly log: Logger;
}

/** Sets raw days aside before they are deleted. */
export interface Archiving {
  /**
   * Archives every UTC day that lies wholly before `rawBefore` (ms) and of which the store has anything. Resolves with the
   * moment before which raw observations may be deleted: nothing before it is not archived. Where a day cannot be archived
   * the log says so, and none behind it is tried.
   */
  upTo(rawBefore: number): Promise<number>;
  /** To be told when raw observations before a moment (ms) were deleted. */
  deleted(before: number): Promise<void>;
  /** Whether every day that was to be archived was. */
  ok(): boolean;
}

export function createArchiving({ archive, store, drained, log }: ArchivingDeps): Archiving {
  let ok = true;
  /** Days archived whose observations the store still tells. */
  const kept = new Set<number>();
  const firstDay = async (from: number, to: number): Promise<number | undefined> => {
    const [first] = await store.range({ from, to, limit: 1 });
    return first && dayOf(first.time);
  };

  return {
    ok: () => ok,
    async upTo(rawBefore) {
      const end = dayOf(rawBefore);
      let safe = BEGINNING;
      try {
        // What is received from now on is too old if it is of any of these days.
        await drained();
        for (let day = await firstDay(safe, end); day !== undefined; day = await firstDay(safe, end)) {
          const [from, next] = [day, day + DAY_MS];
          if (!kept.has(day)) {
            const began = performance.now();
            const archived = await archive.write(day, (path) => store.extract(from, next, path));
            kept.add(day);
            log.info({ day: instant(day), ...archived, ms: Math.round(performance.now() - began) }, 'day archived');
          }
          safe = next;
        }
        ok = true;
        return end;
      } catch (error) {
        ok = false;
        log.warn({ err: error }, 'a day could not be archived: what is not archived is not deleted');
        return safe;
      }
    },
    async deleted(before) {
      // InfluxDB 3.x deletes nothing itself, and would have the same days archived every hour.
      if ((await firstDay(BEGINNING, before)) === undefined) kept.clear();
    },
  };
}
