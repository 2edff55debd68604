import { createBirpc } from 'birpc';
import type { Reader } from '../../api/reading/elsewhere.ts';
import type { Archive } from '../../storage/archive/port.ts';
import type { Bus } from '../../storage/bus/port.ts';
import { overPort, startWorker } from '../worker.ts';
import { bodyOf } from './bodies.ts';
import { hearTold, type MainCalls, type ReadingCalls, type ReadingThreadOptions } from './protocol.ts';

/** The reading thread as the main thread sees it. */
export interface ReadingThread {
  readonly reader: Reader;
  /** Reads what the store knows of the newest: to be called when the store is open and before ingest begins. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

export interface ReadingThreadDeps {
  readonly bus: Bus;
  readonly archive: Pick<Archive, 'between'>;
  /** The thread has ended by itself: the city cannot go on. */
  readonly failed: (message: string) => void;
}

/** Answers of ten thousand rows live for one request: with room for several the collector finds nearly all of them dead. */
const YOUNG_MB = 32;
/** No body has a 1xx, 204 or 304. */
const BODILESS = new Set([204, 304]);

/**
 * Starts the thread that answers what only reads, so that no answer, however long, holds up an acknowledgement. Devices,
 * presence and areas it hears of from `bus`.
 */
export function startReadingThread(
  options: ReadingThreadOptions,
  { bus, archive, failed }: ReadingThreadDeps,
): ReadingThread {
  const worker = startWorker('./worker.js', import.meta.url, {
    workerData: options,
    transferList: [options.ingest],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let stopping = false;
  worker.on('error', (error) => failed(error.message));
  worker.on('exit', (code) => {
    if (!stopping) failed(`the reading thread ended (${code})`);
  });
  const calls: MainCalls = { archivedDays: (from, to) => archive.between(from, to) };
  const reading = createBirpc<ReadingCalls, MainCalls>(calls, overPort(worker));
  const deaf = hearTold(bus, (...event) => void reading.told.asEvent(...event));
  let last = 0;

  return {
    open: () => reading.open(),
    async reader(request, signal) {
      last += 1;
      const id = last;
      const drop = () => void reading.drop.asEvent(id);
      signal.addEventListener('abort', drop, { once: true });
      const { status, headers, ...first } = await reading.ask(id, request);
      const answered = new Headers();
      for (const [name, value] of headers) answered.append(name, value);
      if (!first.more) signal.removeEventListener('abort', drop);
      const body = BODILESS.has(status) ? null : bodyOf(first, () => reading.more(id), drop);
      return new Response(body, { status, headers: answered });
    },
    async stop() {
      stopping = true;
      deaf();
      await reading.stop();
      await worker.terminate();
    },
  };
}
