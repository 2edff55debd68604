import { describe } from 'vitest';
import type { FreshQuarantine } from '../helpers/quarantine-lab.ts';
import { claimsContract } from './quarantine-claims.ts';
import { countsContract } from './quarantine-counts.ts';
import { itemsContract } from './quarantine-items.ts';
import { keepingContract } from './quarantine-keeping.ts';

/** What every adapter of storage/quarantine/port.ts does alike. */
export function quarantineContract(name: string, fresh: FreshQuarantine): void {
  describe(`${name} as a quarantine`, () => {
    itemsContract(fresh);
    keepingContract(fresh);
    claimsContract(fresh);
    countsContract(fresh);
  });
}
