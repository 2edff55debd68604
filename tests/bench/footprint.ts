import { readFile } from 'node:fs/promises';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

export interface Footprint {
  /** From the start of the process to `ready`, ms; median of the later starts. */
  readonly ready: number;
  readonly firstReady: number;
  /** Resident memory at the end, MB. */
  readonly rss: number;
  /** Share of one core that it takes. */
  readonly cpu: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The default city: how long until `ready`, and what it takes once it runs. */
export async function footprint(seconds: number): Promise<Footprint> {
  const folder = await temporaryDirectory();
  const times: number[] = [];
  const once = async () => {
    const began = performance.now();
    const city = await startCity({ dataDir: folder.path, env: DEFAULTS });
    times.push(performance.now() - began);
    return city;
  };
  for (let i = 0; i < 3; i += 1) await (await once()).stop();
  const city = await once();
  try {
    // What the first start left unsent of the last day is sent first.
    await pause(60_000);
    const { cpu, rss } = await watch(city, seconds);
    const [first = Number.NaN, ...later] = times;
    return { firstReady: first, ready: later.sort((a, b) => a - b)[1] ?? Number.NaN, rss, cpu };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** What `npm start` sets when nothing is set: the tests' own defaults taken back. */
const DEFAULTS = { SIMULATE: undefined, SIMULATE_HISTORY: undefined };

export interface FleetFigures {
  readonly devices: number;
  /** From the start of the process to `ready`, ms. */
  readonly ready: number;
  /** From the start until so many devices as there are had reported, s. */
  readonly reported: number;
  readonly rss: number;
  readonly cpu: number;
  /** Observations stored a second. */
  readonly stored: number;
  /** Pending messages, once a second. */
  readonly pending: readonly number[];
}

/** A city with many simulated devices: whether it keeps up with them. */
export async function manyDevices(devices: number, seconds: number): Promise<FleetFigures> {
  const folder = await temporaryDirectory();
  const began = performance.now();
  const env = { ...DEFAULTS, SIMULATE: String(devices), SIMULATE_HISTORY: 'off' };
  const city = await startCity({ dataDir: folder.path, env });
  try {
    const ready = performance.now() - began;
    while ((await city.ledger()).messages.processed < devices) await pause(1_000);
    const reported = (performance.now() - began) / 1_000;
    return { devices, ready, reported, ...(await watch(city, seconds)) };
  } finally {
    await city.stop();
    await folder.remove();
  }
}

/** Looks at a running city for so many seconds. */
async function watch(city: TestCity, seconds: number) {
  const before = { cpu: await cpuSeconds(city.pid), books: await city.ledger(), at: performance.now() };
  const pending: number[] = [];
  for (let i = 0; i < seconds; i += 1) {
    await pause(1_000);
    pending.push((await city.ledger()).messages.pending);
  }
  const elapsed = (performance.now() - before.at) / 1_000;
  const status = await readFile(`/proc/${city.pid}/status`, 'utf8');
  return {
    rss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024,
    cpu: ((await cpuSeconds(city.pid)) - before.cpu) / elapsed,
    stored: ((await city.ledger()).observations.stored - before.books.observations.stored) / elapsed,
    pending,
  };
}

/** User and system time of a process (proc(5), fields 14 and 15; 100 ticks a second on Linux). */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
