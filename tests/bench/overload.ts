import { readFile } from 'node:fs/promises';
import { attach } from '../faults/harness/strace.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { startInfluxd } from '../helpers/influxd.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { findTool } from '../helpers/tools.ts';
import { startLoad, UNLIMITED } from './load.ts';
import { pause } from './section.ts';
import { registerFleet } from './throughput.ts';

/** More than any store takes: all that 200 connections send with 2,000 in flight each. */
const LOAD = { connections: 200, inflight: 2_000 };
export interface Overloaded {
  /** Anonymous resident memory of the city before, at most during, and after, bytes. */
  readonly before: number;
  readonly peak: number;
  readonly after: number;
  /** Messages acknowledged a second while it lasted. */
  readonly rate: number;
  /** From the end of the trouble until nothing was pending, s. */
  readonly recovered: number;
}

export interface OverloadFigures {
  /** A store that is slower than its senders; undefined where there is no strace. */
  readonly slowDisk: Overloaded | undefined;
  readonly busyStore: Overloaded;
  /** With the store away until the backlog was full. */
  readonly away: Overloaded & { readonly limit: number; readonly backlog: number; readonly seconds: number };
}

/** Memory that is the process's own: the journal's mapped pages are the page cache's. */
async function memory(pid: number): Promise<number> {
  return Number(/RssAnon:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}

/** Looks at the memory four times a second. */
function watchMemory(pid: number) {
  let peak = 0;
  const timer = setInterval(() => {
    memory(pid).then(
      (bytes) => {
        peak = Math.max(peak, bytes);
      },
      () => {},
    );
  }, 250);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** NaN where the city is too busy to answer. */
async function gauge(city: TestCity, name: string): Promise<number> {
  const text = await fetch(`${city.url}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** All senders at full speed for so long, then until everything is stored. */
async function pressed(seconds: number, fault: readonly string[] = []): Promise<Overloaded> {
  const folder = await temporaryDirectory();
  const city = await startCity({ dataDir: folder.path, env: UNLIMITED });
  try {
    const { pid } = city;
    const credentials = await registerFleet(city, LOAD.connections);
    const before = await memory(pid);
    const peak = watchMemory(pid);
    const attached = fault.length > 0 ? await attach(pid, '/dev/null', fault) : undefined;
    const { acknowledged, elapsed } = await (await startLoad(city.mqttPort, credentials, { ...LOAD, seconds })).result;
    await attached?.stop();
    const ended = performance.now();
    await city.settled();
    const recovered = (performance.now() - ended) / 1_000;
    return { before, peak: peak(), after: await memory(pid), rate: acknowledged / elapsed, recovered };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** The store goes, senders fill the backlog to its bound and are turned away, the store comes back. */
async function storeAway(limit: number): Promise<OverloadFigures['away']> {
  const influxd = await startInfluxd();
  const folder = await temporaryDirectory();
  const env = { ...UNLIMITED, STORE: 'influxdb', INFLUX_URL: influxd.url, JOURNAL_BACKLOG: `${limit / 2 ** 20}M` };
  const city = await startCity({ dataDir: folder.path, env });
  try {
    const credentials = await registerFleet(city, LOAD.connections);
    const before = await memory(city.pid);
    const peak = watchMemory(city.pid);
    await influxd.kill();
    const began = performance.now();
    const running = await startLoad(city.mqttPort, credentials, { ...LOAD, seconds: 600 });
    while ((await gauge(city, 'nhip_backlog_full')) !== 1) {
      if (performance.now() - began > GIVE_UP_MS) throw new Error('the backlog does not fill');
      await pause(200);
    }
    const seconds = (performance.now() - began) / 1_000;
    const backlog = await gauge(city, 'nhip_backlog_bytes');
    running.stop();
    const { total } = await running.result;
    await influxd.restart();
    const back = performance.now();
    await city.settled();
    const recovered = (performance.now() - back) / 1_000;
    return {
      ...{ before, peak: peak(), after: await memory(city.pid), rate: total / seconds, recovered },
      ...{ limit, backlog, seconds },
    };
  } finally {
    await city.stop();
    await influxd.stop();
    await folder.remove();
  }
}

/** A backlog that is not full by then will not be. */
const GIVE_UP_MS = 600_000;

/** Every fdatasync takes 100 ms longer. */
const SLOW_DISK = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:delay_enter=100000'];

/** More than store and disk take, in three ways: how much memory it costs, and how the city comes out of it. */
export async function overloadFigures(seconds: number, progress: (line: string) => void): Promise<OverloadFigures> {
  progress('  a store that is slower than its senders');
  const busyStore = await pressed(seconds);
  progress('  a disk that is slow to flush');
  const slowDisk = (await findTool('strace')) ? await pressed(seconds, SLOW_DISK) : undefined;
  progress('  a store that is away');
  return { slowDisk, busyStore, away: await storeAway(seconds < 10 ? 32 * 2 ** 20 : 512 * 2 ** 20) };
}
