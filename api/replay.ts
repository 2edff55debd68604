import type { QuarantineItem } from '../model/quarantine.ts';
import { phenomenonTime } from '../model/telemetry.ts';
import { batches } from '../storage/batches.ts';
import type { JournalEntry } from '../storage/journal/port.ts';
import type { QuarantineQuery, QuarantineStore } from '../storage/quarantine/port.ts';
import type { ReplayDeps } from './deps.ts';

/** Items looked at, and messages appended, at a time. */
const PAGE = 500;
/** Items of one message that are looked for; it has at most 5,000 observations. */
const OF_A_MESSAGE = 10_000;
/** Refusals that are named. */
export const REFUSALS_NAMED = 100;

/** The message of a quarantine item as it goes into the journal again, or why it does not. */
export type Replay = { readonly entry: JournalEntry } | { readonly refused: string };

/**
 * Makes the message anew: same device, provider, topic and bytes, and the time of its first receipt. So a reading without
 * a time of its own means the same moment as then, and what was stored of the message is recognised as duplicate. Behind
 * `rawRetention` (ms before `now`) a duplicate could not be told from a new observation: such a message is refused.
 */
export function replayOf(item: QuarantineItem, now: number, rawRetention: number): Replay {
  if (item.truncated) return { refused: 'the message was longer than what is kept of it' };
  if (item.domain === '') return { refused: 'it was set aside by a version that kept no topic' };
  const payload = Buffer.from(item.payload, item.encoding);
  const received = Date.parse(item.received);
  const kept = now - rawRetention;
  // What was too old at its receipt is so again and is stored by neither.
  const forgotten = (time: number) => time < kept && received - time <= rawRetention;
  if (timesOf(payload, received).some(forgotten)) return { refused: 'it is older than raw data are kept' };
  const { device, domain, provider, format } = item;
  return { entry: { device, domain, provider, format, received, payload } };
}

/** The times (ms) that a message speaks of, as far as it can be read; its receipt where it tells none. */
function timesOf(payload: Uint8Array, received: number): readonly number[] {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return [received];
  }
  return (Array.isArray(message) ? message : [message]).map((reading: unknown) => {
    const time = typeof reading === 'object' && reading !== null && 'time' in reading ? reading.time : undefined;
    return typeof time === 'string' || typeof time === 'number' ? (phenomenonTime(time) ?? received) : received;
  });
}

/** What became of items that were to be replayed. */
export interface Replayed {
  /** Items. */
  readonly replayed: number;
  /** Messages that went into the journal: several items may be of one. */
  readonly messages: number;
  /** Items that cannot be replayed, and the first of them with why. */
  readonly refused: number;
  readonly refusals: readonly { readonly id: string; readonly detail: string }[];
}

/** Sends messages in quarantine through the city again, each at most once, however many ask at the same time. */
export interface Replayer {
  /** The message of one item. */
  one(item: QuarantineItem): Promise<Replayed>;
  /** The messages of all items that a query finds and that were not replayed yet, the oldest first. */
  all(query: Omit<QuarantineQuery, 'after' | 'limit'>): Promise<Replayed>;
}

export function createReplayer(
  quarantine: QuarantineStore,
  { journal, rawRetention }: ReplayDeps,
  now: () => number,
): Replayer {
  /** Ids of all items of the same message: it goes again as a whole, whichever of them was meant. */
  async function siblings({ id, device, received }: QuarantineItem): Promise<readonly string[]> {
    const at = Date.parse(received);
    const found = await quarantine.list({ device, from: at, to: at + 1, limit: OF_A_MESSAGE });
    return found.filter((other) => seqOf(other.id) === seqOf(id)).map((other) => other.id);
  }

  /** Replays messages by any one item of each. */
  async function replay(items: readonly QuarantineItem[]): Promise<Replayed> {
    const refusals: { id: string; detail: string }[] = [];
    const ready = new Map<string, { readonly entry: JournalEntry; readonly ids: readonly string[] }>();
    for (const item of items) {
      const answer = replayOf(item, now(), rawRetention);
      if ('refused' in answer) refusals.push({ id: item.id, detail: answer.refused });
      else {
        const ids = await siblings(item);
        // Whoever gets the oldest item of a message has the message: claims of its other items decide nothing.
        ready.set(ids.at(-1) ?? item.id, { entry: answer.entry, ids });
      }
    }
    const won = (await quarantine.claim([...ready.keys()])).flatMap(({ id }) => ready.get(id) ?? []);
    const ids = won.flatMap((message) => message.ids);
    await quarantine.claim(ids);
    try {
      await journal.appendAll(won.map(({ entry }) => entry));
    } catch (error) {
      // Nothing is in the journal: somebody may try again.
      await quarantine.release(ids);
      throw error;
    }
    return { replayed: ids.length, messages: won.length, refused: refusals.length, refusals };
  }

  /** An item of each message that a query finds, the oldest first. */
  async function choose(query: Omit<QuarantineQuery, 'after' | 'limit'>): Promise<readonly string[]> {
    const chosen = new Map<number, string>();
    for (let after: string | undefined; ; ) {
      const page = await quarantine.list({ ...query, after, limit: PAGE });
      for (const { id, replayed } of page) if (replayed === null) chosen.set(seqOf(id), id);
      after = page.at(-1)?.id;
      if (page.length < PAGE) return [...chosen.values()].reverse();
    }
  }

  return {
    one: (item) => replay([item]),
    async all(query) {
      let total: Replayed = { replayed: 0, messages: 0, refused: 0, refusals: [] };
      for (const ids of batches(await choose(query), PAGE)) {
        const items = await Promise.all(ids.map((id) => quarantine.get(id)));
        const part = await replay(items.filter((item) => item !== undefined));
        total = {
          replayed: total.replayed + part.replayed,
          messages: total.messages + part.messages,
          refused: total.refused + part.refused,
          refusals: [...total.refusals, ...part.refusals].slice(0, REFUSALS_NAMED),
        };
      }
      return total;
    },
  };
}

/** Place in the journal of the message that an item was set aside from: the number before the dash of its id. */
const seqOf = (id: string) => Number(id.slice(0, id.indexOf('-')));
