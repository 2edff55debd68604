import type { Logger } from 'pino';
import type { Bus } from '../../storage/bus/port.ts';
import type { PresenceBoard } from '../presence/presence.ts';
import type { Keep } from '../sessions/keep.ts';
import type { Sessions } from '../sessions/session.ts';
import type { Principals } from './principals.ts';
import { goodUntil } from './proof.ts';

interface RevocationDeps {
  readonly bus: Bus;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly keep: Keep;
  readonly presence: PresenceBoard;
  readonly log: Logger;
}

/** The longest wait that a timer of Node's can have, ms. */
const LONGEST_WAIT = 2 ** 31 - 1;

export interface CredentialWatch {
  /** What someone of this user name was let in by is good until then only (ms since the epoch): looks again at that time. */
  endsAt(username: string, time: number): void;
  stop(): void;
}

/**
 * When the registry changes a device, whoever is connected with a credential that no longer holds is out at once, and
 * the status of a deleted device goes too. Who came in with a secret that was replaced is out when that one ends.
 */
export function watchCredentials({ bus, principals, sessions, keep, presence, log }: RevocationDeps): CredentialWatch {
  const timers = new Map<string, NodeJS.Timeout>();

  function endsAt(username: string, time: number): void {
    clearTimeout(timers.get(username));
    const timer = setTimeout(
      () => {
        timers.delete(username);
        look(username);
      },
      Math.min(LONGEST_WAIT, Math.max(0, time - Date.now())),
    );
    timers.set(username, timer.unref());
  }

  async function recheck(username: string): Promise<void> {
    principals.forget(username);
    // Thousands may be registered at once: who was never here has nothing to lose.
    if (sessions.ofUser(username).length === 0 && !keep.knows(username) && !presence.knows(username)) return;
    const now = await principals.find(username);
    for (const session of sessions.ofUser(username)) {
      const until = goodUntil(session, now);
      if (Number.isFinite(until) && until > Date.now()) endsAt(username, until);
      if (until > Date.now()) continue;
      session.revoked = true;
      session.close(now ? (now.active ? 'credential-changed' : 'retired') : 'deleted');
      await session.over;
    }
    if (!now?.active) keep.discardAllOf(username);
    if (!now) presence.forget(username);
  }
  function look(id: string): void {
    recheck(id).catch((error: unknown) => {
      log.warn({ err: error, id }, 'the registry does not answer: the device has to connect again');
      for (const session of sessions.ofUser(id)) session.close('registry-unavailable');
    });
  }

  const unsubscribe = bus.subscribe('device', ({ id }) => look(id));
  return {
    endsAt,
    stop() {
      unsubscribe();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
