import { statfs } from 'node:fs/promises';

/** The disk has less room left than the journal needs to fail safely. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

/** ms for which a measurement of the room holds; others write to the same disk. */
const HOLDS_MS = 250;
/** Bytes that a commit may take beside its entries: copied pages of the tree. */
const OVERHEAD = 1024 * 1024;

/**
 * Watches the room left on the journal's disk. LMDB must not meet the end of it: a page that cannot be spilled in the
 * middle of a transaction has been seen to spoil the process's memory. So commits stop before, and go on when there is room.
 */
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
    const wanted = bytes * 2 + OVERHEAD;
    if (performance.now() - this.#measured > HOLDS_MS || this.#left - wanted < this.#floor) {
      const { bavail, bsize } = await statfs(this.#path);
      this.#left = bavail * bsize;
      this.#measured = performance.now();
    }
    if (this.#left - wanted < this.#floor)
      throw new DiskFull(
        `the disk has ${Math.round(this.#left / 2 ** 20)} MiB left, and ${Math.round(this.#floor / 2 ** 20)} are kept free`,
      );
    this.#left -= wanted;
  }
}
