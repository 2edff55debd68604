import { LRUCache } from 'lru-cache';
import { DateTime } from 'luxon';

/**
 * The instants, in ms since the epoch and in order, that a text may mean: one for an ordinary time, two for a local
 * time that came twice (clocks went back), none for one that never was (clocks went forward); undefined for a text
 * that is no time.
 */
export type TimeReader = (text: string) => readonly number[] | undefined;

/** Files are sorted by time mostly: the same few texts come again and again. */
const REMEMBERED = 1_000;

/**
 * Reads times of one format: `iso` (RFC 3339 or ISO 8601), `ms`, `s` (since the epoch) or Luxon's tokens. An offset in
 * the text wins over the zone. Month names are English, whatever the machine's locale.
 */
export function createTimeReader(format: string, zone: string): TimeReader {
  const remembered = new LRUCache<string, { instants: readonly number[] | undefined }>({ max: REMEMBERED });
  const read = readerOf(format, zone);
  return (text) => {
    const known = remembered.get(text) ?? { instants: read(text) };
    remembered.set(text, known);
    return known.instants;
  };
}

function readerOf(format: string, zone: string): TimeReader {
  if (format === 'ms' || format === 's') {
    const unit = format === 's' ? 1_000 : 1;
    return (text) => {
      const ms = /^-?\d+(\.\d+)?$/.test(text) ? Math.floor(Number(text) * unit) : Number.NaN;
      return Number.isNaN(new Date(ms).getTime()) ? undefined : [ms];
    };
  }
  if (format === 'iso') {
    return (text) => {
      const offset = /[T ].*(Z|[+-]\d\d(:?\d\d)?)$/i.test(text);
      return instantsOf(DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' }), offset ? undefined : zone);
    };
  }
  const parser = DateTime.buildFormatParser(format, { locale: 'en-US' });
  // Quoted parts of a format are plain text; z and Z carry a zone or an offset.
  const offset = /z/i.test(format.replace(/'[^']*'/g, ''));
  return (text) => instantsOf(DateTime.fromFormatParser(text, parser, { zone: 'utc' }), offset ? undefined : zone);
}

/** `time` has its fields in UTC; where a zone is given they are that zone's wall clock. */
function instantsOf(time: DateTime, zone: string | undefined): readonly number[] | undefined {
  if (!time.isValid) return undefined;
  if (zone === undefined) return [time.toMillis()];
  const local = time.setZone(zone, { keepLocalTime: true });
  if (local.hour !== time.hour || local.minute !== time.minute) return [];
  return local
    .getPossibleOffsets()
    .map((instant) => instant.toMillis())
    .sort((a, b) => a - b);
}
