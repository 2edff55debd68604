import type { Logger } from 'pino';
import type { Bus } from '../storage/bus/port.ts';
import type { PresenceBoard } from './presence.ts';
import { type Principals, stillHolds } from './principals.ts';
import type { Sessions } from './session.ts';

interface RevocationDeps {
  readonly bus: Bus;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly presence: PresenceBoard;
  readonly log: Logger;
}

/**
 * When the registry changes a device, whoever is connected with a credential that no longer holds is out at once, and
 * the status of a deleted device goes too. Answers how to stop.
 */
export function watchCredentials({ bus, principals, sessions, presence, log }: RevocationDeps): () => void {
  async function recheck(username: string): Promise<void> {
    principals.forget(username);
    // Thousands may be registered at once: who was never here has nothing to lose.
    if (sessions.ofUser(username).length === 0 && !presence.knows(username)) return;
    const now = await principals.find(username);
    for (const session of sessions.ofUser(username)) {
      if (stillHolds(session.principal, now)) continue;
      session.revoked = true;
      session.close(now ? (now.active ? 'credential-changed' : 'retired') : 'deleted');
      await session.over;
    }
    if (!now) presence.forget(username);
  }
  return bus.subscribe('device', ({ id }) => {
    recheck(id).catch((error: unknown) => {
      log.warn({ err: error, id }, 'the registry does not answer: the device has to connect again');
      for (const session of sessions.ofUser(id)) session.close('registry-unavailable');
    });
  });
}
