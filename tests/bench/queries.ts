import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { newSecret } from '../../storage/secret.ts';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { startCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

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
}

/** Fills a week of 10,000 series through the store's own `put`, then asks the API of the whole city. */
export async function queryFigures(
  observations: number,
  runs: number,
  progress: (line: string) => void,
): Promise<QueryFigures> {
  const folder = await temporaryDirectory();
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const start = end - 7 * 24 * HOUR;
  await registerDevices(join(folder.path, 'registry.sqlite'));
  const putRate = await fill(join(folder.path, 'telemetry.duckdb'), observations, start, end, progress);
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
    const queries = [
      await ask('map of 10,000 devices', '/api/v1/map/traffic'),
      await ask(
        'one series, 24 h by 5 min',
        `/api/v1/aggregates?metric=mean_speed&window=5m&group_by=device&device=bench-42&${day}`,
      ),
      await ask('one series, 24 h raw', `/api/v1/observations?device=bench-42&metric=mean_speed&limit=2000&${day}`),
      await ask(
        'city, 7 days by hour',
        `/api/v1/aggregates?metric=mean_speed&window=1h&group_by=domain&domain=traffic&${week}`,
      ),
      await ask(
        'wards, 24 h by hour',
        `/api/v1/aggregates?metric=mean_speed&window=1h&group_by=area&domain=traffic&${day}`,
      ),
    ];
    return { observations, putRate, queries };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

async function registerDevices(path: string): Promise<void> {
  const registry = await openSqliteRegistry({ path });
  const now = new Date().toISOString();
  await registry.addDevices(
    Array.from({ length: DEVICES }, (_, i) => ({
      device: {
        id: `bench-${i}`,
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
        device: `bench-${device}`,
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

export interface Footprint {
  /** From the start of the process to `ready`, ms; median of the runs. */
  readonly ready: number;
  readonly firstReady: number;
  /** Resident memory of the default city after a minute, MB. */
  readonly rss: number;
  /** Share of one core that it takes. */
  readonly cpu: number;
}

/** The default city: how long until `ready`, and what it takes once it runs. */
export async function footprint(seconds: number): Promise<Footprint> {
  const folder = await temporaryDirectory();
  const times: number[] = [];
  const once = async () => {
    const began = performance.now();
    const city = await startCity({ dataDir: folder.path, env: { SIMULATE: undefined } });
    times.push(performance.now() - began);
    return city;
  };
  for (let i = 0; i < 3; i += 1) await (await once()).stop();
  const city = await once();
  try {
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    const before = await cpuSeconds(city.pid);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const cpu = ((await cpuSeconds(city.pid)) - before) / seconds;
    const status = await readFile(`/proc/${city.pid}/status`, 'utf8');
    const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
    const [first = Number.NaN, ...later] = times;
    return { firstReady: first, ready: later.sort((a, b) => a - b)[1] ?? Number.NaN, rss, cpu };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** User and system time of a process (proc(5), fields 14 and 15; 100 ticks a second on Linux). */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
