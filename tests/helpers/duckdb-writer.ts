import { pathToFileURL } from 'node:url';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import type { Batch } from '../../storage/telemetry/port.ts';
import { HOUR, MINUTE, MONDAY, observation, tally } from './telemetry-samples.ts';

const DEVICES = Array.from({ length: 20 }, (_, i) => `counter-${i}`);
const at = (record: number, device: string) =>
  observation({ device, time: MONDAY + record * MINUTE, value: record % 97 });

/** The batch of one journal record: new observations, late ones, and corrections of the record before. */
export function batchOf(record: number): Batch {
  const late = DEVICES.slice(0, 5).map((device) =>
    observation({ device, time: MONDAY - record * MINUTE, value: -(record % 89), received: MONDAY + HOUR }),
  );
  const corrections = DEVICES.slice(0, record % 3).map((device) => ({
    observation: { ...at(record - 1, device), value: 1_000 + record },
    superseded: (record - 1) % 97,
  }));
  return {
    after: record - 1,
    upTo: record,
    fresh: [...DEVICES.map((device) => at(record, device)), ...late],
    corrections: record === 1 ? [] : corrections,
    tallies: DEVICES.map((device) => tally({ device, processed: 1, decoded: 2, stored: 1, corrected: 1 })),
  };
}

/** Rows after which the writer settles: every third put, so that a kill may meet it. */
export const SETTLE_AFTER = 60;

/** The process that a test kills: `node duckdb-writer.ts FILE` goes on from the checkpoint and puts without end. */
async function main([path = '']: readonly string[]): Promise<void> {
  const store = await openDuckDbStore({ path, settleAfter: SETTLE_AFTER });
  const { seq } = await store.checkpoint();
  for (let record = seq + 1; ; record += 1) {
    await store.put(batchOf(record));
    process.stdout.write(`put ${record}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
