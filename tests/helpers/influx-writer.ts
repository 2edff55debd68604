import { pathToFileURL } from 'node:url';
import { openInfluxStore } from '../../storage/telemetry/influxdb/store.ts';
import type { Batch } from '../../storage/telemetry/port.ts';
import { at, batches, HOUR, MINUTE, MONDAY, observation, tally } from './telemetry-samples.ts';

const DEVICES = ['counter-1', 'counter-2', 'bus-7'];

/** Two batches: the second has all that a batch can have, of series that the first began. */
export function twoBatches(): readonly [Batch, Batch] {
  const next = batches();
  const minutes = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => MONDAY + (from + i) * MINUTE);
  const of = (times: readonly number[]) =>
    DEVICES.flatMap((device) => times.map((time) => observation({ device, time, value: (time / MINUTE) % 97 })));
  const moved = observation({ device: 'bus-7', metric: 'bus_delay', time: MONDAY, value: 5, ...at(105.85, 21.02) });
  const first = next({
    fresh: [...of(minutes(0, 90)), moved],
    tallies: DEVICES.map((device) => tally({ device, processed: 90, decoded: 90, stored: 90 })),
  });
  const correct = (time: number, superseded: number, value: number) => ({
    observation: observation({ time, value, received: time + HOUR }),
    superseded,
  });
  const second = next({
    fresh: [...of(minutes(90, 200)), observation({ time: MONDAY + 1, value: 1_000 })],
    corrections: [
      correct(MONDAY, (MONDAY / MINUTE) % 97, 500),
      correct(MONDAY, 500, 501),
      correct(MONDAY + 199 * MINUTE, ((MONDAY + 199 * MINUTE) / MINUTE) % 97, 502),
      { observation: observation({ device: 'bus-7', metric: 'bus_delay', time: MONDAY, value: 6 }), superseded: 5 },
    ],
    tallies: DEVICES.map((device) => tally({ device, processed: 3, decoded: 115, stored: 111, corrected: 4 })),
  });
  return [first, second];
}

/** The process that a test kills: `node influx-writer.ts URL DATABASE SIDECAR` puts both batches and says so. */
async function main([url = '', database = '', sidecar = '']: readonly string[]): Promise<void> {
  const store = await openInfluxStore({ url, version: 1, database, sidecar });
  for (const batch of twoBatches()) {
    await store.put(batch);
    process.stdout.write(`put ${batch.upTo}\n`);
  }
  await store.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
