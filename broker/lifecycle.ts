import type { Aedes, Client } from 'aedes';
import type { Logger } from 'pino';
import type { PresenceBoard } from './presence.ts';
import type { Session, Sessions } from './session.ts';

/** Follows the clients of Aedes: who is listed, who is ready, who is gone and why. Answers how to end a session. */
export function followClients(
  aedes: Aedes,
  sessions: Sessions,
  presence: PresenceBoard,
  log: Logger,
): (session: Session) => void {
  const follow = (then: (session: Session) => void) => (client: Client) => {
    const session = sessions.of(client);
    if (session) then(session);
  };
  const others = (session: Session): number =>
    sessions.ofUser(session.principal.username).filter((other) => other !== session && !other.ended).length;
  function leave(session: Session): void {
    if (session.connection.intake.goodbye && !session.leaving) session.reason = 'disconnected';
    if (sessions.remove(session)) presence.left(session, others(session));
  }
  aedes.on(
    'client',
    follow((session) => {
      session.registered = true;
    }),
  );
  aedes.on(
    'clientReady',
    follow((session) => {
      // Aedes also says so of a client whose socket closed between its CONNACK and now.
      if (!session.ended) presence.arrived(session, others(session));
    }),
  );
  aedes.on('clientDisconnect', follow(leave));
  aedes.on(
    'keepaliveTimeout',
    follow((session) => {
      session.reason = 'keepalive-timeout';
    }),
  );
  aedes.on('unsubscribe', (filters, client) => {
    const session = sessions.of(client);
    for (const filter of filters) session?.filters.delete(filter);
  });
  aedes.on('clientError', (client, error) => log.debug({ err: error, client: client.id }, 'client error'));
  aedes.on('connectionError', (_client, error) => log.debug({ err: error }, 'connection error'));
  // Not in Aedes' types: its persistence and its will sweeper emit it, and unheard it would end the process.
  const emitter: NodeJS.EventEmitter = aedes;
  emitter.on('error', (error) => log.error({ err: error }, 'broker error'));
  return leave;
}
