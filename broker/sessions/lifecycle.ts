import type { Aedes, Client } from 'aedes';
import type { Logger } from 'pino';
import type { PresenceBoard } from '../presence/presence.ts';
import { lineTo } from './deliver.ts';
import { illFormed } from './filters.ts';
import type { Keep } from './keep.ts';
import type { Session, Sessions } from './session.ts';

/** Follows the clients of Aedes: who is listed, who is ready, who is gone and why. Answers how to end a session. */
export function followClients(
  aedes: Aedes,
  sessions: Sessions,
  keep: Keep,
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
    if (session.kept && !session.ended) keep.detach(session.kept);
    if (sessions.remove(session)) presence.left(session, others(session));
  }
  /** Sends a kept session what it is owed, now and whenever its socket can take more. */
  function resume(session: Session): void {
    const { kept, connection } = session;
    if (!kept) return;
    connection.socket.on('drain', () => kept.outbox.flow());
    keep.attach(kept, lineTo(connection.client, session));
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
      if (session.ended) return;
      presence.arrived(session, others(session));
      resume(session);
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
    // Those of a kept session went by its persistence, and stay when only the connection ends.
    if (!session?.kept) for (const filter of filters) session?.filters.delete(filter);
    if (filters.some(illFormed)) session?.close('protocol-error');
  });
  // What a stranger calls itself is not logged: people paste passwords into the wrong field.
  aedes.on('clientError', (client, error) =>
    log.debug({ err: error, client: sessions.of(client)?.id }, 'client error'),
  );
  aedes.on('connectionError', (_client, error) => log.debug({ err: error }, 'connection error'));
  // Not in Aedes' types: its persistence and its will sweeper emit it, and unheard it would end the process.
  const emitter: NodeJS.EventEmitter = aedes;
  emitter.on('error', (error) => log.error({ err: error }, 'broker error'));
  return leave;
}
