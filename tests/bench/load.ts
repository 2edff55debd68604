import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type RunningProcess, startProcess } from '../helpers/process.ts';

const Result = z.object({
  /** Seconds of sending. */
  elapsed: z.number(),
  /** Messages acknowledged while sending. */
  acknowledged: z.number(),
  /** And with those still under way at the end. */
  total: z.number(),
  byDevice: z.record(z.string(), z.number()),
  /** Phenomenon time of every device's first message, ms; each further one is 1 ms later. */
  start: z.number(),
});
export type LoadResult = z.infer<typeof Result>;

/**
 * Acknowledged messages that are not stored. A broker acknowledges one connection's messages in their order (MQTT 3.1.1,
 * section 4.6), so the first n of a device that has n acknowledgements must be there, each with its own time.
 */
export async function lostOf(
  { byDevice, start }: LoadResult,
  stored: (device: string, from: number, to: number) => Promise<number>,
): Promise<number> {
  let lost = 0;
  for (const [device, acknowledged] of Object.entries(byDevice))
    if (acknowledged > 0) lost += acknowledged - (await stored(device, start, start + acknowledged));
  return lost;
}

export interface Load {
  readonly connections: number;
  readonly inflight: number;
  readonly seconds: number;
  /** Messages a second together; as fast as they are acknowledged where undefined. */
  readonly rate?: number | undefined;
  /** tcp unless told otherwise. */
  readonly transport?: 'tcp' | 'tls' | 'ws' | undefined;
  /** Phenomenon time of the first messages, ms; an hour ago unless told otherwise: no time of a minute's load lies ahead. */
  readonly start?: number | undefined;
  /** ms from one message of a device to its next; 1 unless told otherwise. */
  readonly step?: number | undefined;
  /** Whether each message tells another value. */
  readonly vary?: boolean | undefined;
  /** How far the generator steps back behind others on the machine, 0 to 19. */
  readonly nice?: number | undefined;
}

export interface RunningLoad {
  readonly result: Promise<LoadResult>;
  /** Ends the sending now. */
  stop(): void;
}

/** What a single generator sends is a whole city's: no limit of a device or provider is to stand in its way. */
export const UNLIMITED = { DEVICE_RATE: '1000000', PROVIDER_RATE: '1000000' };

export type Credentials = readonly { readonly username: string; readonly password: string }[];

/** Credentials for brokers that ask for none. */
export const anonymous = (count: number): Credentials =>
  Array.from({ length: count }, (_, i) => ({ username: `bench-${i}`, password: 'none' }));

/** Starts the generator against a broker; resolves when all its devices are connected and sending. */
export async function startLoad(port: number, credentials: Credentials, load: Load): Promise<RunningLoad> {
  const file = join(await mkdtemp(join(tmpdir(), 'bench-')), 'credentials.json');
  await writeFile(file, JSON.stringify(credentials.slice(0, load.connections)), { mode: 0o600 });
  const generator = fileURLToPath(new URL('generator.ts', import.meta.url));
  const options = [
    '--port',
    String(port),
    '--credentials',
    file,
    '--inflight',
    String(load.inflight),
    '--seconds',
    String(load.seconds),
    ...['--transport', load.transport ?? 'tcp'],
    ...(load.rate === undefined ? [] : ['--rate', String(load.rate)]),
  ];
  const start = ['--start', String(load.start ?? Date.now() - 3_600_000), '--step', String(load.step ?? 1)];
  const child: RunningProcess = await startProcess('nice', [
    ...['-n', String(load.nice ?? 0), process.execPath],
    '--import',
    'tsx',
    generator,
    ...options,
    ...start,
    ...(load.vary ? ['--vary'] : []),
  ]);
  await child.line(/^connected$/m, 120_000);
  return {
    stop: () => child.write('stop\n'),
    result: child.line(/^\{.*\}$/m, (load.seconds + 60) * 1_000).then(([line]) => Result.parse(JSON.parse(line))),
  };
}
