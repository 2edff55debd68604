import { matches } from '../secret.ts';
import { ADMIN_KEY_ID, type ApiKey, type Registry } from './port.ts';

/** Looks a presented `<id>.<secret>`, or the administrator's bare secret, up; undefined where it is no key of the city. */
export async function keyOf(presented: string, registry: Pick<Registry, 'key'>): Promise<ApiKey | undefined> {
  const dot = presented.indexOf('.');
  const key = dot < 1 ? undefined : await registry.key(presented.slice(0, dot));
  if (key && matches(presented.slice(dot + 1), key.hash)) return key;
  const admin = await registry.key(ADMIN_KEY_ID);
  return admin && matches(presented, admin.hash) ? admin : undefined;
}

/** The credential of an `Authorization: Bearer` header (RFC 6750, section 2.1); undefined where it is of another scheme. */
export function bearerOf(authorization: string | undefined): string | undefined {
  const [scheme, presented] = (authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' ? (presented ?? '') : undefined;
}
