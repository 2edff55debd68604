/**
 * Works through many items a slice at a time, the first at once and one more before each picture the browser draws, so
 * that no task is long. What is put in takes the place of what still waits.
 */
export class Slices<Item> {
  readonly #size: number;
  readonly #work: (items: readonly Item[]) => void;
  #waiting: readonly Item[] = [];
  #frame: number | undefined;

  /** `size`: items of one slice. */
  constructor(size: number, work: (items: readonly Item[]) => void) {
    this.#size = size;
    this.#work = work;
  }

  put(items: readonly Item[]): void {
    this.#waiting = items;
    // A slice before every picture at most: what comes while some wait has its turn with them.
    if (this.#frame === undefined) this.#next();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#waiting = [];
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #next(): void {
    const slice = this.#waiting.slice(0, this.#size);
    this.#waiting = this.#waiting.slice(this.#size);
    this.#frame =
      this.#waiting.length === 0
        ? undefined
        : requestAnimationFrame(() => {
            this.#frame = undefined;
            this.#next();
          });
    if (slice.length > 0) this.#work(slice);
  }
}
