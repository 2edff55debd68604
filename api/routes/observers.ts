import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, NewObserver } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { newSecret } from '../../storage/secret.ts';
import { administratorFirst } from '../auth.ts';
import { RenewalQuery, RenewedCredential, renew } from '../credential.ts';
import {
  conflict,
  json,
  keyProblems,
  keySecurity,
  listOf,
  NoQuery,
  notFound,
  tooLarge,
  wrongMedia,
} from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { ObserverView, RegisteredObserver } from '../views.ts';

const params = z.object({ username: DeviceId });

const list = createRoute({
  method: 'get',
  path: '/observers',
  tags: ['observers'],
  summary: 'Observers by user name, without their passwords',
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 200: json(listOf(ObserverView), 'All observers'), ...keyProblems },
});

const remove = createRoute({
  method: 'delete',
  path: '/observers/{username}',
  tags: ['observers'],
  summary: 'Deletes an observer',
  description: 'It is disconnected, and its user name is free again.',
  security: keySecurity,
  request: { params, query: NoQuery },
  responses: { 204: { description: 'Deleted' }, ...keyProblems, ...notFound },
});

const create = createRoute({
  method: 'post',
  path: '/observers',
  tags: ['observers'],
  summary: 'Makes a credential that reads the city over MQTT',
  description: [
    'An observer may subscribe to `city/#` or anything below it, and publish nothing: what sends is a device. It reads what',
    'devices send as they send it, restricted metrics too: for partners there are keys. Its user name is nobody else’s,',
    'device or observer. The password is shown this once.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: NoQuery,
    body: { required: true, content: { 'application/json': { schema: NewObserver } } },
  },
  responses: {
    201: json(RegisteredObserver, 'Registered'),
    ...keyProblems,
    ...conflict,
    ...tooLarge,
    ...wrongMedia,
  },
});

const credential = createRoute({
  method: 'post',
  path: '/observers/{username}/credential',
  tags: ['observers'],
  summary: 'Gives the observer a new password',
  description: [
    'The old one stays good beside it until `previousUntil`; connections opened with it are closed then, with',
    '`overlap=0` at once. The new one is shown this once.',
  ].join(' '),
  security: keySecurity,
  request: { params, query: RenewalQuery },
  responses: { 200: json(RenewedCredential, 'The new credential'), ...keyProblems, ...notFound },
});

/** Neither passwords nor the list of who reads stay in a cache on the way. */
const NOT_KEPT = { 'cache-control': 'no-store' };

/** Credentials that only read: the administrator's to give. Every write is audited and told on the bus. */
export function observerRoutes(services: Services) {
  const { registry, bus, guard, audit } = services;
  const router = createRouter();
  router.use('/observers/*', administratorFirst(guard));
  return router
    .openapi(list, async (c) => {
      guard.scoped(c.get('key'), 'admin');
      return c.json({ items: [...(await registry.observers())], next: null }, 200, NOT_KEPT);
    })
    .openapi(remove, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { username } = c.req.valid('param');
      if (!(await registry.deleteObserver(username)))
        throw new CodedError('not-found', `there is no observer ${username}`);
      await audit(actor.id, 'observer.delete', username);
      bus.publish('device', { id: username });
      return c.body(null, 204);
    })
    .openapi(create, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { username } = c.req.valid('json');
      const { secret, hash } = newSecret();
      await registry.addObserver(username, hash);
      await audit(actor.id, 'observer.create', username);
      bus.publish('device', { id: username });
      return c.json({ credential: { username, password: secret } }, 201, NOT_KEPT);
    })
    .openapi(credential, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { username } = c.req.valid('param');
      const principal = await registry.principal(username);
      if (principal?.kind !== 'observer') throw new CodedError('not-found', `there is no observer ${username}`);
      return c.json(await renew(services, actor, 'observer', username, c.req.valid('query')), 200, NOT_KEPT);
    });
}
