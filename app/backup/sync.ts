import { open } from 'node:fs/promises';

/** Waits until a file, or what a directory says of its files, is on the disk. */
export async function sync(path: string): Promise<void> {
  const opened = await open(path, 'r');
  await opened.sync().finally(() => opened.close());
}
