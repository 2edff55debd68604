import { Cron } from 'croner';
import type { Logger } from 'pino';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';

export interface HousekeepingDeps {
  readonly journal: Pick<JournalWriter, 'trim'>;
  readonly store: Pick<TelemetryReader, 'expire'>;
  readonly quarantine: Pick<QuarantineStore, 'expire'>;
  /** Highest journal record whose content is stored: nothing behind it is ever trimmed. */
  readonly checkpoint: () => number;
  /** ms. */
  readonly keep: {
    readonly raw: number;
    readonly hours: number;
    readonly journal: number;
    readonly quarantine: number;
  };
  readonly log: Logger;
}

/** Applies the retention settings once. */
export async function applyRetention(deps: HousekeepingDeps, now: number): Promise<void> {
  const { keep, log } = deps;
  const trimmed = await deps.journal.trim(deps.checkpoint(), now - keep.journal);
  const expired = await deps.store.expire(now - keep.raw, now - keep.hours);
  const quarantined = await deps.quarantine.expire(now - keep.quarantine);
  log.info({ trimmed, ...expired, quarantined }, 'retention applied');
}

/** Applies retention at minute 17 of every hour, away from the round minutes when devices report. */
export function startHousekeeping(deps: HousekeepingDeps): { stop(): void } {
  const job = new Cron('17 * * * *', { protect: true, unref: true }, async () => {
    try {
      await applyRetention(deps, Date.now());
    } catch (error) {
      deps.log.error({ error }, 'retention could not be applied; it is tried again in an hour');
    }
  });
  return { stop: () => job.stop() };
}
