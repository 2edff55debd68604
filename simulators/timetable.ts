import TinyQueue from 'tinyqueue';

/** Runs things at their times on one timer, however many there are. */
export interface Timetable {
  /** Calls `run` with the time it was due, once `at` (ms since the epoch) has come. */
  add(at: number, run: (due: number) => void): void;
  /** Forgets everything that is still to come. */
  stop(): void;
}

/** Longest sleep: after a pause of the machine or a changed clock the timetable looks again at least this often. */
const LOOK_AGAIN_MS = 1_000;

/** Runs in one go at most: answers must be read and a stop be heard where much is due at once. */
const AT_ONCE = 200;

export function createTimetable(now: () => number): Timetable {
  const queue = new TinyQueue<{ at: number; run: (due: number) => void }>([], (a, b) => a.at - b.at);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const arm = () => {
    clearTimeout(timer);
    const head = queue.peek();
    if (!head || stopped) return;
    timer = setTimeout(look, Math.min(Math.max(head.at - now(), 0), LOOK_AGAIN_MS));
  };
  const look = () => {
    const until = now();
    let ran = 0;
    for (let head = queue.peek(); head && head.at <= until && !stopped && ran < AT_ONCE; head = queue.peek()) {
      queue.pop();
      ran += 1;
      head.run(head.at);
    }
    arm();
  };

  return {
    add(at, run) {
      queue.push({ at, run });
      if (queue.peek()?.run === run) arm();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
