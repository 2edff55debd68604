import { createRoute, z } from '@hono/zod-openapi';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { MetricId } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import { type ApiKey, SCOPES } from '../../storage/registry/port.ts';
import { json, keyProblems, NoQuery, openSecurity, readProblems, tooLarge, wrongMedia } from '../openapi.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { SESSION_COOKIE, SESSION_SECONDS } from '../session.ts';

const Login = z
  .strictObject({ key: z.string().min(1).max(200).meta({ example: 'admin.s3cr3t', description: '`<id>.<secret>`' }) })
  .meta({ id: 'Login' });

const open = createRoute({
  method: 'post',
  path: '/session',
  tags: ['operations'],
  summary: 'Exchanges a key for the page’s session',
  description: 'The answer sets a cookie that scripts cannot read (HttpOnly, SameSite=Strict), good for 12 hours.',
  request: { query: NoQuery, body: { required: true, content: { 'application/json': { schema: Login } } } },
  responses: { 204: { description: 'The session is open' }, ...keyProblems, ...tooLarge, ...wrongMedia },
});

/** Whose key whoever asks reads with, and what stays closed to them. */
export const SessionView = z
  .object({
    key: z
      .object({
        id: z.string(),
        name: z.string(),
        scopes: z.array(z.enum(SCOPES)),
        provider: z.string().nullable().meta({ description: 'Whose devices it is for; null for all.' }),
      })
      .nullable()
      .meta({ description: 'Null without a key.' }),
    closed: z.array(MetricId).meta({ description: 'Metrics, derived ones too, that may not be read.' }),
  })
  .meta({ id: 'Session' });

const viewOf = ({ id, name, scopes, provider }: ApiKey) => ({ id, name, scopes: [...scopes], provider });

const current = createRoute({
  method: 'get',
  path: '/session',
  tags: ['operations'],
  summary: 'Whose key this is, and which metrics it does not open',
  description: 'Open to all: without a key it tells what the public may not read.',
  security: openSecurity,
  request: { query: NoQuery },
  responses: { 200: json(SessionView, 'The session, or that there is none'), ...readProblems },
});

const end = createRoute({
  method: 'delete',
  path: '/session',
  tags: ['operations'],
  summary: 'Ends the session',
  request: { query: NoQuery },
  responses: { 204: { description: 'There is no session any more' }, ...keyProblems },
});

/** The page keeps no key: it exchanges one for a cookie. */
export function sessionRoutes({ keys, sessions, audit, catalogue, guard }: Services) {
  const figures = catalogue.domains.flatMap(({ metrics, derived }) => [...metrics, ...derived]);
  return createRouter()
    .openapi(current, (c) => {
      const key = c.get('key');
      const closed = figures.filter(({ id }) => !guard.shows(key, id)).map(({ id }) => id);
      return c.json({ key: key ? viewOf(key) : null, closed }, 200);
    })
    .openapi(open, async (c) => {
      const key = await keys.find(c.req.valid('json').key, c.env?.address ?? '');
      if (!key) throw new CodedError('unauthorized', 'the key is not valid');
      await audit(key.id, 'session.open', key.id);
      setCookie(c, SESSION_COOKIE, sessions.open(key.id), {
        path: '/',
        httpOnly: true,
        sameSite: 'Strict',
        maxAge: SESSION_SECONDS,
        // A proxy that ends TLS says so; over plain HTTP a Secure cookie would never come back.
        secure: new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https',
      });
      return c.body(null, 204);
    })
    .openapi(end, (c) => {
      const token = getCookie(c, SESSION_COOKIE);
      if (token !== undefined) sessions.end(token);
      deleteCookie(c, SESSION_COOKIE, { path: '/' });
      return c.body(null, 204);
    });
}
