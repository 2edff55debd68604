import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { DeviceId } from '../model/device.ts';

/** Passwords by device id. The city keeps only their hashes, so this file is the one place they can be read from. */
const CredentialsFile = z.record(DeviceId, z.string().min(1));

/**
 * Reads the passwords by device id; an empty map where there is no file yet. Throws where the file is no such file:
 * taking it for empty would replace every password.
 */
export async function loadCredentials(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const parsed = CredentialsFile.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error(`${path} is not a file of credentials: ${z.prettifyError(parsed.error)}`);
  return new Map(Object.entries(parsed.data));
}

/** Writes all passwords at once, flushed and renamed into place, readable by the owner only (mode 600). */
export async function saveCredentials(path: string, credentials: ReadonlyMap<string, string>): Promise<void> {
  const text = `${JSON.stringify(Object.fromEntries(credentials), null, 2)}\n`;
  await writeFileAtomic(path, text, { mode: 0o600, fsync: true });
}

/** The value, or undefined where it is not JSON: the schema then says what was expected. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
