import type { Observation } from '../model/observation.ts';
import type { Bus, LiveObservation } from '../storage/bus/port.ts';
import type { Decoded } from './decode.ts';
import type { Head } from './head.ts';
import type { Reader } from './reader.ts';

/** The newest values cross to the city's other parts at most this often, ms. */
const PUBLISH_EVERY_MS = 250;

export interface LiveDeps {
  readonly reader: Reader;
  readonly head: Head;
  readonly bus: Bus;
  readonly signal: AbortSignal;
}

/** Decoded records as live observations, with their ids. */
export function liveObservations({ record, observations }: Decoded): readonly LiveObservation[] {
  return observations.map((observation, index) => ({
    ...observation,
    id: `${record.seq}.${index}`,
    domain: record.domain,
  }));
}

/**
 * Cursor 2: publishes what the journal says as soon as it is flushed, whether or not the store takes it. `known` are the
 * newest observations of the store; journal records behind `after` are not in it.
 */
export async function publishLive(after: number, known: readonly Observation[], deps: LiveDeps): Promise<void> {
  const { reader, head, bus, signal } = deps;
  const newest = new Map<string, { time: number; value: number }>();
  for (const { device, metric, time, value } of known) newest.set(`${device} ${metric}`, { time, value });
  let changed = new Map<string, LiveObservation>();

  let quietUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const publish = (): void => {
    timer = undefined;
    quietUntil = performance.now() + PUBLISH_EVERY_MS;
    const batch = [...changed.values()];
    changed = new Map();
    bus.publish('latest', batch);
  };
  /** At once after a pause, else together with what comes until the next is due. */
  const publishSoon = (): void => {
    if (changed.size === 0 || timer !== undefined) return;
    const wait = quietUntil - performance.now();
    if (wait <= 0) publish();
    else timer = setTimeout(publish, wait);
  };

  /** Keeps the newest by phenomenon time; of the same time the one received last. */
  function take(decoded: Decoded, all: LiveObservation[] | undefined): void {
    for (const [index, observation] of decoded.observations.entries()) {
      const key = `${observation.device} ${observation.metric}`;
      const before = newest.get(key);
      const newer = before === undefined || observation.time >= before.time;
      if (before?.time === observation.time && before.value === observation.value) continue;
      if (!newer && !all) continue;
      const { seq, domain } = decoded.record;
      const live: LiveObservation = { ...observation, id: `${seq}.${index}`, domain };
      if (newer) {
        if (before) {
          before.time = observation.time;
          before.value = observation.value;
        } else newest.set(key, { time: observation.time, value: observation.value });
        changed.set(key, live);
      }
      all?.push(live);
    }
    if (decoded.rejected || decoded.rejections.length > 0) notify(decoded, bus);
  }

  try {
    let cursor = after;
    while (!signal.aborted) {
      const until = await head.beyond(cursor);
      if (until === undefined) break;
      const batch = await reader.next(cursor, until);
      const all: LiveObservation[] | undefined = bus.wanted('observations') ? [] : undefined;
      for (const decoded of batch.decoded) take(decoded, all);
      publishSoon();
      if (all && all.length > 0) bus.publish('observations', all);
      cursor = batch.upTo;
    }
  } finally {
    clearTimeout(timer);
    if (changed.size > 0) publish();
  }
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
