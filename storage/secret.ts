import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a secret. Enough for 256 random bits; passwords that people choose need scrypt. */
export function hashSecret(secret: string): Uint8Array {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** A new secret of 256 random bits in base64url, to be shown once, and the hash to keep. */
export function newSecret(): { secret: string; hash: Uint8Array } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashSecret(secret) };
}

/** Whether two hashes are the same, in constant time. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whether `secret` is the one behind `hash`, in constant time. */
export function matches(secret: string, hash: Uint8Array): boolean {
  return sameHash(hashSecret(secret), hash);
}
