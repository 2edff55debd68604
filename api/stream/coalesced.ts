import type { Bus, LiveObservation, LiveState } from '../../storage/bus/port.ts';
import type { Delivery } from './delivery.ts';
import type { PresenceEvent, StreamFilter } from './filter.ts';
import { isBehind } from './position.ts';
import { createWake } from './wake.ts';

const seriesOf = ({ device, metric }: LiveObservation) => `${device} ${metric}`;

/** The newest observation of each series that a reader wants. */
export function newestOf(live: LiveState, filter: StreamFilter): readonly LiveObservation[] {
  return live.latest().filter(filter.wants);
}

/** Observations in the journal's order, so that the last event carries the highest id. */
export function inOrder(observations: Iterable<LiveObservation>): readonly LiveObservation[] {
  return [...observations].sort((a, b) => (isBehind(a.id, b.id) ? 1 : isBehind(b.id, a.id) ? -1 : 0));
}

/**
 * Delivers the newest observation per series every `every` ms until `closed`; with `snapshot` the newest state first.
 * While a slow reader takes its time, newer observations replace older ones: memory is bounded by the number of series.
 */
export async function runCoalesced(
  reader: { readonly delivery: Delivery; readonly filter: StreamFilter; readonly closed: AbortSignal },
  city: { readonly bus: Bus; readonly live: LiveState },
  options: { readonly every: number; readonly snapshot: boolean },
): Promise<void> {
  const { delivery, filter, closed } = reader;
  let newest = new Map<string, LiveObservation>();
  let presence = new Map<string, PresenceEvent>();
  const ended = createWake();
  closed.addEventListener('abort', ended.wake, { once: true });

  const leave = [
    city.bus.subscribe('latest', (observations) => {
      for (const observation of observations)
        if (filter.wants(observation)) newest.set(seriesOf(observation), observation);
    }),
    city.bus.subscribe('presence', (event) => {
      if (filter.wantsPresence(event)) presence.set(event.device, event);
    }),
  ];
  try {
    if (options.snapshot)
      for (const observation of newestOf(city.live, filter)) newest.set(seriesOf(observation), observation);
    while (!closed.aborted) {
      const [observations, events] = [newest, presence];
      newest = new Map();
      presence = new Map();
      await delivery.observations(inOrder(observations.values()));
      await delivery.presence([...events.values()]);
      await ended.wait(options.every);
    }
  } finally {
    for (const unsubscribe of leave) unsubscribe();
  }
}
