import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { OBSERVATIONS_PER_MESSAGE } from '../model/telemetry.ts';
import { dutyOf } from './duty.ts';
import { planFleet } from './plan.ts';
import type { SimulatedDevice } from './script.ts';
import { metres } from './way.ts';

const fleet = planFleet(600, 1);
const oneOfEach = [...new Map(fleet.map((simulated) => [simulated.device.kind, simulated])).values()];
/** A Tuesday, 08:00 in Hanoi. */
const MORNING = Date.UTC(2026, 10, 24, 1);
const HOUR_MS = 3_600_000;

/** The times at which a duty is due within `from <= time < to`. */
function timesOf(duty: ReturnType<typeof dutyOf>, from: number, to: number): number[] {
  const times = [];
  for (let due = duty.after(from - 1); due < to; due = duty.after(due)) times.push(due);
  return times;
}

describe('duties', () => {
  it.each(oneOfEach.map((simulated) => [simulated.device.kind, simulated] as const))(
    'of the kind %s report every metric once in its expected interval, never sooner',
    (_, simulated) => {
      const duty = dutyOf(simulated);
      const seen = new Map<string, number[]>();
      for (const time of timesOf(duty, MORNING, MORNING + 5 * HOUR_MS))
        for (const metric of Object.keys(duty.report(time).values))
          seen.set(metric, [...(seen.get(metric) ?? []), time]);
      const { domain, kind } = simulated.device;
      expect([...seen.keys()].sort()).toEqual([...(catalogue.kind(domain, kind)?.metrics ?? [])].sort());
      for (const [metric, times] of seen) {
        const gaps = new Set(times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1_000));
        expect([...gaps], metric).toEqual([catalogue.metric(metric)?.interval]);
      }
    },
  );

  it('report the same at the same time, whoever asks and whatever was asked before', () => {
    const anyTimes = fc.array(fc.integer({ min: MORNING - 48 * HOUR_MS, max: MORNING }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.constantFrom(...oneOfEach), anyTimes, (simulated, asked) => {
        const busy = dutyOf(simulated);
        for (const time of asked) {
          const due = busy.after(time);
          const reading = busy.report(due);
          expect(dutyOf(simulated).report(due)).toEqual(reading);
          expect(dutyOf(simulated).first(time)).toEqual(busy.first(time));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('send all metrics when a device is switched on, in the telemetry format and far below its bound', () => {
    for (const simulated of fleet) {
      const reading = dutyOf(simulated).first(MORNING);
      const { domain, kind } = simulated.device;
      expect(Object.keys(reading.values).sort()).toEqual([...(catalogue.kind(domain, kind)?.metrics ?? [])].sort());
      expect(Object.keys(reading.values).length).toBeLessThan(OBSERVATIONS_PER_MESSAGE);
      expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
    }
  });

  it('count over all the time since the metric was last reported', () => {
    const school = fleet.find(({ device }) => device.kind === 'school');
    if (!school) throw new Error('no school');
    // Shows as its values over how many seconds each was measured: energy is reported every 900 s, the air every 300 s.
    const script: SimulatedDevice['script'] = ({ elapsed }) => ({ values: { co2: elapsed, energy_use: elapsed } });
    const duty = dutyOf({ ...school, script });
    const readings = timesOf(duty, MORNING, MORNING + HOUR_MS).map((time) => duty.report(time).values);
    expect(readings.map(({ co2 }) => co2)).toEqual(Array.from({ length: 12 }, () => 300));
    const energy = readings.map(({ energy_use }) => energy_use).filter((value) => value !== undefined);
    expect(energy).toEqual([900, 900, 900, 900]);
  });

  it('move a bus steadily along its way', () => {
    const bus = fleet.find(({ device }) => device.kind === 'bus');
    if (!bus) throw new Error('no bus');
    const duty = dutyOf(bus);
    const positions = timesOf(duty, MORNING, MORNING + 2 * HOUR_MS).map((time) => duty.report(time).position);
    const fastest = (60 / 3.6) * duty.interval;
    for (const [i, position] of positions.slice(1).entries()) {
      const before = positions[i];
      if (!Array.isArray(position) || !Array.isArray(before)) throw new Error('a bus without a position');
      expect(metres([position[0], position[1]], [before[0], before[1]])).toBeLessThan(fastest);
    }
    expect(new Set(positions.map(String)).size).toBeGreaterThan(positions.length / 2);
  });
});
