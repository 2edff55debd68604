import { ApiError } from '../api/client.ts';
import { fetchSession, signIn, signOut } from '../api/session.ts';
import type { SessionView } from '../api/shapes.ts';

/** What a key may do. */
export type Scope = NonNullable<SessionView['key']>['scopes'][number];

/** Why signing in did not work. */
export type SignInFailure = 'wrong' | 'unreachable';

/** With whose key the page reads. The key itself is not kept: the city has exchanged it for a cookie that no script can read. */
export class Session {
  /** The name of the key, null without one. */
  key: string | null = $state(null);
  /** What the key may do; nothing without one. */
  scopes: readonly Scope[] = $state.raw([]);
  /** Whose devices the key is for; null for all, and without one. */
  provider: string | null = $state(null);
  /** The name of a key that was used until the city took it back or its hours were over; null once that is told. */
  ended: string | null = $state(null);
  #closed: ReadonlySet<string> = $state.raw(new Set());
  /** Whether the reader is just changing it: what is read meanwhile may be of before. */
  #changing = false;
  /** Counts the changes of what may be read: everything is read anew with each. */
  turn = $state(0);

  /** Asks the city; throws where it does not answer. */
  async read(signal?: AbortSignal): Promise<void> {
    const { key, closed } = await fetchSession(signal);
    this.#take(key);
    this.#closed = new Set(closed);
  }

  /** Asks again: a key may be revoked, and a session ends by itself. Throws where the city does not answer. */
  async refresh(signal?: AbortSignal): Promise<void> {
    if (this.#changing) return;
    const { key, closed } = await fetchSession(signal);
    if (this.#changing) return;
    const before = this.key;
    const name = key === null ? null : key.name;
    if (name === before && closed.length === this.#closed.size && closed.every((id) => this.#closed.has(id))) return;
    this.#take(key);
    this.#closed = new Set(closed);
    if (name === null) this.ended = before;
    this.turn += 1;
  }

  #take(key: SessionView['key']): void {
    this.key = key === null ? null : key.name;
    this.scopes = key?.scopes ?? [];
    this.provider = key?.provider ?? null;
  }

  /** Whether the key has one of these scopes. */
  may(...scopes: readonly Scope[]): boolean {
    return this.scopes.some((scope) => scopes.includes(scope));
  }

  /** Whether a metric may not be read. */
  hides(metric: string): boolean {
    return this.#closed.has(metric);
  }

  /** Answers what was wrong, undefined where it worked. */
  async signIn(key: string): Promise<SignInFailure | undefined> {
    try {
      await this.#change(() => signIn(key.trim()));
      return undefined;
    } catch (error) {
      return error instanceof ApiError && error.status < 500 ? 'wrong' : 'unreachable';
    }
  }

  async signOut(): Promise<SignInFailure | undefined> {
    try {
      await this.#change(signOut);
      return undefined;
    } catch {
      return 'unreachable';
    }
  }

  async #change(work: () => Promise<void>): Promise<void> {
    this.#changing = true;
    try {
      await work();
      await this.read();
      this.ended = null;
      this.turn += 1;
    } finally {
      this.#changing = false;
    }
  }
}
