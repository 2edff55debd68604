import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CodedError } from '../model/problem.ts';

const Envelope = z.tuple([z.string(), z.unknown()]);

/** Parameters that say where on a list one is, not which list it is. */
const PLACE = new Set(['cursor', 'limit']);

function fingerprint(list: string, url: string): string {
  const given = [...new URL(url).searchParams].filter(([name]) => !PLACE.has(name)).sort();
  return createHash('sha256')
    .update(JSON.stringify([list, given]))
    .digest('base64url')
    .slice(0, 12);
}

/** Opaque places on one list under one set of filters. A cursor of another list, of other filters, or a broken one is refused. */
export interface Cursors<T> {
  /** The cursor of a place on the list that `url` asks for. */
  write(url: string, place: T): string;
  /** The place a cursor stands for; throws CodedError `invalid-cursor`. */
  read(url: string, cursor: string | undefined): T | undefined;
}

export function createCursors<T>(list: string, place: z.ZodType<T>): Cursors<T> {
  return {
    write: (url, at) => Buffer.from(JSON.stringify([fingerprint(list, url), at])).toString('base64url'),
    read(url, cursor) {
      if (cursor === undefined) return undefined;
      let decoded: unknown;
      try {
        decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
      } catch {
        throw new CodedError('invalid-cursor');
      }
      const envelope = Envelope.safeParse(decoded);
      if (!envelope.success || envelope.data[0] !== fingerprint(list, url)) throw new CodedError('invalid-cursor');
      const at = place.safeParse(envelope.data[1]);
      if (!at.success) throw new CodedError('invalid-cursor');
      return at.data;
    },
  };
}
