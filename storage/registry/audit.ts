import type { Kysely } from 'kysely';
import type { AuditEntry, AuditQuery, AuditRecord } from './port.ts';
import type { RegistrySchema } from './schema.ts';

type Db = Kysely<RegistrySchema>;

export async function addAudit(db: Db, { at, actor, action, subject }: AuditEntry): Promise<void> {
  await db
    .insertInto('audits')
    .values({ at, actor, action, details: JSON.stringify({ subject }) })
    .execute();
}

/** Entries in the opposite order of their writing. */
export async function listAudits(db: Db, query: AuditQuery): Promise<readonly AuditRecord[]> {
  const { actor, action, from, to, after, limit } = query;
  let rows = db.selectFrom('audits').selectAll().orderBy('id', 'desc').limit(limit);
  if (actor !== undefined) rows = rows.where('actor', '=', actor);
  if (action !== undefined)
    // Names are of a-z and dots: `/` follows the dot, so the half-open range is all that begins with `action.`.
    rows = rows.where(({ eb, or, and }) =>
      or([eb('action', '=', action), and([eb('action', '>=', `${action}.`), eb('action', '<', `${action}/`)])]),
    );
  if (from !== undefined) rows = rows.where('at', '>=', from);
  if (to !== undefined) rows = rows.where('at', '<', to);
  if (after !== undefined) rows = rows.where('id', '<', after);
  return (await rows.execute()).map((row) => {
    const { subject }: Pick<AuditEntry, 'subject'> = JSON.parse(row.details);
    return { id: row.id, at: row.at, actor: row.actor, action: row.action, subject };
  });
}
