import { readdirSync, readlinkSync } from 'node:fs';
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

/**
 * Has the threads give way that a library starts while `start` runs, which are `many`. Where others began or ended just
 * then nobody knows which are which, and nothing changes; resolves with whether they give way.
 */
export async function startBehind(many: number, start: () => Promise<unknown>): Promise<boolean> {
  const before = new Set(threads());
  await start();
  const after = threads();
  const started = after.filter((id) => !before.has(id));
  if (started.length !== many || after.length !== before.size + many) return false;
  try {
    for (const id of started) setPriority(Number(id), STEP);
    return true;
  } catch {
    return false;
  }
}

function threads(): readonly string[] {
  try {
    return readdirSync('/proc/self/task');
  } catch {
    return [];
  }
}
