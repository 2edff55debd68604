import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTimetable } from './timetable.ts';

describe('the timetable', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs everything in order of its time, whatever the order of adding', async () => {
    const timetable = createTimetable(Date.now);
    const ran: number[] = [];
    for (const wait of [5_000, 10, 3_000, 2_500, 0])
      timetable.add(Date.now() + wait, (due) => ran.push(due - 1_000_000));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(ran).toEqual([0, 10, 2_500]);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(ran).toEqual([0, 10, 2_500, 3_000, 5_000]);
  });

  it('holds one timer, however much is to come, and none after the end', async () => {
    const timetable = createTimetable(Date.now);
    const ran: number[] = [];
    for (let i = 0; i < 1_000; i += 1) timetable.add(Date.now() + i, () => ran.push(i));
    expect(vi.getTimerCount()).toBe(1);
    timetable.stop();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ran).toEqual([]);
  });

  it('lets others have their turn where much is due at once', async () => {
    const timetable = createTimetable(Date.now);
    let ran = 0;
    for (let i = 0; i < 1_000; i += 1)
      timetable.add(Date.now(), () => {
        ran += 1;
      });
    vi.advanceTimersToNextTimer();
    expect(ran).toBeLessThan(1_000);
    await vi.advanceTimersByTimeAsync(100);
    expect(ran).toBe(1_000);
    timetable.stop();
  });

  it('takes what is added while it runs, and stops within a run', async () => {
    const timetable = createTimetable(Date.now);
    const ran: number[] = [];
    const again = (due: number) => {
      ran.push(due - 1_000_000);
      if (ran.length === 3) timetable.stop();
      else timetable.add(due + 100, again);
    };
    timetable.add(Date.now(), again);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toEqual([0, 100, 200]);
  });
});
