/**
 * Evens out a sender to `rate` units a second by saying how long to stop reading it (generic cell rate algorithm:
 * one number of state). One second's worth may come at once.
 */
export class Pace {
  readonly #cost: number;
  /** When everything taken so far is paid for, ms. */
  #paidUntil = 0;

  constructor(ratePerSecond: number) {
    this.#cost = 1000 / ratePerSecond;
  }

  /** Takes `units` at `now` (ms) and answers the ms to wait before taking more; 0 where none. */
  take(units: number, now: number): number {
    this.#paidUntil = Math.max(this.#paidUntil, now) + units * this.#cost;
    return Math.max(0, Math.ceil(this.#paidUntil - now - 1000));
  }
}
