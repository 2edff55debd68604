import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { refused } from './failure.ts';

/** A file as text, `-` for standard input. Throws a CommandFailure where it cannot be read. */
export async function readInput(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : 'cannot be read';
    throw refused(`${file}: ${reason === 'ENOENT' ? 'there is no such file' : String(reason)}`);
  }
}
