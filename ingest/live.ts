import type { Observation } from '../model/observation.ts';
import type { Bus, LiveObservation } from '../storage/bus/port.ts';
import { StoreUnavailable, type TelemetryStore } from '../storage/telemetry/port.ts';
import type { Decoded } from './decode.ts';
import type { Head } from './head.ts';
import { liveOf, Newest } from './newest.ts';
import type { DecodedBatch, Reader } from './reader.ts';

/** The newest values cross to the city's other parts at most this often, ms. */
const PUBLISH_EVERY_MS = 250;

export interface LiveDeps {
  readonly reader: Reader;
  readonly head: Head;
  readonly bus: Bus;
  readonly store: Pick<TelemetryStore, 'held'>;
  readonly signal: AbortSignal;
}

/** Decoded records as live observations, with their ids. */
export function liveObservations({ record, observations }: Decoded): readonly LiveObservation[] {
  const { seq, domain } = record;
  return observations.map((observation, index) => liveOf({ observation, domain, seq, index }));
}

export interface Live {
  /** Publishes what is in the journal behind `after` until ingest stops. */
  run(after: number): Promise<void>;
  /** Whether anything of the device is held. */
  holds(device: string): boolean;
  /** The device is no longer registered. */
  drop(device: string): void;
}

/**
 * Cursor 2: publishes what the journal says as soon as it is flushed, whether or not the store takes it. `known` are the
 * newest observations of the store; journal records behind the start are not in it.
 */
export function createLive(known: readonly Observation[], deps: LiveDeps): Live {
  const { reader, head, bus, signal } = deps;
  const newest = new Newest(known);
  let quietUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const publish = (): void => {
    timer = undefined;
    quietUntil = performance.now() + PUBLISH_EVERY_MS;
    bus.publish('latest', newest.changes());
  };
  /** At once after a pause, else together with what comes until the next is due. */
  const publishSoon = (): void => {
    if (!newest.hasChanged || timer !== undefined) return;
    const wait = quietUntil - performance.now();
    if (wait <= 0) publish();
    else timer = setTimeout(publish, wait);
  };

  /** Asks the store about times that it held before this start. While it is away, what is live is the better guess. */
  async function meet({ decoded }: DecodedBatch): Promise<void> {
    const unknown = decoded.flatMap(({ observations }) => newest.unknown(observations));
    if (unknown.length === 0) return;
    try {
      newest.learn(await deps.store.held(unknown));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  function take(decoded: Decoded, all: LiveObservation[] | undefined): void {
    const { seq, domain } = decoded.record;
    for (const [index, observation] of decoded.observations.entries()) {
      const place = { observation, domain, seq, index };
      if (newest.take(place) !== 'known') all?.push(liveOf(place));
    }
    if (decoded.rejected || decoded.rejections.length > 0) notify(decoded, bus);
  }

  return {
    holds: (device) => newest.has(device),
    drop: (device) => newest.drop(device),
    async run(after) {
      try {
        let cursor = after;
        while (!signal.aborted) {
          const until = await head.beyond(cursor);
          if (until === undefined) break;
          const batch = await reader.next(cursor, until);
          await meet(batch);
          const all: LiveObservation[] | undefined = bus.wanted('observations') ? [] : undefined;
          for (const decoded of batch.decoded) take(decoded, all);
          publishSoon();
          if (all && all.length > 0) bus.publish('observations', all);
          cursor = batch.upTo;
        }
      } finally {
        clearTimeout(timer);
        if (newest.hasChanged) publish();
      }
    },
  };
}

/** Tells the device what was wrong: the first fault of a message is enough to learn from. */
function notify({ record, rejected, rejections }: Decoded, bus: Bus): void {
  const first = rejected ? { ...rejected, metric: null } : rejections[0];
  if (!first) return;
  bus.publish('rejected', {
    device: record.device,
    domain: record.domain,
    received: record.received,
    reason: first.reason,
    detail: first.detail,
    metric: first.metric,
  });
}
