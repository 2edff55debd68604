import type { QuarantineItem } from '../model/quarantine.ts';
import { phenomenonTime } from '../model/telemetry.ts';
import type { JournalEntry } from '../storage/journal/port.ts';

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
