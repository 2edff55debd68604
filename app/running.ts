import { readFile, rm } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

/** What a running city says of itself to whoever may read its data directory. Whether it runs, the directory's lock tells. */
const RunningCity = z.object({ url: z.url(), pid: z.number().int() });
export type RunningCity = z.infer<typeof RunningCity>;

/** Hosts that stand for every address of the machine, and how the machine reaches itself. */
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a city that listens on `host` is reached from its own machine. */
export function localUrl(host: string, port: number): string {
  const reached = EVERYWHERE[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** Says where the city is; answers how to take it back. */
export async function announce(path: string, city: RunningCity): Promise<() => Promise<void>> {
  await writeFileAtomic(path, `${JSON.stringify(city)}\n`, { mode: 0o600 });
  return () => rm(path, { force: true });
}

/** Where the city is; undefined where it does not say so (yet). */
export async function findRunning(path: string): Promise<RunningCity | undefined> {
  try {
    return RunningCity.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
