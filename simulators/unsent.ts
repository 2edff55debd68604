import { readFile, rm } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

/** Ids of the devices whose history is still to be sent; the file is gone when there is none. */
const UnsentFile = z.array(z.string());

/** Reads the list; empty where there is no file, or no such file: then histories that were cut short stay so. */
export async function loadUnsent(path: string): Promise<Set<string>> {
  try {
    return new Set(UnsentFile.parse(JSON.parse(await readFile(path, 'utf8'))));
  } catch {
    return new Set();
  }
}

export async function saveUnsent(path: string, devices: ReadonlySet<string>): Promise<void> {
  if (devices.size === 0) await rm(path, { force: true });
  else await writeFileAtomic(path, `${JSON.stringify([...devices])}\n`, { mode: 0o600 });
}
