import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** How far a thread steps back, as nice(2) counts. */
const STEP = 10;

/**
 * Lets other threads of the machine go before the calling one, where the system has a priority for each thread (Linux:
 * `/proc/thread-self` names it, and setpriority(2) takes it for a process). Elsewhere nothing changes.
 */
export function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), STEP);
  } catch {
    // No such thing here: then all threads are equal.
  }
}
