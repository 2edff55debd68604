/** Each set of data may take half of the time, and no more than so many ms are waited for it beyond what it took. */
const LONGEST_MS = 100;

/**
 * How often something is set that the map takes its time to work through: never while the one before is under way, and
 * with as long a pause as that took, so that a slow machine draws fewer pictures, and not later and later ones.
 */
export class Pace {
  #under = false;
  #began = Number.NEGATIVE_INFINITY;
  #took = 0;

  /** Whether the next may be set at `now`, where `wait` (ms) are to lie between two at least. */
  isDue(now: number, wait: number): boolean {
    if (this.#under) return false;
    return now - this.#began >= Math.max(wait, this.#took + Math.min(this.#took, LONGEST_MS));
  }

  /** Notes that something was set at `now`; `done` settles once it has been worked through, told by `clock` (ms). */
  began(now: number, done: Promise<unknown>, clock: () => number = Date.now): void {
    this.#began = now;
    this.#under = true;
    const end = () => {
      if (this.#began !== now) return;
      this.#under = false;
      this.#took = clock() - now;
    };
    done.then(end, end);
  }
}
