import { describe } from 'vitest';
import type { FreshRegistry } from '../helpers/registry-lab.ts';
import { administrationContract } from './registry-administration.ts';
import { credentialContract } from './registry-credentials.ts';
import { deviceContract } from './registry-devices.ts';
import { deviceListContract } from './registry-lists.ts';
import { presenceContract } from './registry-presences.ts';

/** What every adapter of storage/registry/port.ts does alike. */
export function registryContract(name: string, fresh: FreshRegistry): void {
  describe(`${name} as a registry`, () => {
    deviceContract(fresh);
    deviceListContract(fresh);
    credentialContract(fresh);
    administrationContract(fresh);
    presenceContract(fresh);
  });
}
