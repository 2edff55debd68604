import { chmod, readFile, writeFile } from 'node:fs/promises';
import { ADMIN_KEY_ID, type Registry } from '../storage/registry/port.ts';
import { hashSecret, newSecret } from '../storage/secret.ts';

const PREFIX = `${ADMIN_KEY_ID}.`;

/**
 * The administrator's key: ADMIN_KEY where given, else the one of the file, which is made at the first start with mode
 * 600. The registry keeps its hash; the secret itself is never printed.
 */
export async function ensureAdminKey(path: string, given: string | undefined, registry: Registry): Promise<void> {
  const key = given ?? (await stored(path)) ?? (await make(path));
  const before = await registry.key(ADMIN_KEY_ID);
  const hash = hashSecret(key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key);
  if (before && Buffer.from(before.hash).equals(hash)) return;
  if (before) await registry.removeKey(ADMIN_KEY_ID);
  await registry.addKey({
    id: ADMIN_KEY_ID,
    name: 'administrator',
    hash,
    scopes: ['admin', 'read', 'restricted'],
    provider: null,
    created: new Date().toISOString(),
  });
}

async function stored(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function make(path: string): Promise<string> {
  const key = `${PREFIX}${newSecret().secret}`;
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return key;
}
