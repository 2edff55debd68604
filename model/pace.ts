/** A debt is remembered only so far, ms: who was far too fast is let off some day. */
const REMEMBERED_MS = 10_000;

/**
 * Evens out a sender to `rate` units a second by saying how long to wait (generic cell rate algorithm: one number of
 * state). `burst` units, one second's worth by default, may come at once.
 */
export class Pace {
  readonly #cost: number;
  readonly #burst: number;
  /** When everything taken so far is paid for, ms. */
  #paidUntil = 0;

  constructor(ratePerSecond: number, burst = ratePerSecond) {
    this.#cost = 1000 / ratePerSecond;
    this.#burst = burst * this.#cost;
  }

  /** Takes `units` at `now` (ms) and answers the ms to wait before taking more; 0 where none. */
  take(units: number, now: number): number {
    const paidUntil = Math.max(this.#paidUntil, now) + units * this.#cost;
    this.#paidUntil = Math.min(paidUntil, now + this.#burst + REMEMBERED_MS);
    return this.wait(now);
  }

  /** ms to wait at `now` before taking more or, where `units` is given, until so many are left; takes nothing. */
  wait(now: number, units = 0): number {
    return Math.max(0, Math.ceil(this.#paidUntil + units * this.#cost - now - this.#burst));
  }

  /** Whole units that may come at once at `now`. */
  left(now: number): number {
    return Math.max(0, Math.floor((this.#burst - Math.max(0, this.#paidUntil - now)) / this.#cost));
  }
}
