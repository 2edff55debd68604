import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Reading } from '../../model/telemetry.ts';
import { payloadOf } from './message.ts';
import { createPace } from './pace.ts';
import { type Sender, Unanswered } from './sender.ts';

export interface DispatchOptions {
  /** Readings in one message. */
  readonly batch: number;
  /** Messages sent and not yet acknowledged, at most. */
  readonly inFlight: number;
  /** Times real time; undefined for as fast as the city takes it. */
  readonly speed: number | undefined;
  /** Called with the number of readings settled by each message. */
  progress(readings: number): void;
}

/** Counted in readings, but for messages. */
export interface DispatchCounts {
  sent: number;
  acknowledged: number;
  failed: number;
  /** Not sent any more, because the city had stopped answering. */
  unsent: number;
  messages: number;
  readonly errors: string[];
}

export interface Dispatch {
  /** Takes a reading at `time` (ms since the epoch); resolves when there is room for the next. */
  add(device: string, time: number, reading: Reading): Promise<void>;
  /** Sends what is left and waits for every acknowledgement. */
  finish(): Promise<DispatchCounts>;
}

const ERRORS_KEPT = 5;

/**
 * Gathers readings into messages per device, in the file's order, and sends them with a bounded number under way. Stops
 * sending once a message was not answered and nothing else was either since it was sent: the city is gone.
 */
export function createDispatch(sender: Sender, options: DispatchOptions): Dispatch {
  const { batch, inFlight, speed, progress } = options;
  const queue = new PQueue({ concurrency: inFlight });
  const waiting = new Map<string, Reading[]>();
  const counts: DispatchCounts = { sent: 0, acknowledged: 0, failed: 0, unsent: 0, messages: 0, errors: [] };
  const pace = createPace(speed);
  const gone = new AbortController();

  const deliver = async (device: string, readings: readonly Reading[]) => {
    if (gone.signal.aborted) {
      counts.unsent += readings.length;
      return;
    }
    counts.sent += readings.length;
    counts.messages += 1;
    const before = counts.acknowledged;
    try {
      await sender.send(device, payloadOf(readings), readings.length);
      counts.acknowledged += readings.length;
    } catch (error) {
      counts.failed += readings.length;
      if (error instanceof Unanswered && counts.acknowledged === before) gone.abort();
      const message = error instanceof Error ? error.message : String(error);
      if (counts.errors.length < ERRORS_KEPT && !counts.errors.includes(message)) counts.errors.push(message);
    }
    progress(readings.length);
  };
  const flush = async (device: string) => {
    const readings = waiting.get(device) ?? [];
    waiting.delete(device);
    if (readings.length === 0) return;
    await queue.onSizeLessThan(1);
    // deliver never rejects: what failed is counted.
    void queue.add(() => deliver(device, readings));
  };

  return {
    async add(device, time, reading) {
      const wait = gone.signal.aborted ? 0 : pace(time, Date.now());
      if (wait > 0) await delay(wait, undefined, { signal: gone.signal }).catch(() => undefined);
      if (gone.signal.aborted) {
        counts.unsent += 1;
        return;
      }
      const readings = waiting.get(device) ?? [];
      readings.push(reading);
      waiting.set(device, readings);
      if (readings.length >= batch) await flush(device);
    },
    async finish() {
      for (const device of [...waiting.keys()]) await flush(device);
      await queue.onIdle();
      return counts;
    },
  };
}
