/** How often the store is asked whether it answers, ms. */
const EVERY_MS = 5_000;

/**
 * Asks the store now and then whether it answers, so that readiness does not wait for the next message to find out.
 * The first answer is taken as given: the city has just opened it.
 */
export function watchStore(ping: () => Promise<void>): { answers(): boolean; stop(): void } {
  let answers = true;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    ping()
      .then(
        () => {
          answers = true;
        },
        () => {
          answers = false;
        },
      )
      .finally(() => {
        asking = false;
      });
  }, EVERY_MS);
  timer.unref();
  return { answers: () => answers, stop: () => clearInterval(timer) };
}
