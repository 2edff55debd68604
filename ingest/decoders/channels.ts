import { hex, type Measured, type Measurement, type Unreadable, type Values, viewOf } from './decoder.ts';

/** What stands behind a channel's key: so many bytes (or all the rest), and what they say where the city wants to know. */
export interface Channel {
  readonly size: number | 'rest';
  readonly read?: (bytes: DataView) => Values;
  /** ms since the epoch, for a channel that tells of an earlier moment. */
  readonly time?: (bytes: DataView) => number;
}

/** The channels of a product by their key in hexadecimal. */
export type Channels = Readonly<Record<string, Channel>>;

/** A channel that is one number. */
export const number = (name: string, size: number, read: (bytes: DataView) => number): Channel => ({
  size,
  read: (bytes) => ({ [name]: read(bytes) }),
});

/** A channel whose bytes are known and of no interest. */
export const skip = (size: number | 'rest'): Channel => ({ size });

/**
 * Reads a payload of self-describing channels: a key of `keySize` bytes, then the channel's own bytes. A channel that is
 * cut off makes the payload unreadable. Behind a channel that is not known nothing can be told apart: it stays unread.
 */
export function readChannels(payload: Uint8Array, keySize: number, channels: Channels): Measured | Unreadable {
  const earlier: Measurement[] = [];
  let values: Values = {};
  const all = (): readonly Measurement[] => (Object.keys(values).length > 0 ? [{ values }, ...earlier] : earlier);
  let at = 0;
  while (at < payload.length) {
    const key = payload.subarray(at, at + keySize);
    if (key.length < keySize) return { fault: `it ends within the key of a channel at byte ${at}` };
    const name = hex(key);
    const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
    if (!channel) {
      const unread = `unknown channel ${name} at byte ${at}`;
      return all().length > 0 ? { measurements: all(), unread } : { fault: unread };
    }
    at += keySize;
    const size = channel.size === 'rest' ? payload.length - at : channel.size;
    const bytes = viewOf(payload, at, size);
    if (!bytes) return { fault: `channel ${name} has ${payload.length - at} of ${size} bytes` };
    at += size;
    const read = channel.read?.(bytes);
    if (read && channel.time) earlier.push({ values: read, time: channel.time(bytes) });
    else if (read) values = { ...values, ...read };
  }
  return { measurements: all() };
}
