import type { ReplayDeps } from '../api/deps.ts';
import { FORMAT_DECODERS } from '../ingest/formats/formats.ts';
import { isRejection } from '../ingest/rejection.ts';
import { phenomenonTime } from '../model/telemetry.ts';
import { openJournalReader } from '../storage/journal/lmdb.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import { createResender, type Settled } from '../storage/quarantine/resend.ts';

/** Replaying the quarantine, as the composition root holds it. */
export interface Replaying {
  readonly deps: ReplayDeps;
  /** Settles replays that a crash or a failing disk left open: at the start, and before the journal is trimmed. */
  settle(): Promise<Settled>;
  close(): Promise<void>;
}

export interface ReplayingOptions {
  readonly quarantine: QuarantineStore;
  readonly journal: Pick<JournalWriter, 'appendAll' | 'head' | 'trim'>;
  /** Where the journal is. */
  readonly path: string;
  /** ms. */
  readonly rawRetention: number;
}

/** Opens what replaying needs, and settles what an earlier process left open. The journal is open for writing already. */
export async function openReplaying({ quarantine, journal, path, rawRetention }: ReplayingOptions): Promise<Replaying> {
  const reader = await openJournalReader({ path });
  const resender = createResender({ quarantine, journal, reader });
  try {
    await resender.settle();
  } catch (error) {
    await reader.close();
    throw error;
  }
  return { deps: { resender, rawRetention, times: timesOf }, settle: resender.settle, close: () => reader.close() };
}

/** The times (ms) that a message speaks of, as ingest decodes it; its receipt where it tells none. */
export const timesOf: ReplayDeps['times'] = ({ format, payload, received }, kind) => {
  const decoding = FORMAT_DECODERS[format]?.(payload, { kind, received });
  if (!decoding || isRejection(decoding)) return [];
  return decoding.readings.flatMap(({ time }) => (time === undefined ? received : phenomenonTime(time)) ?? []);
};
