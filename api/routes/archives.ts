import { createRoute, z } from '@hono/zod-openapi';
import { instant } from '../../model/observation.ts';
import type { Archive, ArchivedDay } from '../../storage/archive/port.ts';
import { json, keyProblems, keySecurity, listOf, NoQuery, unavailable } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';

const ArchivedDayView = z
  .object({
    day: z.iso.date().meta({ description: 'A day of UTC.' }),
    observations: z.number().int().nonnegative(),
    bytes: z.number().int().nonnegative().meta({ description: 'Of its Parquet file.' }),
    oldest: z.iso.datetime(),
    newest: z.iso.datetime(),
  })
  .meta({ id: 'ArchivedDay' });

const list = createRoute({
  method: 'get',
  path: '/archives',
  tags: ['operations'],
  summary: 'Days of raw observations that were archived',
  description:
    'Raw observations behind RETENTION_RAW, a file for each day, the oldest first. GET /export/observations reads them.',
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 200: json(listOf(ArchivedDayView), 'All archived days'), ...keyProblems, ...unavailable },
});

const viewOf = ({ day, observations, bytes, oldest, newest }: ArchivedDay) => ({
  day: instant(day).slice(0, 10),
  observations,
  bytes,
  oldest: instant(oldest),
  newest: instant(newest),
});

/** What is archived. */
export function archiveRoutes({ guard }: Services, archive: Pick<Archive, 'days'>) {
  return createRouter().openapi(list, async (c) => {
    guard.scoped(c.get('key'), 'read', 'restricted', 'admin');
    return c.json({ items: (await archive.days()).map(viewOf), next: null }, 200);
  });
}
