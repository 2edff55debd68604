import { join } from 'node:path';
import { pino } from 'pino';
import { openJournal } from '../../../storage/journal/lmdb.ts';
import type { JournalEntry } from '../../../storage/journal/port.ts';
import { type CityOptions, startCity } from '../../helpers/city.ts';
import { startInfluxd } from '../../helpers/influxd.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { pause, type Section, whole } from '../section.ts';
import { registerFleet } from '../throughput.ts';

const PENDING = 1_000_000;
const DEVICES = 100;
const BATCH = 5_000;

interface Recovery {
  /** From the start of the process, ms. */
  readonly ready: number;
  /** Until nothing was pending, from the same moment, ms. */
  readonly stored: number;
  readonly observations: number;
}

/** Appends messages as the broker does, with nobody there to store them: what a kill leaves while the store is away. */
async function fill(path: string): Promise<void> {
  const journal = await openJournal({ path, log: pino({ level: 'silent' }) });
  const start = Date.now() - 3_600_000;
  for (let at = 0; at < PENDING; at += BATCH) {
    const entries = Array.from({ length: BATCH }, (_, i): JournalEntry => {
      const n = at + i;
      const body = { time: start + n, values: { mean_speed: n % 200 }, note: 'x'.repeat(120) };
      return {
        ...{ device: `bench-${n % DEVICES}`, domain: 'traffic', provider: 'hanoi', format: 'json' },
        ...{ received: start + n, payload: Buffer.from(JSON.stringify(body)) },
      };
    });
    await journal.appendAll(entries);
  }
  await journal.close();
}

/** A city that starts over a million messages that nobody stored. */
async function recovered(env: NonNullable<CityOptions['env']>): Promise<Recovery> {
  const folder = await temporaryDirectory();
  const options = { dataDir: join(folder.path, 'data'), env };
  try {
    const first = await startCity(options);
    await registerFleet(first, DEVICES);
    await first.stop();
    await fill(join(options.dataDir, 'journal'));
    const began = performance.now();
    const city = await startCity(options);
    const ready = performance.now() - began;
    for (;;) {
      const { messages, observations } = await city.ledger();
      if (messages.pending === 0) {
        const stored = performance.now() - began;
        await city.stop();
        return { ready, stored, observations: observations.stored };
      }
      await pause(50);
    }
  } finally {
    await folder.remove();
  }
}

async function measure(progress: (line: string) => void): Promise<readonly string[]> {
  const influxd = await startInfluxd();
  try {
    progress('  DuckDB');
    const duckdb = await recovered({});
    progress('  InfluxDB');
    const influx = { STORE: 'influxdb', INFLUX_URL: influxd.url, INFLUX_DATABASE: 'recovery' };
    const influxdb = await recovered(influx);
    const row = (name: string, { ready, stored, observations }: Recovery) =>
      `| ${name} | ${whole(ready)} | ${(stored / 1_000).toFixed(1)} | ${whole(observations / ((stored - ready) / 1_000))} | ${whole(observations)} |`;
    return [
      '## Starting over a million pending messages',
      '',
      'A journal with a million flushed messages of 200 bytes that no store has seen, as a kill leaves it while the store is away.',
      '',
      '| store | `ready` after ms | all stored after s | stored/s from then on | stored |',
      '|---|---|---|---|---|',
      row('DuckDB', duckdb),
      row('InfluxDB 1.6.7', influxdb),
    ];
  } finally {
    await influxd.stop();
  }
}

export const recovery: Section = { name: 'recovery', measure: ({ progress }) => measure(progress) };
