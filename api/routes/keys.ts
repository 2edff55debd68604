import { randomBytes } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { ProviderId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { ADMIN_KEY_ID, type ApiKey, SCOPES } from '../../storage/registry/port.ts';
import { newSecret } from '../../storage/secret.ts';
import { administratorFirst } from '../auth.ts';
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

/** Stands before the dot of a key as it is presented, so it holds none. */
const KeyId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{2,63}$/, 'a key id is 3 to 64 of a-z, 0-9 and -, starting with a letter or digit')
  .meta({ id: 'KeyId', example: 'partner-1' });

const Scopes = z.array(z.enum(SCOPES)).min(1).meta({
  description:
    'read: public and partner metrics, ledger, quarantine. restricted: metrics of that class too. uplinks: posts what a LoRaWAN network server receives. quarantine: reads and replays what was set aside. admin: everything that writes.',
});

const NewKey = z
  .strictObject({
    id: KeyId.optional().meta({ description: 'Made where not given.' }),
    name: z.string().trim().min(1).max(200),
    scopes: Scopes,
    provider: ProviderId.optional().meta({
      description: 'Whose devices `uplinks` and `quarantine` are for; all where not given.',
    }),
  })
  .meta({ id: 'NewKey', example: { id: 'partner-1', name: 'Transerco', scopes: ['read'] } });

const KeyView = z
  .object({
    id: KeyId,
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    provider: z.union([ProviderId, z.null()]),
    created: z.iso.datetime(),
  })
  .meta({ id: 'Key' });
const MadeKey = KeyView.extend({
  key: z.string().meta({ description: '`<id>.<secret>`: how the key is presented. Shown this once.' }),
}).meta({ id: 'MadeKey' });

const list = createRoute({
  method: 'get',
  path: '/keys',
  tags: ['keys'],
  summary: 'API keys by id, without their secrets',
  security: keySecurity,
  request: { query: NoQuery },
  responses: { 200: json(listOf(KeyView), 'All keys'), ...keyProblems },
});

const create = createRoute({
  method: 'post',
  path: '/keys',
  tags: ['keys'],
  summary: 'Makes an API key',
  description: 'The key is shown this once: the city keeps only a hash of its secret.',
  security: keySecurity,
  request: { query: NoQuery, body: { required: true, content: { 'application/json': { schema: NewKey } } } },
  responses: { 201: json(MadeKey, 'Made'), ...keyProblems, ...notFound, ...conflict, ...tooLarge, ...wrongMedia },
});

const revoke = createRoute({
  method: 'delete',
  path: '/keys/{id}',
  tags: ['keys'],
  summary: 'Revokes an API key',
  description:
    'From now on it is refused, and the sessions and streams opened with it are over. The administrator’s key cannot be revoked.',
  security: keySecurity,
  request: { params: z.object({ id: KeyId }), query: NoQuery },
  responses: { 204: { description: 'Revoked' }, ...keyProblems, ...notFound },
});

const view = ({ id, name, scopes, provider, created }: ApiKey) => ({
  id,
  name,
  scopes: [...scopes],
  provider,
  created,
});

/** Keys of partners and of the page: the administrator's to give and take. Every write is audited. */
export function keyRoutes({ registry, bus, guard, audit, now }: Services) {
  const router = createRouter();
  router.use('/keys/*', administratorFirst(guard));
  return router
    .openapi(list, async (c) => {
      guard.scoped(c.get('key'), 'admin');
      const items = (await registry.keys()).map(view);
      return c.json({ items, next: null }, 200, { 'cache-control': 'no-store' });
    })
    .openapi(create, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id = `key-${randomBytes(4).toString('hex')}`, name, scopes, provider = null } = c.req.valid('json');
      const { secret, hash } = newSecret();
      if (provider !== null && !(await registry.providers()).some((known) => known.id === provider))
        throw new CodedError('not-found', `there is no provider ${provider}`);
      const key = { id, name, hash, scopes: [...new Set(scopes)], provider, created: new Date(now()).toISOString() };
      await registry.addKey(key);
      await audit(actor.id, 'key.create', `${id}: ${key.scopes.join(' ')}`);
      return c.json({ ...view(key), key: `${id}.${secret}` }, 201, { 'cache-control': 'no-store' });
    })
    .openapi(revoke, async (c) => {
      const actor = guard.scoped(c.get('key'), 'admin');
      const { id } = c.req.valid('param');
      if (id === ADMIN_KEY_ID)
        throw new CodedError('forbidden', 'the administrator’s key is not revoked: ADMIN_KEY or its file changes it');
      if (!(await registry.removeKey(id))) throw new CodedError('not-found', `there is no key ${id}`);
      bus.publish('key', { id });
      await audit(actor.id, 'key.revoke', id);
      return c.body(null, 204);
    });
}
