import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from './config.ts';

/** "PMTiles" and the version of the specification, at the file's very beginning. */
const MAGIC = 'PMTiles';
const VERSION = 3;

/** Looks at a file of tiles (PMTiles, version 3) and answers its full path. Rejects with a ConfigError where it is none. */
export async function checkPmtiles(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new ConfigError(`PMTILES: ${error instanceof Error ? error.message : 'cannot be read'}`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length + 1), 0, MAGIC.length + 1, 0).catch(() => {
      throw new ConfigError(`PMTILES: ${path} is no file`);
    });
    if (bytesRead <= MAGIC.length || buffer.toString('latin1', 0, MAGIC.length) !== MAGIC)
      throw new ConfigError(`PMTILES: ${path} is no PMTiles file`);
    const version = buffer[MAGIC.length];
    if (version !== VERSION) throw new ConfigError(`PMTILES: ${path} is PMTiles version ${version}, not ${VERSION}`);
    return resolve(path);
  } finally {
    await file.close();
  }
}
