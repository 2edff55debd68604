import { createRoute, z } from '@hono/zod-openapi';
import { type Device, DeviceId } from '../../model/device.ts';
import { instant } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import { conditionView } from '../condition.ts';
import { createCursors } from '../cursor.ts';
import { json, listOf, NoQuery, notFound, openSecurity, readProblems } from '../openapi.ts';
import { cursor, deviceFilters, limit } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { DeviceView, LatestView, latestView } from '../views.ts';
import { whereabouts } from '../whereabouts.ts';

const params = z.object({ id: DeviceId });

const list = createRoute({
  method: 'get',
  path: '/devices',
  tags: ['devices'],
  summary: 'Devices by id',
  description: 'With `bbox` or `area`, a device that moves is where it was last seen.',
  security: openSecurity,
  request: {
    query: z.strictObject({
      ...deviceFilters,
      search: z
        .string()
        .max(200)
        .optional()
        .meta({ param: { description: 'Text in id or name, without regard to case or diacritics.' } }),
      limit: limit(100, 1_000),
      cursor,
    }),
  },
  responses: { 200: json(listOf(DeviceView), 'A page of devices'), ...readProblems },
});

const get = createRoute({
  method: 'get',
  path: '/devices/{id}',
  tags: ['devices'],
  summary: 'One device',
  security: openSecurity,
  request: { params, query: NoQuery },
  responses: { 200: json(DeviceView, 'The device'), ...readProblems, ...notFound },
});

const latest = createRoute({
  method: 'get',
  path: '/devices/{id}/latest',
  tags: ['devices'],
  summary: 'The newest observation of each of a device’s metrics',
  security: openSecurity,
  request: { params, query: NoQuery },
  responses: { 200: json(listOf(LatestView), 'The newest by phenomenon time'), ...readProblems, ...notFound },
});

/** Reading what is registered. */
export function deviceRoutes(services: Services) {
  const { registry, catalogue, telemetry, live, conditions, presence, selector, guard } = services;
  const cursors = createCursors('devices', z.string());

  async function known(id: string): Promise<Device> {
    const device = await registry.device(id);
    if (!device) throw new CodedError('not-found', `there is no device ${id}`);
    return device;
  }

  function viewOf(device: Device): DeviceView {
    const standing = conditions.of(device);
    return {
      ...device,
      ...conditionView(standing),
      connection: presence.get(device.id) ?? null,
      newest: standing.newest === undefined ? null : instant(standing.newest),
    };
  }

  return createRouter()
    .openapi(list, async (c) => {
      guard.read(c.get('key'));
      const { limit: size, cursor: at, ...filters } = c.req.valid('query');
      const after = cursors.read(c.req.url, at);
      const { fixed, moving, place } = await selector.select(filters);
      const there = (device: Device) => {
        const position = whereabouts(device, live.latest(device.id));
        return position !== null && place?.(position) === true;
      };
      const chosen = [...fixed, ...(place ? moving.filter(there) : moving)]
        .filter(({ id }) => after === undefined || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const items = chosen.slice(0, size);
      const last = items.at(-1);
      const next = last && chosen.length > size ? cursors.write(c.req.url, last.id) : null;
      return c.json({ items: items.map(viewOf), next }, 200);
    })
    .openapi(get, async (c) => {
      guard.read(c.get('key'));
      return c.json(viewOf(await known(c.req.valid('param').id)), 200);
    })
    .openapi(latest, async (c) => {
      const key = c.get('key');
      guard.read(key);
      const { id } = await known(c.req.valid('param').id);
      const current = live.latest(id);
      const observations = current.length > 0 ? current : await telemetry.latest([id]);
      const items = observations
        .filter(({ metric }) => guard.shows(key, metric))
        .map((observation) => latestView(catalogue, observation))
        .sort((a, b) => (a.metric < b.metric ? -1 : 1));
      return c.json({ items, next: null }, 200);
    });
}
