import type { Provider } from '../../model/device.ts';
import type { Domain } from '../../model/domain.ts';
import type { AreaView } from '../api/shapes.ts';
import type { LiveDevice } from '../state/device.ts';

/** What hardly changes of a city. */
export interface KeptCity {
  readonly timezone: string;
  readonly domains: readonly Domain[];
  readonly providers: readonly Provider[];
}

/** The devices of one domain as they were at a moment, ms since the epoch. */
export interface KeptDevices {
  readonly at: number;
  readonly devices: readonly LiveDevice[];
  /** Of a domain with more devices than are kept: how many there were, and how they did. */
  readonly counted?: KeptCount | undefined;
}

/** How many devices a large domain had. */
export interface KeptCount {
  readonly devices: number;
  readonly live: number;
}

/** Raised with every change of the shapes above: what another version of the page kept is not read. */
const CACHE = 'nhip-last-state-1';

const CITY = '/last-state/city';
const WARDS = '/last-state/wards';
const devicesOf = (domain: string): string => `/last-state/devices/${encodeURIComponent(domain)}`;

/** Cache Storage is there over HTTPS and on this machine only, and may be forbidden. */
async function opened(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

async function write(path: string, content: unknown): Promise<void> {
  const cache = await opened();
  // A full disk is no fault of the reader's: the older state stays.
  await cache?.put(path, Response.json(content)).catch(() => {});
}

async function read<T>(path: string): Promise<T | undefined> {
  const answer = await (await opened())?.match(path);
  return await answer?.json().catch(() => undefined);
}

/**
 * The last state of the city, for a page that opens without a network. Only what anybody may read is kept: see
 * state/keeping.ts.
 */
export const lastState = {
  writeCity: (city: KeptCity): Promise<void> => write(CITY, city),
  city: (): Promise<KeptCity | undefined> => read(CITY),
  writeWards: (wards: readonly AreaView[]): Promise<void> => write(WARDS, wards),
  wards: (): Promise<readonly AreaView[] | undefined> => read(WARDS),
  writeDevices: (domain: string, kept: KeptDevices): Promise<void> => write(devicesOf(domain), kept),
  devices: (domain: string): Promise<KeptDevices | undefined> => read(devicesOf(domain)),
  /** Forgets everything: the city does not show itself to everybody any more. */
  clear: async (): Promise<void> => {
    await caches.delete(CACHE).catch(() => false);
  },
};

export type LastState = typeof lastState;
