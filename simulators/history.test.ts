import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { OBSERVATIONS_PER_MESSAGE, Reading } from '../model/telemetry.ts';
import { dutyOf, type TimedReading } from './duty.ts';
import { clockError, faultOf } from './faults.ts';
import { type HistoryOptions, historyOf, sendHistory } from './history.ts';
import { planFleet } from './plan.ts';
import type { SimulatedDevice } from './script.ts';

const fleet = planFleet(600, 1);
const sound = fleet.filter(({ seed }) => faultOf(seed) === undefined);
/** A Tuesday, 08:00 in Hanoi. */
const NOW = Date.UTC(2026, 10, 24, 1);
const HOUR_MS = 3_600_000;

const Message = z.union([Reading.array(), Reading.transform((reading) => [reading])]);
const readingsIn = (simulated: SimulatedDevice, from: number, to: number) =>
  [...historyOf(simulated, from, to)].flatMap(({ payload }) => Message.parse(JSON.parse(payload)));

/** What is broken goes by itself, and may go before its time. */
const inOrder = (readings: readonly Reading[]) =>
  readings.map((reading) => JSON.stringify(reading)).sort((a, b) => (a < b ? -1 : 1));

function dutiesIn(simulated: SimulatedDevice, from: number, to: number): TimedReading[] {
  const duty = dutyOf(simulated);
  const readings = [];
  for (let due = duty.after(from - 1); due < to; due = duty.after(due)) readings.push(duty.report(due));
  return readings;
}

describe('the history of a device', () => {
  it('is what it would have reported live, oldest first, in messages the city takes', () => {
    for (const simulated of [...new Map(sound.map((one) => [one.device.kind, one])).values()]) {
      const messages = [...historyOf(simulated, NOW - 24 * HOUR_MS, NOW)];
      for (const { payload, readings } of messages) {
        const sent = Reading.array().parse(JSON.parse(payload));
        expect(sent).toHaveLength(readings);
        expect(payload.length).toBeLessThan(128 * 1_024);
        const observations = sent.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
        expect(observations).toBeLessThanOrEqual(OBSERVATIONS_PER_MESSAGE);
      }
      expect(readingsIn(simulated, NOW - 24 * HOUR_MS, NOW)).toEqual(dutiesIn(simulated, NOW - 24 * HOUR_MS, NOW));
    }
  });

  it('cut anywhere has no gap and nothing twice', () => {
    const anyTime = fc.integer({ min: NOW - 3 * HOUR_MS, max: NOW });
    fc.assert(
      fc.property(fc.constantFrom(...fleet), anyTime, (simulated, cut) => {
        const whole = readingsIn(simulated, NOW - 3 * HOUR_MS, NOW);
        const before = readingsIn(simulated, NOW - 3 * HOUR_MS, cut);
        const cutInTwo = [...before, ...readingsIn(simulated, cut, NOW)];
        expect(inOrder(cutInTwo)).toEqual(inOrder(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('lacks what a clock far ahead had made the city refuse', () => {
    const ahead = planFleet(5_000, 1).find(
      ({ seed }) => faultOf(seed) === 'clock' && clockError(seed, NOW - HOUR_MS) > 600_000,
    );
    if (!ahead) throw new Error('no clock is ahead');
    const hour = readingsIn(ahead, NOW - HOUR_MS, NOW - HOUR_MS + 600_000);
    expect(hour).toEqual([]);
  });
});

describe('sending', () => {
  const devices = sound.slice(0, 20);
  const send = (more: Partial<HistoryOptions>) =>
    sendHistory(devices, {
      from: NOW - HOUR_MS,
      to: NOW,
      post: async () => 202,
      pending: async () => 0,
      sent: () => {},
      signal: new AbortController().signal,
      ...more,
    });

  it('gives each device its own messages and tells how far it is', async () => {
    const posted = new Map<string, string[]>();
    const shares: number[] = [];
    const told: string[] = [];
    const summary = await send({
      post: async (device, payload) => {
        posted.set(device, [...(posted.get(device) ?? []), payload]);
        return 202;
      },
      sent: (share, device) => {
        shares.push(share);
        told.push(device);
      },
    });
    for (const simulated of devices)
      expect(posted.get(simulated.device.id) ?? []).toEqual(
        [...historyOf(simulated, NOW - HOUR_MS, NOW)].map(({ payload }) => payload),
      );
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(told.sort()).toEqual(devices.map(({ device }) => device.id).sort());
    expect(summary).toMatchObject({ devices: 20, refused: 0 });
  });

  it('waits while the city has more to store than a little', async () => {
    let pending = 1_000;
    const post = vi.fn(async () => 202);
    const asked = vi.fn(async () => pending);
    const done = send({ post, pending: asked });
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(30));
    expect(post).not.toHaveBeenCalled();
    pending = 0;
    await done;
    expect(post).toHaveBeenCalled();
  });

  it('tries again where the city does not answer or asks to come back, and goes on where it refuses', async () => {
    const [first, second, third] = devices.map(({ device }) => device.id);
    const tries = new Map<string, number>();
    const summary = await send({
      post: async (device) => {
        tries.set(device, (tries.get(device) ?? 0) + 1);
        if (device === first && tries.get(device) === 1) return 503;
        if (device === second && tries.get(device) === 1) throw new Error('cut');
        return device === third ? 401 : 202;
      },
    });
    expect([first, second, third].map((device) => tries.get(device ?? ''))).toEqual([2, 2, 1]);
    expect(summary).toMatchObject({ devices: 20, refused: 1 });
  });

  it('ends when it is told to', async () => {
    const ending = new AbortController();
    const post = vi.fn(async () => {
      ending.abort(new Error('enough'));
      return 202;
    });
    await expect(send({ post, signal: ending.signal })).rejects.toThrow('enough');
    expect(post.mock.calls.length).toBeLessThan(20);
  });
});
