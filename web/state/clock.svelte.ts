/** The time that ages are told by: ms since the epoch, once a second. */
export class Clock {
  now = $state(Date.now());

  /** Ticks until the returned function is called. */
  start(): () => void {
    this.now = Date.now();
    const timer = setInterval(() => {
      this.now = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }
}
