import { createRoute, z } from '@hono/zod-openapi';
import { Backup } from '../../model/backup.ts';
import type { BackupOptions } from '../deps.ts';
import { json, keyProblems, keySecurity, noRoom, notNow, unavailable } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const create = createRoute({
  method: 'post',
  path: '/backups',
  tags: ['operations'],
  summary: 'Copies the city’s data while it works on',
  description: [
    'Answers when the copy is complete and on the disk, in a directory of its own below the data directory. It holds the',
    'telemetry, the archive, the journal, the registry and the quarantine, but no key that opens the city; the registry has hashes only.',
    '`npm run city -- restore` brings it back. Only one is made at a time.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      keep: z.coerce
        .number()
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .meta({ param: { description: 'Deletes the oldest backups until so many are left, this one among them.' } }),
    }),
  },
  responses: { 201: json(Backup, 'The backup'), ...keyProblems, ...notNow, ...noRoom, ...unavailable },
});

/** Copies of all that the city keeps: the administrator's, where this process has the data directory. */
export function backupRoutes({ guard, audit }: Services, makeBackup: (options: BackupOptions) => Promise<Backup>) {
  return createRouter().openapi(create, async (c) => {
    const actor = guard.scoped(c.get('key'), 'admin');
    const backup = await makeBackup(c.req.valid('query'));
    await audit(actor.id, 'backup.create', backup.path);
    for (const path of backup.pruned) await audit(actor.id, 'backup.delete', path);
    return c.json(backup, 201, { 'cache-control': 'no-store' });
  });
}
