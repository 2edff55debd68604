import { createRoute } from '@hono/zod-openapi';
import { Backup } from '../../model/backup.ts';
import { json, keyProblems, keySecurity, NoQuery, noRoom, notNow, unavailable } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const create = createRoute({
  method: 'post',
  path: '/backups',
  tags: ['operations'],
  summary: 'Copies the city’s data while it works on',
  description: [
    'Answers when the copy is complete and on the disk, in a directory of its own below the data directory. It holds the',
    'telemetry, the journal, the registry and the quarantine, but no key that opens the city; the registry has hashes only.',
    '`npm run city -- restore` brings it back. Only one is made at a time.',
  ].join(' '),
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 201: json(Backup, 'The backup'), ...keyProblems, ...notNow, ...noRoom, ...unavailable },
});

/** Copies of all that the city keeps: the administrator's, where this process has the data directory. */
export function backupRoutes({ guard, audit }: Services, makeBackup: () => Promise<Backup>) {
  return createRouter().openapi(create, async (c) => {
    const actor = guard.scoped(c.get('key'), 'admin');
    const backup = await makeBackup();
    await audit(actor.id, 'backup.create', backup.path);
    return c.json(backup, 201, { 'cache-control': 'no-store' });
  });
}
