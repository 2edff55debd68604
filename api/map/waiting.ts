import type { QuarantineStore } from '../../storage/quarantine/port.ts';
import type { ApiEnv } from '../env.ts';
import { READERS, reachOf } from '../quarantine.ts';

/** How far back a message that could not be stored still says something of its device, ms. */
export const RECENT_MS = 86_400_000;
/** Counted anew so often at most, ms: it takes longer the more there are. */
const KEEP_MS = 60_000;

/** Of whose devices a key may know that messages wait in the quarantine: one provider's, everybody's (null), nobody's (undefined). */
export type Reach = string | null | undefined;

/** What a key may know of the quarantine: as `GET /quarantine/summary` has it. */
export const reachFor = (key: ApiEnv['Variables']['key']): Reach =>
  key && READERS.some((scope) => key.scopes.includes(scope)) ? reachOf(key) : undefined;

/** Devices of whose messages of the last day some wait in the quarantine. */
export interface Waiting {
  /** At most a minute old. */
  of(reach: Reach): Promise<ReadonlySet<string>>;
}

const NOBODY: ReadonlySet<string> = new Set();

export function createWaiting(quarantine: Pick<QuarantineStore, 'summary'>, now: () => number): Waiting {
  const kept = new Map<string | null, { readonly at: number; readonly devices: Promise<ReadonlySet<string>> }>();

  async function count(reach: string | null): Promise<ReadonlySet<string>> {
    const provider = reach ?? undefined;
    const { devices } = await quarantine.summary({ from: now() - RECENT_MS, provider }, Number.POSITIVE_INFINITY);
    return new Set(devices.filter(({ waiting }) => waiting > 0).map(({ device }) => device));
  }
  return {
    async of(reach) {
      if (reach === undefined) return NOBODY;
      const known = kept.get(reach);
      if (known && Math.abs(now() - known.at) < KEEP_MS) return known.devices;
      const devices = count(reach);
      kept.set(reach, { at: now(), devices });
      devices.catch(() => kept.delete(reach));
      return devices;
    },
  };
}
