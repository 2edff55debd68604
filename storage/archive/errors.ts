import { ArchiveUnavailable } from './port.ts';

/** Files that cannot be written or are not what was written. */
const NO_FILE = /^(IO|Invalid Input|Out of Memory|Serialization) Error|TProtocolException/i;

/** What DuckDB and the file system say where a file or the disk is in the way. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof ArchiveUnavailable || !(error instanceof Error)) return error;
  const disk = 'code' in error || NO_FILE.test(error.message);
  return disk ? new ArchiveUnavailable(`the archive cannot be used: ${error.message}`, { cause: error }) : error;
}
