import type { Device } from '../model/device.ts';
import type { RefusalCode } from '../model/quarantine.ts';
import { yieldToOthers } from '../storage/batches.ts';
import type { JournalEntry } from '../storage/journal/port.ts';
import type { KeptMessage, QuarantineFilters, QuarantineStore } from '../storage/quarantine/port.ts';
import type { Resent } from '../storage/quarantine/resend.ts';
import type { ReplayDeps } from './deps.ts';
import type { Directory } from './directory.ts';

/** Items looked at at a time. */
const PAGE = 500;
/** What goes into the journal in one append: others' messages wait behind it. */
const BATCH = { messages: 200, bytes: 4 * 1024 * 1024 } as const;
/** Refusals that are named. */
export const REFUSALS_NAMED = 100;

/** The message as it goes into the journal again, or why it does not. */
export type Replay = { readonly entry: JournalEntry } | Refusal;

/** Why a message stays where it is. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
}

/** Who replays, when, and what of the city decides. */
export interface ReplayRules extends Pick<ReplayDeps, 'rawRetention' | 'times'> {
  /** The message's device as it is registered now. */
  readonly device: Device | undefined;
  /** Whose messages may be replayed; null for everybody's. */
  readonly provider: string | null;
  /** ms. */
  readonly now: number;
}

/**
 * Makes the message anew: same device, format and bytes and the time of its first receipt, with the domain and provider
 * that the device has now. So a reading without a time of its own means the same moment as then, and what was stored of
 * the message is recognised as duplicate. Behind raw retention a duplicate could not be told from a new observation, and
 * hours would be computed anew from a part of what they held: such a message is refused.
 */
export function replayOf(message: KeptMessage, { device, provider, now, rawRetention, times }: ReplayRules): Replay {
  if (message.truncated) return { code: 'truncated', detail: 'the message was longer than what is kept of it' };
  if (device === undefined) return { code: 'unregistered', detail: `${message.device} is not registered` };
  if (provider !== null && device.provider !== provider)
    return { code: 'other-provider', detail: `${message.device} is not a device of ${provider} any more` };
  const { format, received, payload } = message;
  const kept = now - rawRetention;
  // What was too old at its receipt is so again and is stored by neither.
  const forgotten = (time: number) => time < kept && received - time <= rawRetention;
  if (times(message, device.kind).some(forgotten))
    return { code: 'too-old', detail: 'it is older than raw data are kept' };
  return { entry: { device: device.id, domain: device.domain, provider: device.provider, format, received, payload } };
}

/** What became of items that were to be replayed. */
export interface Replayed {
  /** Items. */
  readonly replayed: number;
  /** Messages that went into the journal: several items may be of one. */
  readonly messages: number;
  /** Messages that cannot be replayed, and the first of them, each by an item, with why. */
  readonly refused: number;
  readonly refusals: readonly (Refusal & { readonly id: string })[];
}

/** Sends messages in quarantine through the city again, each at most once, however many ask at the same time. */
export interface Replayer {
  /** The message of one item. `provider` is whose messages may be replayed, null for everybody's. */
  one(id: string, provider: string | null): Promise<Replayed>;
  /**
   * The messages of items that a query finds and that wait, the oldest first; of at most `limit` items behind the item
   * `after`. `next` is where to go on, null where nothing is left.
   */
  all(
    query: Omit<QuarantineFilters, 'state'>,
    provider: string | null,
    page?: { readonly limit?: number | undefined; readonly after?: string | undefined },
  ): Promise<Replayed & { readonly next: string | null }>;
}

export interface ReplayerDeps extends ReplayDeps {
  readonly quarantine: Pick<QuarantineStore, 'list' | 'message'>;
  readonly directory: Pick<Directory, 'roll'>;
  readonly now: () => number;
}

const NOTHING: Replayed = { replayed: 0, messages: 0, refused: 0, refusals: [] };

export function createReplayer({ quarantine, directory, resender, now, ...rules }: ReplayerDeps): Replayer {
  /** Replays the messages of items, of which any one of each message is named. */
  async function replay(ids: readonly string[], provider: string | null): Promise<Replayed> {
    const { byId } = await directory.roll();
    let total = NOTHING;
    let ready: Resent[] = [];
    let bytes = 0;
    const send = async () => {
      const sent = await resender.resend(ready);
      const items = sent.reduce((sum, each) => sum + each.items, 0);
      total = { ...total, replayed: total.replayed + items, messages: total.messages + sent.length };
      ready = [];
      bytes = 0;
      await yieldToOthers();
    };
    for (const id of ids) {
      const message = await quarantine.message(seqOf(id));
      // It has expired meanwhile.
      if (!message) continue;
      const answer = replayOf(message, { ...rules, device: byId.get(message.device), provider, now: now() });
      if ('code' in answer) {
        const refusals = [...total.refusals, { id, ...answer }].slice(0, REFUSALS_NAMED);
        total = { ...total, refused: total.refused + 1, refusals };
        continue;
      }
      ready.push({ seq: message.seq, entry: answer.entry });
      bytes += message.payload.length;
      if (ready.length === BATCH.messages || bytes >= BATCH.bytes) await send();
    }
    if (ready.length > 0) await send();
    return total;
  }

  return {
    one: (id, provider) => replay([id], provider),
    async all(query, provider, { limit = Number.POSITIVE_INFINITY, after } = {}) {
      let total = NOTHING;
      let place = after;
      let handled = -1;
      for (let looked = 0; looked < limit; ) {
        const size = Math.min(PAGE, limit - looked);
        const page = await quarantine.list({ ...query, state: 'waiting', order: 'oldest', after: place, limit: size });
        // Items of one message stand together, also where a page ends between them.
        const first = new Map(page.map(({ id }) => [seqOf(id), id]));
        first.delete(handled);
        total = sum(total, await replay([...first.values()], provider));
        looked += page.length;
        const last = page.at(-1);
        if (!last || page.length < size) return { ...total, next: null };
        place = last.id;
        handled = seqOf(last.id);
      }
      return { ...total, next: place ?? null };
    },
  };
}

const sum = (a: Replayed, b: Replayed): Replayed => ({
  replayed: a.replayed + b.replayed,
  messages: a.messages + b.messages,
  refused: a.refused + b.refused,
  refusals: [...a.refusals, ...b.refusals].slice(0, REFUSALS_NAMED),
});

/** Place in the journal of the message that an item was set aside from: the number before the dash of its id. */
const seqOf = (id: string) => Number(id.slice(0, id.indexOf('-')));
