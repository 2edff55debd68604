import type { Logger } from 'pino';
import { instant } from '../../model/observation.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Registry } from '../../storage/registry/port.ts';
import type { Change } from './presence-state.ts';

/** How often presence is written, and so how exactly the moment of a kill -9 is known, ms. */
const SAVE_MS = 5_000;
/** Devices of one transaction: the registry works in this thread. */
const AT_ONCE = 500;
/** Changes that wait where the registry cannot be written: of more, the last of each device stay. */
const WAITING_AT_MOST = 100_000;

export type PresenceStore = Pick<Registry, 'presences' | 'putPresences'>;

/** Writes presence down in batches, so that a start knows what was so at the stop. A failed write is made up for later. */
export class PresenceKeeper {
  readonly #store: PresenceStore;
  readonly #now: () => number;
  readonly #log: Logger;
  #changed: Change[] = [];
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(store: PresenceStore, now: () => number, log: Logger) {
    this.#store = store;
    this.#now = now;
    this.#log = log;
  }

  /** Begins to write; what is written before a start has been read would take its place. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#save(), SAVE_MS);
    this.#timer.unref();
  }

  /** Takes a change up, in its order. */
  changed(change: Change): void {
    this.#changed.push(change);
  }

  /** What waits of a device that is registered no more must not be told of another of its name. */
  forget(device: string): void {
    this.#changed = this.#changed.filter((change) => change.device !== device);
  }

  /** Writes what is left and stops. */
  async close(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#save();
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    let changes: readonly Change[] = this.#changed;
    this.#changed = [];
    try {
      for (const batch of changes.length > 0 ? batches(changes, AT_ONCE) : [[]]) {
        await this.#store.putPresences(
          instant(this.#now()),
          batch.map(({ device, presence }) => ({ device, ...presence })),
        );
        changes = changes.slice(batch.length);
        await yieldToOthers();
      }
    } catch (error) {
      this.#changed = bounded([...changes, ...this.#changed]);
      this.#log.warn({ err: error }, 'presence could not be written down');
    }
  }
}

function bounded(changes: readonly Change[]): Change[] {
  if (changes.length <= WAITING_AT_MOST) return [...changes];
  return [...new Map(changes.map((change) => [change.device, change])).values()];
}
