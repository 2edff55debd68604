import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { SEED } from '../app/simulated-city.ts';
import { loadCredentials } from '../simulators/credentials.ts';
import { dutyOf } from '../simulators/duty.ts';
import { planFleet } from '../simulators/fleet.ts';
import { startCity, type TestCity } from '../tests/helpers/city.ts';
import { temporaryDirectory } from '../tests/helpers/temporary.ts';
import { build, isStale } from './build.ts';

const DEVICES = 600;
const DAY_MS = 86_400_000;
const PATIENCE_MS = 60_000;
/** Readings in one message: well below what the city takes. */
const AT_ONCE = 200;

const Domains = z.object({ items: z.array(z.object({ id: z.string() })) });
const Features = z.object({
  features: z.array(z.object({ properties: z.object({ latest: z.record(z.string(), z.unknown()) }) })),
});

/** A running city that is only there to be looked at. */
export interface Demonstration {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the built city with its simulated devices on free ports and in a directory of its own, waits until all of them
 * have reported, and gives one of them a day of past readings, by its own script, so that its chart is full.
 */
export async function startDemonstration(device: string): Promise<Demonstration> {
  if (isStale()) build();
  const folder = await temporaryDirectory();
  const city = await startCity({ dataDir: folder.path, env: { SIMULATE: String(DEVICES) } });
  const stop = async () => {
    await city.stop();
    await folder.remove();
  };
  try {
    await allReported(city);
    const password = (await loadCredentials(join(folder.path, 'fleet.json'))).get(device);
    if (password === undefined) throw new Error(`the simulated city has no device ${device}`);
    await sendDay(city.url, device, password);
    await city.settled();
    return { url: city.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function allReported(city: TestCity): Promise<void> {
  const { items } = Domains.parse(await city.json('/api/v1/domains'));
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await delay(500)) {
    const maps = await Promise.all(items.map(({ id }) => city.json(`/api/v1/map/${id}`)));
    const devices = maps.flatMap((map) => Features.parse(map).features);
    if (devices.length === DEVICES && devices.every(({ properties }) => Object.keys(properties.latest).length > 0))
      return;
  }
  throw new Error(`after ${PATIENCE_MS / 1_000} s there are still devices that have not reported`);
}

async function sendDay(url: string, id: string, password: string): Promise<void> {
  const simulated = planFleet(DEVICES, SEED).find(({ device }) => device.id === id);
  if (simulated === undefined) throw new Error(`${id} is not in the fleet`);
  const duty = dutyOf(simulated);
  const readings = [];
  const now = Date.now();
  for (let due = duty.after(now - DAY_MS); due < now; due = duty.after(due)) readings.push(duty.report(due));
  for (let at = 0; at < readings.length; at += AT_ONCE) {
    const answer = await fetch(`${url}/api/v1/devices/${id}/telemetry`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${password}`)}`, 'content-type': 'application/json' },
      body: JSON.stringify(readings.slice(at, at + AT_ONCE)),
    });
    if (!answer.ok) throw new Error(`telemetry of ${id}: ${answer.status} ${await answer.text()}`);
  }
}
