import { createBirpc } from 'birpc';
import type { Bus, LiveState } from '../../storage/bus/port.ts';
import type { Batch, Checkpoint, TelemetryReader } from '../../storage/telemetry/port.ts';
import { overPort, startWorker } from '../worker.ts';
import { CROSSING, type IngestCalls, type IngestThreadOptions, type MainCalls, publishTo } from './protocol.ts';
import { storeOver, unwrap } from './store-client.ts';

/** The ingest thread as the main thread sees it. */
export interface IngestThread {
  readonly store: TelemetryReader;
  readonly since: LiveState['since'];
  /** Opens the store; resolves with what it has committed. Rejects with StoreUnavailable where it does not answer. */
  open(): Promise<Checkpoint>;
  /** Starts both cursors. */
  begin(): Promise<void>;
  flushed(head: number): void;
  forget(device: string): void;
  stop(): Promise<void>;
}

export interface IngestThreadEvents {
  readonly committed: (seq: number, tallies: Batch['tallies']) => void;
  readonly available: (yes: boolean) => void;
  /** Ingest has ended by itself: the city cannot go on. */
  readonly failed: (message: string) => void;
}

/** Decoded messages live for one batch: with room for several the collector finds nearly all of them dead. */
const YOUNG_MB = 96;

/** Starts the thread; what it publishes arrives on `bus`. */
export function startIngestThread(options: IngestThreadOptions, bus: Bus, events: IngestThreadEvents): IngestThread {
  const worker = startWorker('./worker.js', import.meta.url, {
    workerData: options,
    transferList: [options.reader],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let stopping = false;
  worker.on('error', (error) => events.failed(error.message));
  worker.on('exit', (code) => {
    if (!stopping) events.failed(`the ingest thread ended (${code})`);
  });

  const calls: MainCalls = {
    committed: events.committed,
    available: events.available,
    failed: events.failed,
    publish: (...event) => publishTo(bus, ...event),
  };
  const ingest = createBirpc<IngestCalls, MainCalls>(calls, overPort(worker));
  const tellWanted = (topic: Parameters<IngestCalls['wanted']>[0], yes: boolean) =>
    void ingest.wanted.asEvent(topic, yes);
  for (const topic of CROSSING) if (bus.wanted(topic)) tellWanted(topic, true);
  const forgetWanted = bus.onWanted(tellWanted);

  return {
    open: async () => unwrap(await ingest.open()),
    begin: () => ingest.begin(),
    since: (after, limit) => ingest.since(after, limit),
    flushed: (head) => void ingest.flushed.asEvent(head),
    forget: (device) => void ingest.forget.asEvent(device),
    async stop() {
      stopping = true;
      forgetWanted();
      await ingest.stop();
      await worker.terminate();
    },
    store: storeOver(ingest),
  };
}
