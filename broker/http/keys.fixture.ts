import type { ApiKey } from '../../storage/registry/port.ts';
import { newSecret } from '../../storage/secret.ts';

/** API keys that a test makes: `make` answers what is presented. */
export function createKeys() {
  const keys = new Map<string, ApiKey>();
  return {
    find: (id: string) => keys.get(id),
    make(id: string, scopes: ApiKey['scopes'], provider: string | null = null): string {
      const { secret, hash } = newSecret();
      keys.set(id, { id, name: id, hash, scopes, provider, created: '2026-01-01T00:00:00.000Z' });
      return `${id}.${secret}`;
    },
  };
}
