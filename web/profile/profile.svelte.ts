import { ApiError } from '../api/client.ts';
import { fetchProfile, type ProfileQuestion } from '../api/profile.ts';
import type { ProfileView } from '../api/shapes.ts';
import { poll } from '../state/poll.ts';

/** How often it is read anew while it is open, ms. */
const REFRESH_MS = 30_000;

/** What there is to know of one area. */
export class Profile {
  /** What was read last; null before that. */
  view: ProfileView | null = $state.raw(null);
  /** Why it could not be read the last time; null: it could. */
  failed: 'closed' | 'away' | null = $state(null);
  #of = '';

  /** Reads it again and again until the returned function is called. What was read before of the same area stays meanwhile. */
  follow(question: ProfileQuestion): () => void {
    const of = JSON.stringify(question.subject);
    if (of !== this.#of) this.view = null;
    this.#of = of;
    return poll(
      {
        read: (signal) => fetchProfile(question, signal),
        came: (view) => {
          this.view = view;
          this.failed = null;
        },
        failed: (error) => {
          const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
          this.failed = refused ? 'closed' : 'away';
        },
      },
      REFRESH_MS,
    );
  }
}
