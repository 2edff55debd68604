import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What is not whole yet; a killed process leaves some. */
export const PARTIAL = '.partial';
const DAY_FILE = /^(\d{4})\/(\d{2})\/(\d{2})\.parquet$/;

/** Below the archive's directory: `YYYY/MM/DD.parquet`, by the UTC day (ms). */
export function nameOf(day: number): string {
  return `${new Date(day).toISOString().slice(0, 10).replaceAll('-', '/')}.parquet`;
}

/** The day (ms) of a file's name; undefined for what is none of the archive's. */
export function dayIn(name: string): number | undefined {
  const [, year, month, day] = DAY_FILE.exec(name) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Days that have a file, the oldest first. What a killed process left half made is deleted. */
export async function daysIn(directory: string): Promise<readonly number[]> {
  const days: number[] = [];
  for (const name of await namesBelow(directory)) {
    const day = dayIn(name);
    if (day !== undefined) days.push(day);
    else if (name.includes(PARTIAL)) await rm(join(directory, name), { recursive: true, force: true });
  }
  return days.sort((a, b) => a - b);
}

async function namesBelow(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true });
    return entries.map((name) => name.replaceAll('\\', '/'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Bytes of a file. */
export const sizeOf = async (path: string): Promise<number> => (await stat(path)).size;

/** Makes a file's directory, readable by nobody else. */
export async function makeDirectoryOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
}

/** Resolves when a file or a directory is on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
