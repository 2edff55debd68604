import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startCity, type TestCity } from '../tests/helpers/city.ts';
import { temporaryDirectory } from '../tests/helpers/temporary.ts';
import { build, isStale } from './build.ts';

const DEVICES = 600;
const PATIENCE_MS = 60_000;
/** A fleet of a real city has some that are silent, or whose clock is wrong. */
const REPORTED = 0.95;

const Domains = z.object({ items: z.array(z.object({ id: z.string() })) });
const Features = z.object({
  features: z.array(z.object({ properties: z.object({ latest: z.record(z.string(), z.unknown()) }) })),
});

/** A running city that is only there to be looked at. */
export interface Demonstration {
  readonly url: string;
  /** The administrator's. */
  readonly key: string;
  stop(): Promise<void>;
}

/**
 * Starts the built city with its simulated devices on free ports and in a directory of its own, waits until nearly all
 * of them have reported and have sent their last 24 hours, and makes sure that `device` is one of them.
 */
export async function startDemonstration(device: string): Promise<Demonstration> {
  if (isStale()) build();
  const folder = await temporaryDirectory();
  const key = randomUUID();
  const city = await startCity({ dataDir: folder.path, env: { SIMULATE: String(DEVICES), ADMIN_KEY: key } });
  const stop = async () => {
    await city.stop();
    await folder.remove();
  };
  try {
    await nearlyAllReported(city);
    await city.line(/^history 100 %$/m, 2 * PATIENCE_MS);
    await city.settled();
    await city.json(`/api/v1/devices/${device}`);
    return { url: city.url, key, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function nearlyAllReported(city: TestCity): Promise<void> {
  const { items } = Domains.parse(await city.json('/api/v1/domains'));
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await delay(500)) {
    const maps = await Promise.all(items.map(({ id }) => city.json(`/api/v1/map/${id}`)));
    const devices = maps.flatMap((map) => Features.parse(map).features);
    const reported = devices.filter(({ properties }) => Object.keys(properties.latest).length > 0);
    if (devices.length === DEVICES && reported.length >= REPORTED * DEVICES) return;
  }
  throw new Error(`after ${PATIENCE_MS / 1_000} s too many devices have not reported yet`);
}
