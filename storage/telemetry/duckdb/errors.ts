import { StoreUnavailable } from '../port.ts';

/** After these DuckDB serves nothing more until the file is opened anew. */
const FATAL = /database has been invalidated|^FATAL Error|^INTERNAL Error|failed to commit/i;
/** The disk, the memory or another process is in the way: the same call may succeed later. */
const PASSING = /^IO Error|no space left|^Out of Memory Error|could not set lock|^Interrupt/i;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether the database has to be opened anew after this. */
export const isFatal = (error: unknown): boolean => FATAL.test(messageOf(error));

/** What a caller of the store may see: a StoreUnavailable where trying again makes sense, else the error itself. */
export function asStoreError(error: unknown): unknown {
  const message = messageOf(error);
  if (error instanceof StoreUnavailable || !(FATAL.test(message) || PASSING.test(message))) return error;
  return new StoreUnavailable(`the telemetry file cannot be used: ${message}`, { cause: error });
}
