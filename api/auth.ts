import type { HonoRequest, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import type { Catalogue } from '../model/catalogue.ts';
import { ACCESS, inputsOf, type Access as MetricAccess } from '../model/metric.ts';
import { CodedError } from '../model/problem.ts';
import type { KeyCheck } from '../storage/registry/key-check.ts';
import { bearerOf } from '../storage/registry/keys.ts';
import type { ApiKey, Registry, Scope } from '../storage/registry/port.ts';
import type { ApiEnv } from './env.ts';
import { SESSION_COOKIE, type Sessions } from './session.ts';

type Key = ApiKey | undefined;

/** Which scopes open which metrics. Whatever opens a metric opens it in lists, map, stream and aggregates alike. */
const OPENED_BY: Readonly<Record<MetricAccess, readonly Scope[]>> = {
  public: ['read', 'restricted', 'admin'],
  partner: ['read', 'restricted', 'admin'],
  restricted: ['restricted'],
};

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Who may do what. Every method throws CodedError `unauthorized` without a key and `forbidden` with one that is too small. */
export interface Guard {
  /** Reading at all. */
  read(key: Key): void;
  /** Doing what needs one of the scopes; answers the key. */
  scoped(key: Key, ...scopes: Scope[]): ApiKey;
  /** Reading one metric by name, measured or derived. */
  metric(key: Key, metric: { readonly id: string }): void;
  /** Whether a metric shows in what is not asked for by name. One that the catalogue does not know shows to nobody. */
  shows(key: Key, metric: string): boolean;
  /** Ids of the measured metrics that show: looked up once where many observations are judged. */
  shown(key: Key): ReadonlySet<string>;
}

/**
 * Who may read a metric: a derived one is as closed as the strictest of what it is worked out of. Undefined for none of
 * the catalogue.
 */
export function accessOf(catalogue: Catalogue, id: string): MetricAccess | undefined {
  const derived = catalogue.derived(id);
  if (!derived) return catalogue.metric(id)?.access;
  const all = [derived.access, ...inputsOf(derived).map((input) => catalogue.metric(input)?.access ?? 'restricted')];
  return ACCESS.findLast((access) => all.includes(access));
}

export function createGuard(publicRead: boolean, catalogue: Catalogue): Guard {
  const holds = (key: Key, scopes: readonly Scope[]) => key?.scopes.some((scope) => scopes.includes(scope)) ?? false;
  const opens = (key: Key, access: MetricAccess) =>
    (access === 'public' && publicRead) || holds(key, OPENED_BY[access]);
  const shows = (key: Key, metric: string) => {
    const access = accessOf(catalogue, metric);
    return access !== undefined && opens(key, access);
  };
  return {
    shows,
    shown(key) {
      const all = catalogue.domains.flatMap(({ metrics }) => metrics.map(({ id }) => id));
      return new Set(all.filter((id) => shows(key, id)));
    },
    read(key) {
      if (!publicRead && !key) throw new CodedError('unauthorized');
    },
    scoped(key, ...scopes) {
      if (!key) throw new CodedError('unauthorized');
      if (!holds(key, scopes))
        throw new CodedError('forbidden', `this needs a key with the scope ${scopes.join(' or ')}`);
      return key;
    },
    metric(key, { id }) {
      const access = accessOf(catalogue, id) ?? 'restricted';
      if (opens(key, access)) return;
      throw new CodedError(key ? 'forbidden' : 'unauthorized', `the metric ${id} is ${access}`);
    },
  };
}

const EVERY_METHOD = { has: () => true };

/**
 * Lets only the administrator through, and so settles who asks before a byte of the body is read: what follows may wait
 * for it, parse it and find fault with it. `methods` narrows it to some of a path's. Throws as Guard.scoped does.
 */
export function administratorFirst(
  guard: Pick<Guard, 'scoped'>,
  methods: Pick<ReadonlySet<string>, 'has'> = EVERY_METHOD,
): MiddlewareHandler<ApiEnv> {
  return (c, next) => {
    if (methods.has(c.req.method)) guard.scoped(c.get('key'), 'admin');
    return next();
  };
}

/** Whether a page of another origin made the request. Fetch Metadata says it best; over plain HTTP there is Origin only. */
function foreign(request: HonoRequest): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = request.header('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== new URL(request.url).host;
}

/**
 * Finds out with which key a request was made: `Authorization: Bearer <id>.<secret>`, else the page's session. A wrong
 * key is refused even where none is needed. A session may not write from another origin's page.
 */
export function identify(registry: Pick<Registry, 'key'>, keys: KeyCheck, sessions: Sessions) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const presented = bearerOf(c.req.header('authorization'));
    if (presented !== undefined) {
      const key = await keys.find(presented, c.env?.address ?? '');
      if (!key) throw new CodedError('unauthorized', 'the key is not valid');
      c.set('key', key);
      return next();
    }
    const token = getCookie(c, SESSION_COOKIE);
    const id = token === undefined ? undefined : sessions.keyId(token);
    // The key is asked for each time: removing it ends its sessions.
    const key = id === undefined ? undefined : await registry.key(id);
    if (key && !SAFE.has(c.req.method) && foreign(c.req))
      throw new CodedError('forbidden', 'a session is good on the city’s own page only');
    c.set('key', key);
    return next();
  });
}
