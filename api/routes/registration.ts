import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { Device, DeviceId, DevicePatch, NewDevice } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { newSecret } from '../../storage/secret.ts';
import { administratorFirst } from '../auth.ts';
import { RenewalQuery, RenewedCredential, renew } from '../credential.ts';
import { IMPORT_AT_MOST, IMPORT_TYPES, readImport } from '../import.ts';
import {
  conflict,
  invalidDevice,
  json,
  keyProblems,
  keySecurity,
  listOf,
  NoQuery,
  notFound,
  tooLarge,
  wrongMedia,
} from '../openapi.ts';
import { amend, register } from '../registration.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { ImportedDevice, RegisteredDevice } from '../views.ts';

const WRITES = new Set(['POST', 'PATCH', 'DELETE']);
const params = z.object({ id: DeviceId });
const body = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });
const bodyProblems = { ...keyProblems, ...tooLarge, ...wrongMedia, ...invalidDevice };

const create = createRoute({
  method: 'post',
  path: '/devices',
  tags: ['devices'],
  summary: 'Registers a device and makes its credential',
  description:
    'A kind whose geometry is point or line needs a Point or LineString; one that moves may have none. `position` is short for a Point. The password is shown this once.',
  security: keySecurity,
  request: { query: NoQuery, body: body(NewDevice) },
  responses: {
    201: {
      ...json(RegisteredDevice, 'Registered'),
      headers: z.object({ Location: z.string().meta({ description: 'Path of the device' }) }),
    },
    ...bodyProblems,
    ...conflict,
  },
});

const bulk = createRoute({
  method: 'post',
  path: '/devices/import',
  tags: ['devices'],
  summary: 'Registers many devices, all or none',
  description: [
    `At most ${IMPORT_AT_MOST} devices. NDJSON: one device, as POST /devices takes it, on a line.`,
    'CSV (RFC 4180) with a header: `id,domain,kind,name,lon,lat,geometry,provider,simulated` and any number of',
    '`tag:<name>`; `lon,lat` or `geometry` (GeoJSON), an empty cell counts as absent.',
    'Where any row is wrong nothing is registered and `errors` names at most 100 faults by line.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: NoQuery,
    body: {
      required: true,
      content: { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } },
    },
  },
  responses: { 200: json(listOf(ImportedDevice), 'The credentials, shown this once'), ...bodyProblems, ...conflict },
});

const patch = createRoute({
  method: 'patch',
  path: '/devices/{id}',
  tags: ['devices'],
  summary: 'Changes name, place, tags or state',
  description: 'Tags are replaced as a whole. A retired device is let in no more; what it sent stays.',
  security: keySecurity,
  request: { params, query: NoQuery, body: body(DevicePatch) },
  responses: { 200: json(Device, 'The device as it is now'), ...bodyProblems, ...notFound },
});

const remove = createRoute({
  method: 'delete',
  path: '/devices/{id}',
  tags: ['devices'],
  summary: 'Deletes a device and its credential',
  description: 'Its observations stay until retention takes them.',
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: { 204: { description: 'Deleted' }, ...keyProblems, ...notFound },
});

const credential = createRoute({
  method: 'post',
  path: '/devices/{id}/credential',
  tags: ['devices'],
  summary: 'Gives the device a new password',
  description: [
    'The old one stays good beside it until `previousUntil`, so that the device can be given the new one without a gap;',
    'connections opened with it are closed then, with `overlap=0` at once. The new one is shown this once.',
  ].join(' '),
  security: keySecurity,
  request: { params, query: RenewalQuery },
  responses: { 200: json(RenewedCredential, 'The new credential'), ...keyProblems, ...notFound },
});

/** Registering and changing devices: the administrator's. Every write is audited and told on the bus. */
export function registrationRoutes(services: Services, maxImportBytes: number) {
  const { registry, catalogue, bus, guard, audit } = services;
  const at = () => new Date(services.now()).toISOString();
  const absent = (id: string) => new CodedError('not-found', `there is no device ${id}`);
  const wrong = (errors: { path: string; message: string }[]) =>
    new CodedError('invalid-device', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);

  const router = createRouter();
  router.use('/devices/*', administratorFirst(guard, WRITES));
  router.use(
    '/devices/import',
    bodyLimit({
      maxSize: maxImportBytes,
      onError: () => {
        throw new CodedError('payload-too-large', `an import has at most ${maxImportBytes} bytes`);
      },
    }),
  );

  return router
    .openapi(bulk, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const presented = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      const type = IMPORT_TYPES.find((name) => name === presented);
      if (!type) throw new CodedError('unsupported-media-type', `send ${IMPORT_TYPES.join(' or ')}`);
      const devices = readImport(await c.req.text(), type, catalogue, at());
      const made = devices.map((device) => ({ device, ...newSecret() }));
      await registry.addDevices(made);
      await audit(actor.id, 'devices.import', `${made.length} devices: ${devices.map(({ id }) => id).join(' ')}`);
      for (const { id } of devices) bus.publish('device', { id });
      const items = made.map(({ device: { id }, secret }) => ({ id, credential: { username: id, password: secret } }));
      return c.json({ items, next: null }, 200, { 'cache-control': 'no-store' });
    })
    .openapi(create, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const registration = register(c.req.valid('json'), catalogue, at());
      if ('errors' in registration) throw wrong(registration.errors);
      const { device } = registration;
      const { secret, hash } = newSecret();
      await registry.addDevices([{ device, hash }]);
      await audit(actor.id, 'device.create', device.id);
      bus.publish('device', { id: device.id });
      const answer = { ...device, credential: { username: device.id, password: secret } };
      return c.json(answer, 201, { location: `/api/v1/devices/${device.id}`, 'cache-control': 'no-store' });
    })
    .openapi(patch, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const before = await registry.device(c.req.valid('param').id);
      if (!before) throw absent(c.req.valid('param').id);
      const registration = amend(before, c.req.valid('json'), catalogue, at());
      if ('errors' in registration) throw wrong(registration.errors);
      const { device } = registration;
      await registry.updateDevice(device);
      await audit(actor.id, 'device.change', device.id);
      bus.publish('device', { id: device.id });
      return c.json(device, 200);
    })
    .openapi(remove, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id } = c.req.valid('param');
      if (!(await registry.deleteDevice(id))) throw absent(id);
      await audit(actor.id, 'device.delete', id);
      bus.publish('device', { id });
      return c.body(null, 204);
    })
    .openapi(credential, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id } = c.req.valid('param');
      if (!(await registry.device(id))) throw absent(id);
      const renewed = await renew(services, actor, 'device', id, c.req.valid('query'));
      return c.json(renewed, 200, { 'cache-control': 'no-store' });
    });
}
