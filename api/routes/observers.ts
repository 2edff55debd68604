import { createRoute, z } from '@hono/zod-openapi';
import { Credential, DeviceId, NewObserver } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { newSecret } from '../../storage/secret.ts';
import { conflict, json, keyProblems, keySecurity, NoQuery, notFound, tooLarge, wrongMedia } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { RegisteredObserver } from '../views.ts';

const create = createRoute({
  method: 'post',
  path: '/observers',
  tags: ['observers'],
  summary: 'Makes a credential that reads the city over MQTT',
  description: [
    'An observer may subscribe to `city/#` or anything below it, and publish nothing: what sends is a device. Its user name',
    'is nobody else’s, device or observer. The password is shown this once.',
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
  summary: 'Replaces the observer’s password',
  description: 'The old one is good no more, and the observer is disconnected. The new one is shown this once.',
  security: keySecurity,
  request: { params: z.object({ username: DeviceId }), query: NoQuery },
  responses: { 200: json(Credential, 'The new credential'), ...keyProblems, ...notFound },
});

const SHOWN_ONCE = { 'cache-control': 'no-store' };

/** Credentials that only read: the administrator's to give. Every write is audited and told on the bus. */
export function observerRoutes({ registry, bus, guard, audit }: Services) {
  const router = createRouter();
  // Who asks is settled before a byte of the body is read.
  for (const path of ['/observers', '/observers/*']) {
    router.use(path, (c, next) => {
      if (c.req.method === 'POST') guard.scoped(c.get('key'), 'admin');
      return next();
    });
  }
  return router
    .openapi(create, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { username } = c.req.valid('json');
      const { secret, hash } = newSecret();
      await registry.addObserver(username, hash);
      await audit(actor.id, 'observer.create', username);
      bus.publish('device', { id: username });
      return c.json({ credential: { username, password: secret } }, 201, SHOWN_ONCE);
    })
    .openapi(credential, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { username } = c.req.valid('param');
      const principal = await registry.principal(username);
      if (principal?.kind !== 'observer') throw new CodedError('not-found', `there is no observer ${username}`);
      const { secret, hash } = newSecret();
      await registry.setCredential(username, hash);
      await audit(actor.id, 'observer.credential', username);
      bus.publish('device', { id: username });
      return c.json({ username, password: secret }, 200, SHOWN_ONCE);
    });
}
