import type { Logger } from 'pino';
import { instant } from '../../model/observation.ts';
import { batches, yieldToOthers } from '../../storage/batches.ts';
import type { Registry } from '../../storage/registry/port.ts';
import type { Change } from './presence-state.ts';

/** How often presence is written, and so how exactly the moment of a kill -9 is known, ms. */
const SAVE_MS = 5_000;
/** Devices of one transaction: the registry works in this thread. */
const AT_ONCE = 500;

export type PresenceStore = Pick<Registry, 'presences' | 'putPresences'>;

/** Writes presence down in batches, so that a start knows what was so at the stop. A failed write is made up for later. */
export class PresenceKeeper {
  readonly #store: PresenceStore;
  readonly #read: (device: string) => Change | undefined;
  readonly #now: () => number;
  readonly #log: Logger;
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(store: PresenceStore, read: (device: string) => Change | undefined, now: () => number, log: Logger) {
    this.#store = store;
    this.#read = read;
    this.#now = now;
    this.#log = log;
  }

  /** Begins to write; what is written before a start has been read would take its place. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#save(), SAVE_MS);
    this.#timer.unref();
  }

  changed(device: string): void {
    this.#changed.add(device);
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
    const devices = this.#changed;
    this.#changed = new Set();
    const changes = [...devices].flatMap((device) => this.#read(device) ?? []);
    try {
      for (const batch of changes.length > 0 ? batches(changes, AT_ONCE) : [[]]) {
        await this.#store.putPresences(
          instant(this.#now()),
          batch.map(({ device, presence }) => ({ device, ...presence })),
        );
        await yieldToOthers();
      }
    } catch (error) {
      for (const device of devices) this.#changed.add(device);
      this.#log.warn({ err: error }, 'presence could not be written down');
    }
  }
}
