import type { Logger } from 'pino';
import type { Catalogue } from '../model/catalogue.ts';
import type { Device } from '../model/device.ts';
import type { Observation } from '../model/observation.ts';
import type { Bus, LiveState } from '../storage/bus/port.ts';
import type { JournalReader } from '../storage/journal/port.ts';
import type { QuarantineStore } from '../storage/quarantine/port.ts';
import type { Checkpoint, TelemetryStore } from '../storage/telemetry/port.ts';
import { createDecoder } from './decode.ts';
import type { FormatDecoders } from './formats/format.ts';
import { createHead } from './head.ts';
import { createLive } from './live.ts';
import { createReader } from './reader.ts';
import { createSince } from './since.ts';
import { type StoringDeps, storeJournal } from './store.ts';
import { openUnitConverter } from './units.ts';

export interface IngestDeps {
  readonly catalogue: Catalogue;
  readonly journal: JournalReader;
  readonly store: TelemetryStore;
  readonly quarantine: Pick<QuarantineStore, 'put'>;
  /** The registered device, read anew for each that is not known yet. */
  readonly lookUp: (id: string) => Promise<Device | undefined>;
  readonly bus: Bus;
  /** ms. */
  readonly rawRetention: number;
  /** The city's own by default. */
  readonly formats?: FormatDecoders | undefined;
  readonly log: Logger;
  readonly committed: StoringDeps['committed'];
  readonly available: StoringDeps['available'];
  /** A cursor met an error that waiting does not mend: the city must not go on as if it stored. */
  readonly failed: (error: unknown) => void;
}

export interface Ingest {
  /** The journal was flushed up to `seq`. */
  flushed(seq: number): void;
  /** A device was registered, changed or removed. */
  forget(device: string): Promise<void>;
  readonly since: LiveState['since'];
  /** Ends both cursors after the batches under way. */
  stop(): Promise<void>;
}

/** Starts both cursors behind what the store has committed; `latest` is its newest observations. */
export async function startIngest(
  checkpoint: Checkpoint,
  latest: readonly Observation[],
  deps: IngestDeps,
): Promise<Ingest> {
  const decoder = createDecoder(
    { catalogue: deps.catalogue, convert: await openUnitConverter(), rawRetention: deps.rawRetention },
    deps.lookUp,
    deps.formats,
  );
  const reader = createReader(deps.journal, decoder);
  const head = createHead();
  const ending = new AbortController();
  const { signal } = ending;
  let flushedHead = 0;

  const live = createLive(latest, { reader, head, bus: deps.bus, store: deps.store, signal });
  const cursors = [storeJournal(checkpoint, { ...deps, reader, head, signal }), live.run(checkpoint.seq)].map(
    (cursor) =>
      cursor.catch((error: unknown) => {
        if (!signal.aborted) deps.failed(error);
      }),
  );

  return {
    flushed(seq) {
      flushedHead = Math.max(flushedHead, seq);
      head.moved(seq);
    },
    async forget(device) {
      decoder.forget(device);
      // Of most of thousands that are registered at once nothing is held yet.
      if (live.holds(device) && !(await deps.lookUp(device))) live.drop(device);
    },
    since: createSince(deps.journal, decoder, () => flushedHead),
    async stop() {
      ending.abort(new Error('the city stops'));
      head.stop();
      await Promise.all(cursors);
    },
  };
}
