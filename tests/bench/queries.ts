import { join } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { newSecret } from '../../storage/secret.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { startCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { startLoad } from './load.ts';
import { registerFleet } from './throughput.ts';

const HOUR = 3_600_000;
const DEVICES = 10_000;
const BATCH = 20_000;

export interface Percentiles {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly runs: number;
}

export interface QueryFigures {
  readonly observations: number;
  /** Observations a second through the store's `put` while it was filled. */
  readonly putRate: number;
  readonly queries: readonly Percentiles[];
  /** The wards again while messages come in: how many a second were acknowledged meanwhile, and how long it took. */
  readonly during: { readonly rate: number; readonly wards: Percentiles };
}

/** Messages a second that come in while the wards are asked for. */
const INGEST_RATE = 10_000;

/** Fills a week of 10,000 series through the store's own `put`, then asks the API of the whole city. */
export async function queryFigures(
  observations: number,
  runs: number,
  progress: (line: string) => void,
): Promise<QueryFigures> {
  const folder = await temporaryDirectory();
  const { from: start, to: end, putRate } = await filledStore(folder.path, observations, progress);
  const city = await startCity({ dataDir: folder.path });
  try {
    const ask = async (name: string, path: string): Promise<Percentiles> => {
      const times: number[] = [];
      for (let i = 0; i < runs; i += 1) {
        const began = performance.now();
        const answer = await city.api(path);
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): number =>
        times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
      return { name, p50: at(0.5), p99: at(0.99), runs };
    };
    const day = `from=${end - 24 * HOUR}&to=${end}`;
    const week = `from=${start}&to=${end}`;
    const wards = `/api/v1/aggregates?metric=mean_speed&window=1h&group_by=area&domain=traffic&${day}`;
    const queries = [
      await ask('map of 10,000 devices', '/api/v1/map/traffic'),
      await ask(
        'one series, 24 h by 5 min',
        `/api/v1/aggregates?metric=mean_speed&window=5m&group_by=device&device=series-42&${day}`,
      ),
      await ask('one series, 24 h raw', `/api/v1/observations?device=series-42&metric=mean_speed&limit=2000&${day}`),
      await ask(
        'city, 7 days by hour',
        `/api/v1/aggregates?metric=mean_speed&window=1h&group_by=domain&domain=traffic&${week}`,
      ),
      await ask('wards, 24 h by hour', wards),
      await ask(
        'playback of a day, 10,000 devices by 15 min',
        `/api/v1/playback/traffic?metric=mean_speed&step=PT15M&${day}`,
      ),
    ];
    progress(`the wards while ${INGEST_RATE} messages a second come in`);
    const credentials = await registerFleet(city, 100);
    const load = { connections: 100, inflight: 200, seconds: 120, rate: INGEST_RATE };
    const running = await startLoad(city.mqttPort, credentials, load);
    const during = await ask(`wards, 24 h by hour, during ingest`, wards);
    running.stop();
    const { acknowledged, elapsed } = await running.result;
    return { observations, putRate, queries, during: { rate: acknowledged / elapsed, wards: during } };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** Fills the telemetry store and the registry of a data directory with a week of 10,000 series; where it lies, ms. */
export async function filledStore(path: string, observations: number, progress: (line: string) => void) {
  const to = Math.floor(Date.now() / HOUR) * HOUR;
  const from = to - 7 * 24 * HOUR;
  await registerDevices(join(path, 'registry.sqlite'));
  const putRate = await fill(join(path, 'telemetry.duckdb'), observations, from, to, progress);
  return { from, to, putRate };
}

async function registerDevices(path: string): Promise<void> {
  const registry = await openSqliteRegistry({ path });
  const now = new Date().toISOString();
  await registry.addDevices(
    Array.from({ length: DEVICES }, (_, i) => ({
      device: {
        id: `series-${i}`,
        domain: 'traffic',
        kind: 'counter',
        name: `Bench ${i}`,
        geometry: {
          type: 'Point' as const,
          coordinates: [105.7 + (i % 100) / 333, 20.95 + Math.floor(i / 100) / 500] as [number, number],
        },
        provider: 'hanoi',
        tags: {},
        simulated: false,
        state: 'active' as const,
        created: now,
        updated: now,
      },
      hash: newSecret().hash,
    })),
  );
  await registry.close();
}

async function fill(
  path: string,
  observations: number,
  start: number,
  end: number,
  progress: (line: string) => void,
): Promise<number> {
  const store = await openDuckDbStore({ path });
  const step = (end - start) / (observations / DEVICES);
  let seq = 0;
  const began = performance.now();
  for (let done = 0; done < observations; done += BATCH) {
    const fresh = Array.from({ length: Math.min(BATCH, observations - done) }, (_, i): Observation => {
      const n = done + i;
      const time = Math.floor(start + Math.floor(n / DEVICES) * step);
      const device = n % DEVICES;
      const value = 30 + 20 * Math.sin((time / HOUR / 24) * 2 * Math.PI + device) + (device % 7);
      return {
        device: `series-${device}`,
        metric: 'mean_speed',
        time,
        value,
        quality: 'valid',
        received: time + 500,
        flags: [],
      };
    });
    await store.put({ after: seq, upTo: seq + 1, fresh, corrections: [], tallies: [] });
    seq += 1;
    if (done % (BATCH * 100) === 0) progress(`filled ${((100 * done) / observations).toFixed(0)} %`);
  }
  const rate = observations / ((performance.now() - began) / 1_000);
  await store.close();
  return rate;
}
