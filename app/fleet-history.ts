import type { Logger } from 'pino';
import { loadUnsent, saveUnsent } from '../simulators/unsent.ts';
import type { Enlisted } from './fleet-thread/protocol.ts';
import type { FleetThread } from './fleet-thread/thread.ts';

export interface FleetHistoryDeps {
  /** File of the devices whose history is still to be sent. */
  readonly unsent: string;
  /** How far back it goes, ms; 0 for none. */
  readonly historyMs: number;
  readonly progress: (line: string) => void;
  readonly log: Logger;
}

/** The readings that devices send when they are registered: as if the city had been there a day before. */
export interface FleetHistory {
  /** To be told of each device that has sent all of its history. */
  readonly sent: (share: number, device: string) => void;
  /** Sends what is not sent yet of these devices. */
  send(fleet: Pick<FleetThread, 'history'>, devices: readonly Enlisted[]): Promise<void>;
  /** Keeps what is left for the next start. */
  close(): Promise<void>;
}

/** Progress is told, and kept, at every tenth. */
const STEPS = 10;

/**
 * Takes note of the `fresh` devices, before they are registered: a city that is killed in between, or in the middle of
 * the sending, goes on at the next start. What is sent twice is told by its identity, for it is the same.
 */
export async function createFleetHistory(
  fresh: readonly string[],
  { unsent: path, historyMs, progress, log }: FleetHistoryDeps,
): Promise<FleetHistory> {
  const unsent = await loadUnsent(path);
  if (historyMs > 0) for (const id of fresh) unsent.add(id);
  let saving = Promise.resolve();
  const save = () => {
    saving = saving.then(() => saveUnsent(path, unsent)).catch((error: unknown) => log.warn({ err: error }, path));
    return saving;
  };
  if (unsent.size > 0) await save();
  let step = 0;

  return {
    sent(share, device) {
      unsent.delete(device);
      const reached = Math.floor(share * STEPS);
      if (reached === step) return;
      step = reached;
      void save();
      progress(`history ${reached * (100 / STEPS)} %`);
    },
    async send(fleet, devices) {
      const left = devices.filter(({ id }) => unsent.has(id));
      if (historyMs === 0 || left.length === 0) return;
      const began = performance.now();
      const summary = await fleet.history(left, historyMs);
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      if (summary) log.info({ ...summary, seconds }, 'the history of the simulated city is sent');
    },
    close: save,
  };
}
