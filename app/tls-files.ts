import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { TlsFiles } from '../broker/config.ts';
import { type Config, ConfigError } from './config.ts';

/** How often the files are looked at, ms. Only looking sees every way in which they are replaced: links, renames, mounts. */
const LOOK_MS = 2_000;
/** Certificate and key are replaced one after the other: so long after the last change they are read, ms. */
const SETTLE_MS = 500;

const NAMES = ['TLS_CERT', 'TLS_KEY', 'TLS_CA'] as const;
type Paths = Pick<Config, (typeof NAMES)[number]>;

/** Reads certificate, key and authority. Rejects with a ConfigError naming the one that cannot be read. */
export async function readTlsFiles(paths: Paths): Promise<TlsFiles> {
  const read = (name: (typeof NAMES)[number]): Promise<Buffer> =>
    readFile(paths[name] ?? '').catch((error: unknown) => {
      throw new ConfigError(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
    });
  // Certificate and key are there: the settings are refused otherwise.
  const cert = await read('TLS_CERT');
  const key = await read('TLS_KEY');
  return { cert, key, ...(paths.TLS_CA ? { ca: await read('TLS_CA') } : {}) };
}

/**
 * Reads the files again when one of them changes, and on SIGHUP at once, and hands them to `use`, which throws where they
 * are no good: that is logged, and those of before stay in use. Answers how to stop.
 */
export function followTlsFiles(
  paths: Paths,
  use: (files: TlsFiles) => void,
  log: Logger,
  lookMs = LOOK_MS,
): () => void {
  let settling: NodeJS.Timeout | undefined;
  const read = () => {
    readTlsFiles(paths)
      .then(use)
      .catch((error: unknown) => log.error({ reason: reasonOf(error) }, 'TLS files cannot be used: the old ones stay'));
  };
  const changed = () => {
    clearTimeout(settling);
    settling = setTimeout(read, Math.min(SETTLE_MS, lookMs));
  };
  const files = NAMES.flatMap((name) => paths[name] ?? []);
  for (const file of files) watchFile(file, { interval: lookMs, persistent: false }, changed);
  process.on('SIGHUP', read);
  return () => {
    clearTimeout(settling);
    for (const file of files) unwatchFile(file, changed);
    process.off('SIGHUP', read);
  };
}

/** What OpenSSL or the file system says, in one line and without what it was given. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
