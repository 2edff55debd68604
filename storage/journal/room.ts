import { statfs } from 'node:fs/promises';
import { DiskFull } from '../lmdb/reserve.ts';

/** ms for which a measurement of the room holds; others write to the same disk. */
const HOLDS_MS = 250;

/** Watches the room left on the journal's disk: some of it is left to what else the city writes there. */
export class Room {
  readonly #path: string;
  readonly #floor: number;
  #left = 0;
  #measured = Number.NEGATIVE_INFINITY;

  /** `floor`: bytes that stay free. */
  constructor(path: string, floor: number) {
    this.#path = path;
    this.#floor = floor;
  }

  /** Rejects with DiskFull where `bytes` more would leave less than the floor. */
  async need(bytes: number): Promise<void> {
    if (performance.now() - this.#measured > HOLDS_MS || this.#left - bytes < this.#floor) {
      const { bavail, bsize } = await statfs(this.#path);
      this.#left = bavail * bsize;
      this.#measured = performance.now();
    }
    if (this.#left - bytes < this.#floor)
      throw new DiskFull(
        `the disk has ${Math.round(this.#left / 2 ** 20)} MiB left, and ${Math.round(this.#floor / 2 ** 20)} are kept free`,
      );
    this.#left -= bytes;
  }
}
