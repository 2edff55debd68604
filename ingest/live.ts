import type { Observation } from '../model/observation.ts';
import type { Bus, LiveObservation } from '../storage/bus/port.ts';
import type { Decoded } from './decode.ts';
import type { Head } from './head.ts';
import type { Reader } from './reader.ts';
import { SeriesMap } from './series-map.ts';

/** The newest values cross to the city's other parts at most this often, ms. */
const PUBLISH_EVERY_MS = 250;

export interface LiveDeps {
  readonly reader: Reader;
  readonly head: Head;
  readonly bus: Bus;
  readonly signal: AbortSignal;
}

/** A decoded observation and its place in the journal. */
interface Place {
  observation: Observation;
  domain: string;
  seq: number;
  index: number;
}

/** The newest observation of a series; `changed` since it was last published. */
interface Series extends Place {
  changed: boolean;
}

const liveOf = ({ observation, domain, seq, index }: Place): LiveObservation => ({
  ...observation,
  id: `${seq}.${index}`,
  domain,
});

/** Decoded records as live observations, with their ids. */
export function liveObservations({ record, observations }: Decoded): readonly LiveObservation[] {
  const { seq, domain } = record;
  return observations.map((observation, index) => liveOf({ observation, domain, seq, index }));
}

/**
 * Cursor 2: publishes what the journal says as soon as it is flushed, whether or not the store takes it. `known` are the
 * newest observations of the store; journal records behind `after` are not in it.
 */
export async function publishLive(after: number, known: readonly Observation[], deps: LiveDeps): Promise<void> {
  const { reader, head, bus, signal } = deps;
  const series = new SeriesMap<Series>();
  for (const observation of known)
    series.set(observation.device, observation.metric, { observation, domain: '', seq: 0, index: 0, changed: false });
  let changed: Series[] = [];

  let quietUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const publish = (): void => {
    timer = undefined;
    quietUntil = performance.now() + PUBLISH_EVERY_MS;
    const batch = changed;
    changed = [];
    for (const one of batch) one.changed = false;
    bus.publish('latest', batch.map(liveOf));
  };
  /** At once after a pause, else together with what comes until the next is due. */
  const publishSoon = (): void => {
    if (changed.length === 0 || timer !== undefined) return;
    const wait = quietUntil - performance.now();
    if (wait <= 0) publish();
    else timer = setTimeout(publish, wait);
  };

  /** Keeps the newest by phenomenon time; of the same time the one received last. */
  function take(decoded: Decoded, all: LiveObservation[] | undefined): void {
    const { seq, domain } = decoded.record;
    for (const [index, observation] of decoded.observations.entries()) {
      let one = series.get(observation.device, observation.metric);
      const before = one?.observation;
      if (before?.time === observation.time && before.value === observation.value) continue;
      all?.push(liveOf({ observation, domain, seq, index }));
      if (before && before.time > observation.time) continue;
      if (!one) {
        one = { observation, domain, seq, index, changed: false };
        series.set(observation.device, observation.metric, one);
      }
      one.observation = observation;
      one.domain = domain;
      one.seq = seq;
      one.index = index;
      if (one.changed) continue;
      one.changed = true;
      changed.push(one);
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
    if (changed.length > 0) publish();
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
