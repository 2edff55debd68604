import { Cron } from 'croner';
import type { Logger } from 'pino';
import { instant } from '../model/observation.ts';
import type { Archive } from '../storage/archive/port.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { Registry } from '../storage/registry/port.ts';
import type { TelemetryReader } from '../storage/telemetry/port.ts';
import type { Archiving } from './archiving.ts';

export interface HousekeepingDeps {
  readonly journal: Pick<JournalWriter, 'trim'>;
  readonly store: Pick<TelemetryReader, 'expire'>;
  readonly quarantine: Pick<QuarantineStore, 'expire'>;
  /** Days archived before go when their time is over, also where none is archived any more. */
  readonly archive: Pick<Archive, 'expire'>;
  readonly registry: Pick<Registry, 'expirePresenceChanges'>;
  /** Where raw days are to be archived before they are deleted. */
  readonly archiving?: Archiving | undefined;
  /** Highest journal record whose content is stored: nothing behind it is ever trimmed. */
  readonly checkpoint: () => number;
  /** Settles replays that were left open: what is trimmed is not found any more. */
  readonly settle: () => Promise<unknown>;
  /** ms. */
  readonly keep: {
    readonly raw: number;
    readonly hours: number;
    readonly journal: number;
    readonly quarantine: number;
    readonly archive: number;
    readonly presence: number;
  };
  readonly log: Logger;
}

/** Applies the retention settings once. */
export async function applyRetention(deps: HousekeepingDeps, now: number): Promise<void> {
  const { keep, log, archiving } = deps;
  await deps.settle();
  const trimmed = await deps.journal.trim(deps.checkpoint(), now - keep.journal);
  const rawBefore = now - keep.raw;
  const archived = archiving ? await archiving.upTo(rawBefore) : rawBefore;
  const expired = await deps.store.expire(archived, now - keep.hours);
  await archiving?.deleted(archived);
  const days = await deps.archive.expire(now - keep.archive);
  const quarantined = await deps.quarantine.expire(now - keep.quarantine);
  const presences = await deps.registry.expirePresenceChanges(instant(now - keep.presence));
  log.info({ trimmed, ...expired, days, quarantined, presences }, 'retention applied');
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
