import { ApiError } from '../api/client.ts';
import { fetchSession, signIn, signOut } from '../api/session.ts';

/** Why signing in did not work. */
export type SignInFailure = 'wrong' | 'unreachable';

/** With whose key the page reads. The key itself is not kept: the city has exchanged it for a cookie that no script can read. */
export class Session {
  /** The name of the key, null without one. */
  key: string | null = $state(null);
  #closed: ReadonlySet<string> = $state.raw(new Set());
  /** Counts the changes of what may be read: everything is read anew with each. */
  turn = $state(0);

  /** Asks the city; throws where it does not answer. */
  async read(signal?: AbortSignal): Promise<void> {
    const { key, closed } = await fetchSession(signal);
    this.key = key === null ? null : key.name;
    this.#closed = new Set(closed);
  }

  /** Whether a metric may not be read. */
  hides(metric: string): boolean {
    return this.#closed.has(metric);
  }

  /** Answers what was wrong, undefined where it worked. */
  async signIn(key: string): Promise<SignInFailure | undefined> {
    try {
      await signIn(key.trim());
      await this.read();
      this.turn += 1;
      return undefined;
    } catch (error) {
      return error instanceof ApiError && error.status < 500 ? 'wrong' : 'unreachable';
    }
  }

  async signOut(): Promise<SignInFailure | undefined> {
    try {
      await signOut();
      await this.read();
      this.turn += 1;
      return undefined;
    } catch {
      return 'unreachable';
    }
  }
}
