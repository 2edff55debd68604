import { type FileHandle, open, rm } from 'node:fs/promises';
import { failed, refused } from './failure.ts';

/** A file for secrets that are made only once: it is there before they are, and readable by its owner only. */
export interface SecretFile {
  /** Writes and flushes all of it. Throws a CommandFailure where the disk does not take it. */
  write(text: string): Promise<void>;
  /** Takes it away again: there is nothing to keep. */
  discard(): Promise<void>;
}

/** Makes the file. One that is there may hold other secrets: it is refused with a CommandFailure, as is a path that cannot be written. */
export async function newSecretFile(path: string): Promise<SecretFile> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    const code = codeOf(error);
    throw refused(code === 'EEXIST' ? `${path} is there already: name a new file` : `${path}: ${code}`);
  }
  return {
    async write(text) {
      try {
        await file.writeFile(text);
        await file.sync();
      } catch (error) {
        throw failed(`it was done, but ${path} could not be written (${codeOf(error)}): make the secrets anew`);
      } finally {
        await file.close();
      }
    },
    async discard() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be written';
