import { LRUCache } from 'lru-cache';
import type { Principal, Registry } from '../storage/registry/port.ts';
import { matches } from '../storage/secret.ts';

const AT_MOST = 50_000;
/** Another process may change the registry without a word on this bus. */
const FRESH_MS = 30_000;

export type Refusal = 'unknown' | 'retired';

/** Who is behind a credential. Look-ups are cached until the bus says that the device changed. */
export class Principals {
  readonly #registry: Pick<Registry, 'principal'>;
  readonly #cache = new LRUCache<string, Promise<Principal | undefined>>({ max: AT_MOST, ttl: FRESH_MS });

  constructor(registry: Pick<Registry, 'principal'>) {
    this.#registry = registry;
  }

  /** Rejects where the registry does. An answer that became stale while it was awaited is asked for again. */
  async find(username: string): Promise<Principal | undefined> {
    for (;;) {
      const asked = this.#cache.get(username) ?? this.#ask(username);
      const principal = await asked;
      if (this.#cache.peek(username) === asked) return principal;
    }
  }

  forget(username: string): void {
    this.#cache.delete(username);
  }

  #ask(username: string): Promise<Principal | undefined> {
    const asked = this.#registry.principal(username);
    this.#cache.set(username, asked);
    asked.catch(() => this.#cache.delete(username));
    return asked;
  }

  /** The principal whose secret this is, or why it is not let in. */
  async verify(username: string, secret: string): Promise<Principal | Refusal> {
    const principal = await this.find(username);
    if (!principal || !matches(secret, principal.hash)) return 'unknown';
    return principal.active ? principal : 'retired';
  }
}

/** Whether a credential checked against `before` holds under `now`. */
export function stillHolds(before: Principal, now: Principal | undefined): boolean {
  return (
    now?.active === true &&
    now.kind === before.kind &&
    now.domain === before.domain &&
    now.provider === before.provider &&
    Buffer.compare(now.hash, before.hash) === 0
  );
}
