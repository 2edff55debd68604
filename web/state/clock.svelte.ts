/** The time that ages are told by: ms since the epoch, once a second; or a moment of the past, while that is shown. */
export class Clock {
  readonly #held: () => number | null;
  /** The time it is, whatever is shown. */
  wall = $state(Date.now());

  /** `held` answers the moment that is shown instead of the present, null for the present. */
  constructor(held: () => number | null = () => null) {
    this.#held = held;
  }

  /** The time of what is shown: ages and conditions are judged at it. */
  get now(): number {
    return this.#held() ?? this.wall;
  }

  set now(at: number) {
    this.wall = at;
  }

  /** Ticks until the returned function is called. */
  start(): () => void {
    this.wall = Date.now();
    const timer = setInterval(() => {
      this.wall = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }
}
