import { LRUCache } from 'lru-cache';
import { DeviceId } from '../../model/device.ts';
import type { Principal, Registry } from '../../storage/registry/port.ts';
import { hashSecret, sameHash } from '../../storage/secret.ts';
import type { Identity } from './proof.ts';

const AT_MOST = 50_000;
/** Names that are nobody's: made up by strangers, they must not push out those that are somebody's. */
const NOBODIES_AT_MOST = 10_000;
/** Another process may change the registry without a word on this bus. */
const FRESH_MS = 30_000;
/** No secret has this hash: what is presented for a name of nobody's is compared all the same. */
const NO_HASH = new Uint8Array(32);

export type Refusal = 'unknown' | 'retired';

/** Who is behind a user name. Look-ups are cached until the bus says that the device changed. */
export class Principals {
  readonly #registry: Pick<Registry, 'principal'>;
  readonly #known = new LRUCache<string, Principal>({ max: AT_MOST, ttl: FRESH_MS });
  readonly #nobodies = new LRUCache<string, true>({ max: NOBODIES_AT_MOST, ttl: FRESH_MS });
  /** Look-ups under way. */
  readonly #asking = new Map<string, Promise<Principal | undefined>>();

  constructor(registry: Pick<Registry, 'principal'>) {
    this.#registry = registry;
  }

  /** Rejects where the registry does. An answer that became stale while it was awaited is asked for again. */
  async find(username: string): Promise<Principal | undefined> {
    for (;;) {
      const known = this.#known.get(username);
      if (known) return known;
      if (this.#nobodies.has(username) || !DeviceId.safeParse(username).success) return undefined;
      const asked = this.#asking.get(username) ?? this.#ask(username);
      const principal = await asked;
      if (principal ? this.#known.peek(username) === principal : this.#nobodies.has(username)) return principal;
    }
  }

  forget(username: string): void {
    this.#known.delete(username);
    this.#nobodies.delete(username);
    this.#asking.delete(username);
  }

  #ask(username: string): Promise<Principal | undefined> {
    const asked = this.#registry.principal(username);
    this.#asking.set(username, asked);
    const answered = (keep: () => void) => {
      if (this.#asking.get(username) !== asked) return;
      this.#asking.delete(username);
      keep();
    };
    asked.then(
      (principal) =>
        answered(() => (principal ? this.#known.set(username, principal) : this.#nobodies.set(username, true))),
      () => answered(() => {}),
    );
    return asked;
  }

  /** Who presents this secret, or why it is not let in. A stranger costs one SHA-256, whether or not the name is known. */
  async verify(username: string, secret: string): Promise<Identity | Refusal> {
    const principal = await this.find(username);
    const hash = hashSecret(secret);
    const present = sameHash(hash, principal?.hash ?? NO_HASH);
    const previous =
      sameHash(hash, principal?.previous?.hash ?? NO_HASH) && (principal?.previous?.until ?? 0) > Date.now();
    if (!principal || !(present || previous)) return 'unknown';
    return principal.active ? { principal, proof: { kind: 'secret', hash } } : 'retired';
  }

  /** The device whose name an authority of the city's certified, or why it is not let in. */
  async certified(username: string): Promise<Identity | Refusal> {
    const principal = await this.find(username);
    if (principal?.kind !== 'device') return 'unknown';
    return principal.active ? { principal, proof: { kind: 'certificate' } } : 'retired';
  }
}
