import type { ApiKey } from '../storage/registry/port.ts';

/** What a request carries through its handlers: the address it came from and the key it was made with, if any. */
export interface ApiEnv {
  /** `key` is given where somebody else has looked at it already. */
  Bindings: { address?: string | undefined; key?: ApiKey | undefined };
  Variables: { key: ApiKey | undefined };
}
