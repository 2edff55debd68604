import { join } from 'node:path';
import type { Observation } from '../../../model/observation.ts';
import { openSqliteRegistry } from '../../../storage/registry/sqlite.ts';
import { newSecret } from '../../../storage/secret.ts';
import { openDuckDbStore } from '../../../storage/telemetry/duckdb/store.ts';
import type { Credentials } from '../load.ts';

/** Devices put at a time. */
const BATCH = 20_000;
/** What the devices stand in: west and south, and how far they reach. */
const [WEST, SOUTH, WIDTH, HEIGHT] = [105.6, 20.9, 0.5, 0.25] as const;

const idOf = (i: number): string => `page-${i}`;

/** Where the i-th of `count` devices stands: evenly all over the city, neighbours in number far from each other. */
function placeOf(i: number, count: number): [lon: number, lat: number] {
  const side = Math.ceil(Math.sqrt(count));
  // A step without a common divisor goes through all places before it comes back to the first.
  const at = (i * 7_919) % count;
  return [WEST + (WIDTH * (at % side)) / side, SOUTH + (HEIGHT * Math.floor(at / side)) / side];
}

/**
 * Makes a data directory of so many traffic counters that have all told one speed just now, and answers the credentials
 * of the first `reporting` of them.
 */
export async function filledCity(path: string, count: number, reporting: number): Promise<Credentials> {
  const registry = await openSqliteRegistry({ path: join(path, 'registry.sqlite') });
  const credentials: { username: string; password: string }[] = [];
  const created = new Date().toISOString();
  for (let start = 0; start < count; start += BATCH)
    await registry.addDevices(
      Array.from({ length: Math.min(BATCH, count - start) }, (_, n) => {
        const i = start + n;
        const { secret, hash } = newSecret();
        if (i < reporting) credentials.push({ username: idOf(i), password: secret });
        return {
          device: {
            ...{ id: idOf(i), domain: 'traffic', kind: 'counter', name: `Trạm đếm ${i}`, provider: 'hanoi', tags: {} },
            geometry: { type: 'Point' as const, coordinates: placeOf(i, count) },
            ...{ simulated: false, state: 'active' as const, created, updated: created },
          },
          hash,
        };
      }),
    );
  await registry.close();

  const store = await openDuckDbStore({ path: join(path, 'telemetry.duckdb') });
  const time = Date.now();
  for (let start = 0, seq = 0; start < count; start += BATCH, seq += 1) {
    const fresh = Array.from({ length: Math.min(BATCH, count - start) }, (_, n): Observation => {
      const value = 10 + ((start + n) % 50);
      return {
        device: idOf(start + n),
        metric: 'mean_speed',
        time,
        value,
        quality: 'valid',
        received: time,
        flags: [],
      };
    });
    await store.put({ after: seq, upTo: seq + 1, fresh, corrections: [], tallies: [] });
  }
  await store.close();
  return credentials;
}
