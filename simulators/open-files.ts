import { readFile } from 'node:fs/promises';

/** How many files a process may have open where the system does not say: what POSIX systems give at least nowadays. */
const CAUTIOUS = 1_024;

/**
 * How many files and sockets this process may have open (the soft limit of proc(5), which Node raises to the hard one
 * when it starts); a cautious guess where the system has no /proc.
 */
export async function openFilesLimit(path = '/proc/self/limits'): Promise<{ limit: number; known: boolean }> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, soft] = /^Max open files\s+(\d+|unlimited)\s/m.exec(text) ?? [];
  if (soft === undefined) return { limit: CAUTIOUS, known: false };
  return { limit: soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft), known: true };
}
