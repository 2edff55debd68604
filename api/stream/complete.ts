import type { Bus, LiveObservation, LiveState } from '../../storage/bus/port.ts';
import { inOrder, newestOf } from './coalesced.ts';
import type { Delivery } from './delivery.ts';
import type { PresenceEvent, StreamFilter } from './filter.ts';
import { isBehind } from './position.ts';
import { createWake, type Wake } from './wake.ts';

/** Observations read from the journal at once. */
const PAGE = 1_000;
/** ms between two looks into the journal while the bus tells nothing. */
const LOOK_AGAIN_MS = 1_000;

/** What the bus told and was not delivered yet, at most `limit` observations. */
interface Inbox {
  readonly observations: LiveObservation[];
  /** Id of the first and the last observation told, wanted or not, since the inbox was opened. */
  first: string | undefined;
  last: string | undefined;
  /** Something was told that there was no room for: from `last` on, the journal has it. */
  overflowed: boolean;
}

const emptyInbox = (): Inbox => ({ observations: [], first: undefined, last: undefined, overflowed: false });

function fill(inbox: Inbox, told: readonly LiveObservation[], filter: StreamFilter, limit: number): void {
  for (const observation of told) {
    if (inbox.overflowed) return;
    const wanted = filter.wants(observation);
    if (wanted && inbox.observations.length >= limit) {
      inbox.overflowed = true;
      return;
    }
    if (wanted) inbox.observations.push(observation);
    inbox.first ??= observation.id;
    inbox.last = observation.id;
  }
}

/**
 * Delivers everything until `closed`: from behind `after` where given, else from now on. What lies between `after` and
 * what the bus tells is read from the journal, without gap or repeat; so is whatever a reader is too slow to take as
 * it happens. Memory is bounded by `buffer` observations.
 */
export async function runComplete(
  reader: { readonly delivery: Delivery; readonly filter: StreamFilter; readonly closed: AbortSignal },
  city: { readonly bus: Bus; readonly live: LiveState },
  options: { readonly after: string | undefined; readonly buffer: number; readonly snapshot: boolean },
): Promise<void> {
  const { delivery, filter, closed } = reader;
  const happened: Wake = createWake();
  closed.addEventListener('abort', happened.wake, { once: true });
  let inbox = emptyInbox();
  let presence = new Map<string, PresenceEvent>();
  /** Everything up to here was delivered. */
  let cursor = options.after;

  const leave = [
    city.bus.subscribe('observations', (told) => {
      fill(inbox, told, filter, options.buffer);
      happened.wake();
    }),
    city.bus.subscribe('presence', (event) => {
      if (filter.wantsPresence(event)) presence.set(event.device, event);
      happened.wake();
    }),
  ];

  async function deliverPresence(): Promise<void> {
    const events = [...presence.values()];
    presence = new Map();
    await delivery.presence(events);
  }

  /** Reads the journal from `from` on until it has met what the bus told first; answers how far it came. */
  async function replay(from: string): Promise<string> {
    let at = from;
    while (!closed.aborted) {
      const { items, next, complete } = await city.live.since(at, PAGE);
      const [first] = items;
      if (!complete) await (first ? delivery.gap(at, first.id) : delivery.gap(at, next, next));
      await delivery.observations(items.filter(filter.wants));
      at = next;
      if (items.length >= PAGE) continue;
      // The bus begins to tell some moments after it was asked to: until then the journal is all there is.
      if (inbox.first !== undefined && !isBehind(inbox.first, at)) break;
      await deliverPresence();
      await happened.wait(LOOK_AGAIN_MS);
    }
    return at;
  }

  try {
    if (options.snapshot) await delivery.observations(inOrder(newestOf(city.live, filter)));
    if (cursor !== undefined) cursor = await replay(cursor);
    while (!closed.aborted) {
      const { observations, last, overflowed } = inbox;
      const before = cursor;
      // An inbox that overflowed takes nothing more until it is replaced, so the journal is read from where it ended.
      if (!overflowed) inbox = { ...emptyInbox(), first: inbox.first, last };
      await delivery.observations(
        before === undefined ? observations : observations.filter(({ id }) => isBehind(id, before)),
      );
      if (last !== undefined && (before === undefined || isBehind(last, before))) cursor = last;
      await deliverPresence();
      if (overflowed && cursor !== undefined) {
        inbox = emptyInbox();
        cursor = await replay(cursor);
      } else await happened.wait();
    }
  } finally {
    for (const unsubscribe of leave) unsubscribe();
  }
}
