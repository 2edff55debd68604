import { setTimeout as sleep } from 'node:timers/promises';
import type { DoorCode } from '../../model/notice.ts';
import { instant } from '../../model/observation.ts';
import type { Notices } from '../rejected.ts';
import type { Session, Sessions } from './session.ts';

/**
 * Disconnects a client that broke a rule, so that it learns why: it is told on its `rejected` topic, gets the
 * acknowledgements it still has coming, and reads all of it before the socket goes. MQTT 3.1.1 has no packet to
 * say it with (MQTT-3.3.5-2 leaves a server only to acknowledge or to close). Takes `lingerMs` twice at most.
 */
export async function farewell(
  session: Session,
  code: DoorCode,
  detail: string,
  notices: Notices,
  lingerMs: number,
): Promise<void> {
  if (session.leaving) return;
  session.leaving = true;
  session.reason = code;
  session.connection.intake.discard();
  const { kind, domain, username } = session.principal;
  if (kind === 'device') {
    await notices.tell(domain, username, { reason: code, detail, received: instant(Date.now()), metric: null });
  }
  await Promise.race([session.last, session.over, sleep(lingerMs, undefined, { ref: false })]);
  await hangUp(session, lingerMs);
}

/** Disconnects everyone, once what was written to them has been read. Takes `lingerMs` at most. */
export async function dismissAll(sessions: Sessions, lingerMs: number): Promise<void> {
  await Promise.all([...sessions.all()].map((session) => hangUp(session, lingerMs)));
}

async function hangUp(session: Session, lingerMs: number): Promise<void> {
  const { client, socket, intake } = session.connection;
  session.deaf = true;
  intake.discard();
  socket.end();
  await Promise.race([session.over, sleep(lingerMs, undefined, { ref: false })]);
  client.close();
}
