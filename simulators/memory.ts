import { nthSeed, seedOf } from './draws.ts';
import { type DeviceState, next, type SimulatedDevice, startOf } from './script.ts';

/**
 * What a device remembers at any moment, told from the moment alone: a reading is the same whether it is made live, in
 * the history of a first start, or once more after a crash, and the city recognises it as the same.
 */
export interface Memory {
  /** The state from which the reading at `time` is made whose last one was `elapsed` s before. */
  at(time: number, elapsed: number): DeviceState;
}

const DAY_MS = 86_400_000;
/** 03:00 in Hanoi: the moving start their day anew when hardly anything moves. */
const DAY_BEGINS = 20 * 3_600_000;
/** Time between two draws of the slow deviation; in between it glides. */
const KNOT_MS = 1_200_000;

/** `step` in ms: how often a moving device moves on. */
export function memoryOf({ script, seed }: SimulatedDevice, moving: boolean, step: number, phase: number): Memory {
  const salt = seedOf(seed, 'deviation');
  const slotOf = (time: number) => Math.floor((time - phase) / step);
  const deviations = new Map<number, number>();

  function deviationOf(knot: number): number {
    const held = deviations.get(knot);
    if (held !== undefined) return held;
    if (deviations.size >= 4) deviations.clear();
    const { drift } = startOf(nthSeed(salt, knot));
    deviations.set(knot, drift);
    return drift;
  }

  /** Between two draws, kept at variance 1. */
  function driftAt(time: number): number {
    const knot = Math.floor(time / KNOT_MS);
    const share = time / KNOT_MS - knot;
    return ((1 - share) * deviationOf(knot) + share * deviationOf(knot + 1)) / Math.hypot(share, 1 - share);
  }

  const stateAt = (time: number, elapsed: number, travelled: number): DeviceState => ({
    time: time - elapsed * 1_000,
    random: startOf(nthSeed(seed, Math.floor(time / 1_000))).random,
    drift: driftAt(time),
    travelled,
  });

  const dayOf = (time: number) => Math.floor((time - DAY_BEGINS) / DAY_MS);
  let walked = { slot: Number.NaN, day: Number.NaN, travelled: 0 };

  /** Metres gone before `time`: followed slot by slot from the beginning of the day. */
  function travelledBefore(time: number): number {
    const last = slotOf(time - 1);
    const day = dayOf(time);
    if (walked.day !== day || walked.slot > last)
      walked = { day, slot: slotOf(day * DAY_MS + DAY_BEGINS), travelled: startOf(nthSeed(salt, day)).travelled };
    let { slot, travelled } = walked;
    while (slot < last) {
      slot += 1;
      const due = slot * step + phase;
      travelled = next(script, stateAt(due, step / 1_000, travelled), due, step / 1_000)[0].travelled;
    }
    walked = { slot, day, travelled };
    return travelled;
  }

  const still = startOf(seed).travelled;
  return { at: (time, elapsed) => stateAt(time, elapsed, moving ? travelledBefore(time) : still) };
}
