import type { Principal } from '../../storage/registry/port.ts';
import { sameHash } from '../../storage/secret.ts';

/** By what someone was let in. */
export type Proof = { readonly kind: 'secret'; readonly hash: Uint8Array } | { readonly kind: 'certificate' };

/** Who was let in, as the registry knew it then. */
export interface Identity {
  readonly principal: Principal;
  readonly proof: Proof;
}

/**
 * Until when an identity is good under what the registry says now, ms since the epoch: Infinity where nothing ends it, 0
 * where it is good no more.
 */
export function goodUntil({ principal: before, proof }: Identity, now: Principal | undefined): number {
  if (!now?.active) return 0;
  if (now.kind !== before.kind || now.domain !== before.domain || now.provider !== before.provider) return 0;
  if (proof.kind === 'certificate' || sameHash(proof.hash, now.hash)) return Number.POSITIVE_INFINITY;
  return now.previous && sameHash(proof.hash, now.previous.hash) ? now.previous.until : 0;
}
