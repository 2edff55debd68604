import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { hashSecret } from '../storage/secret.ts';

export const SESSION_COOKIE = 'session';
/** A working day. */
export const SESSION_SECONDS = 12 * 3_600;
/** Beyond this the session longest unused ends. */
const MOST = 10_000;

/** The page's sessions: a random token stands for a key that was shown once. They end with the process. */
export interface Sessions {
  open(keyId: string): string;
  keyId(token: string): string | undefined;
  end(token: string): void;
}

export function createSessions(): Sessions {
  const sessions = new LRUCache<string, string>({ max: MOST, ttl: SESSION_SECONDS * 1_000 });
  // Kept hashed: what lies in memory opens nothing.
  const slot = (token: string) => Buffer.from(hashSecret(token)).toString('base64');
  return {
    open(keyId) {
      const token = randomBytes(32).toString('base64url');
      sessions.set(slot(token), keyId);
      return token;
    },
    keyId: (token) => sessions.get(slot(token)),
    end(token) {
      sessions.delete(slot(token));
    },
  };
}
