import { join } from 'node:path';
import type { Device } from '../../model/device.ts';
import type { Position } from '../../model/geometry.ts';
import type { Observation } from '../../model/observation.ts';
import { WARDS } from '../../model/places/wards.ts';
import { batches } from '../../storage/batches.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { newSecret } from '../../storage/secret.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import type { Credentials } from './load.ts';

/** Devices of one transaction, and observations of one put. */
const [REGISTERED_AT_ONCE, PUT_AT_ONCE] = [20_000, 20_000];
/** From one device to the next around its ward: sunflower seeds never lie upon each other. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
/** How far from the ward's point the last of its devices stands, degrees. */
const SPREAD = 0.03;

export const bigDevice = (i: number): string => `big-${i}`;

/** Where the i-th of so many devices stands: around the points of the wards, close together where these are. */
function positionOf(i: number, devices: number): Position {
  const ward = WARDS[i % WARDS.length];
  const [lon, lat] = ward ? [ward[5], ward[6]] : [105.85, 21.03];
  const nth = Math.floor(i / WARDS.length);
  const far = SPREAD * Math.sqrt((nth + 0.5) / Math.ceil(devices / WARDS.length));
  return [lon + far * Math.cos(nth * GOLDEN_ANGLE), lat + far * Math.sin(nth * GOLDEN_ANGLE)];
}

function deviceOf(i: number, devices: number, created: string): Device {
  return {
    ...{ id: bigDevice(i), domain: 'traffic', kind: 'counter', name: `Trạm đếm ${i}`, provider: 'hanoi', tags: {} },
    geometry: { type: 'Point', coordinates: positionOf(i, devices) },
    ...{ simulated: false, state: 'active', created, updated: created },
  };
}

/** What a device of the big city told: every twentieth never did. */
function observationOf(i: number, now: number): Observation | undefined {
  if (i % 20 === 7) return undefined;
  // Every tenth has been silent for an hour.
  const time = now - (i % 10 === 3 ? 3_600_000 : 1_000 * (i % 30));
  const value = 4 + ((i * 7_919) % 5_600) / 100;
  const series = { device: bigDevice(i), metric: 'mean_speed', time, value };
  return { ...series, quality: 'valid', received: time, flags: [] };
}

/**
 * Registers so many counters of the traffic domain in the data directory of a city that does not run, without a word of
 * its API, stores what most of them told last (`told` false: nothing) and answers their credentials. 200,000 take about a minute.
 */
export async function bigRegistry(folder: string, devices: number, told = true): Promise<Credentials> {
  const now = Date.now();
  const created = new Date(now).toISOString();
  const numbers = Array.from({ length: devices }, (_, i) => i);
  const registry = await openSqliteRegistry({ path: join(folder, 'registry.sqlite') });
  const credentials: { username: string; password: string }[] = [];
  for (const some of batches(numbers, REGISTERED_AT_ONCE))
    await registry.addDevices(
      some.map((i) => {
        const { secret, hash } = newSecret();
        credentials.push({ username: bigDevice(i), password: secret });
        return { device: deviceOf(i, devices, created), hash };
      }),
    );
  await registry.close();
  if (!told) return credentials;
  const store = await openDuckDbStore({ path: join(folder, 'telemetry.duckdb') });
  let after = 0;
  for (const some of batches(numbers, PUT_AT_ONCE)) {
    const fresh = some.flatMap((i) => observationOf(i, now) ?? []);
    await store.put({ after, upTo: after + 1, fresh, corrections: [], tallies: [] });
    after += 1;
  }
  await store.close();
  return credentials;
}
