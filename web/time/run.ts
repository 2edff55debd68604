/** A tab that was hidden goes on where it was: no more of the reader's time than this passes at once, ms. */
const MOST_MS = 250;

/** Calls back before every picture with the ms since the one before, until the returned function is called. */
export function everyFrame(passed: (elapsed: number) => void): () => void {
  let before = performance.now();
  const turn = (now: number) => {
    const elapsed = Math.max(0, Math.min(now - before, MOST_MS));
    before = now;
    frame = requestAnimationFrame(turn);
    passed(elapsed);
  };
  let frame = requestAnimationFrame(turn);
  return () => cancelAnimationFrame(frame);
}
