import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { TestCity } from './city.ts';
import { type Exit, type ProcessOptions, type RunningProcess, run, startProcess } from './process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'dist/simulators/replay/cli.js');

/** What `--json` prints, as docs/replay.md has it. */
export const ReplaySummary = z.strictObject({
  file: z.string(),
  devices: z.number(),
  registered: z.number(),
  rows: z.number(),
  sent: z.number(),
  acknowledged: z.number(),
  failed: z.number(),
  unsent: z.number(),
  messages: z.number(),
  skipped: z.record(z.string(), z.number()),
  missingValues: z.number(),
  ambiguousTimes: z.number(),
  shift: z.number(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  seconds: z.number(),
  rejected: z.record(z.string(), z.number()),
  errors: z.array(z.string()),
});
export type ReplaySummary = z.infer<typeof ReplaySummary>;

/** Where a replay sends to, and the files it reads and writes of its own. */
export interface ReplayTarget {
  readonly city: Pick<TestCity, 'url' | 'mqttPort'>;
  readonly dataDir: string;
  /** Default: one in the data directory. */
  readonly credentials?: string;
}

/** The options that name the city, its key and the credentials. */
export const towards = ({ city, dataDir, credentials }: ReplayTarget): string[] => [
  ...['--url', city.url, '--mqtt', `127.0.0.1:${city.mqttPort}`],
  ...['--key-file', join(dataDir, 'admin.key')],
  ...['--credentials', credentials ?? join(dataDir, 'replay-credentials.json')],
];

/** Runs the built replay from the repository's root, as docs/replay.md does, to its end. */
export const replay = (args: readonly string[], options: ProcessOptions = {}) =>
  run(process.execPath, [CLI, ...args], { cwd: ROOT, ...options });

/** Starts it and does not wait. */
export const startReplay = (args: readonly string[]): Promise<RunningProcess> =>
  startProcess(process.execPath, [CLI, ...args], { cwd: ROOT });

/** Runs it with --json; throws with what it said where it printed no summary. */
export async function replayed(
  target: ReplayTarget,
  args: readonly string[],
): Promise<Exit & { readonly summary: ReplaySummary; readonly stderr: string }> {
  const { stdout, stderr, ...exit } = await replay([...args, ...towards(target), '--json']);
  if (stdout === '') throw new Error(`the replay ended with ${exit.code}: ${stderr}`);
  return { ...exit, stderr, summary: ReplaySummary.parse(JSON.parse(stdout)) };
}

const HOUR = 3_600_000;
/** A full hour some hours ago, and ms from row to row. */
export const BASE = Math.floor(Date.now() / HOUR) * HOUR - 12 * HOUR;
export const STEP = 5_000;

/** `sensor,name,when,count,note,lat,lon`: a row of each sensor at so many, or just these, times; the count is the row's number. */
export function sensorCsv(sensors: readonly string[], rows: number | readonly number[]): string {
  const times = typeof rows === 'number' ? Array.from({ length: rows }, (_, i) => BASE + i * STEP) : rows;
  const lines = times.flatMap((time, i) =>
    sensors.map((sensor) => `${sensor},Counter ${sensor},${new Date(time).toISOString()},${i},ok,21.03,105.85`),
  );
  return ['sensor,name,when,count,note,lat,lon', ...lines, ''].join('\n');
}

/** The mapping of such a file; ids begin with the prefix. */
export const sensorMapping = (file: string, prefix: string): string[] => [
  ...[file, '--domain', 'tourism', '--kind', 'footfall-counter', '--metric', 'count=visitor_count'],
  ...['--device', 'sensor', '--device-prefix', prefix, '--name', 'name', '--time', 'when', '--position', 'lat,lon'],
];
