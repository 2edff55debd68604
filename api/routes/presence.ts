import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId } from '../../model/device.ts';
import { instant } from '../../model/observation.ts';
import { PRESENCE_CHANGES_AT_MOST, PresenceHistory } from '../../model/presence.ts';
import { CodedError } from '../../model/problem.ts';
import { mapInTurns } from '../../storage/batches.ts';
import type { DevicePresence } from '../../storage/registry/port.ts';
import { json, notFound, openSecurity, readProblems } from '../openapi.ts';
import { filtersInDomain, instantParam, rangeOf, several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/presence/{domain}',
  tags: ['data'],
  summary: 'When the devices of a domain were connected, and when not',
  description: [
    'For every device the changes of its connection within the range, the last 24 hours by default, and before them the one',
    'that held when the range began: `online` from `since` on until the next. Nothing is told of the time before the first',
    'change that is kept (RETENTION_PRESENCE), nor of devices that were never connected by MQTT. Changes are written down',
    'within 5 s, so that the last of them before a crash may be missing. The filters choose devices as they are registered',
    `now. At most ${PRESENCE_CHANGES_AT_MOST.toLocaleString('en')} changes: where the domain has more in the range it is refused.`,
  ].join(' '),
  security: openSecurity,
  request: {
    params: z.object({ domain: z.string().meta({ example: 'traffic' }) }),
    query: z.strictObject({
      device: several(DeviceId, 'Device ids.'),
      ...filtersInDomain,
      from: instantParam('Inclusive.', 'from'),
      to: instantParam('Exclusive.', 'to'),
    }),
  },
  responses: { 200: json(PresenceHistory, 'The devices that have any, in order'), ...readProblems, ...notFound },
});

/** Connections of the past. */
export function presenceRoutes({ catalogue, guard, selector, registry, now }: ReadServices) {
  return createRouter().openapi(route, async (c) => {
    guard.read(c.get('key'));
    const { domain } = c.req.valid('param');
    if (!catalogue.domain(domain)) throw new CodedError('not-found', `there is no domain ${domain}`);
    const { from: asked, to: until, ...filters } = c.req.valid('query');
    const { from, to } = rangeOf({ from: asked, to: until }, now());
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
    const { fixed, moving } = await selector.select({ domain, ...filters });
    const wanted = new Set([...fixed, ...moving].map(({ id }) => id));
    const [only] = filters.device?.length === 1 ? filters.device : [];
    const changes = await registry.presenceChanges({
      ...{ domain, device: only, from: instant(from), to: instant(to), limit: PRESENCE_CHANGES_AT_MOST + 1 },
    });
    if (changes.length > PRESENCE_CHANGES_AT_MOST)
      throw new CodedError(
        'invalid-request',
        `from: there are more than ${PRESENCE_CHANGES_AT_MOST} changes: ask for a shorter range or a single device`,
      );
    const items = await mapInTurns(byDevice(changes, wanted), ([device, own]) => ({
      device,
      changes: own.map(({ since, online, reason }) => ({ since, online, reason })),
    }));
    return c.json({ from: instant(from), to: instant(to), items: [...items] }, 200);
  });
}

function byDevice(changes: readonly DevicePresence[], wanted: ReadonlySet<string>) {
  const devices = new Map<string, DevicePresence[]>();
  for (const change of changes) {
    if (!wanted.has(change.device)) continue;
    const own = devices.get(change.device);
    if (own) own.push(change);
    else devices.set(change.device, [change]);
  }
  return [...devices];
}
