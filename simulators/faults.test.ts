import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { AHEAD_AT_MOST_MS } from '../model/observation.ts';
import { seedOf } from './draws.ts';
import { dutyOf } from './duty.ts';
import {
  BROKEN_SHARE,
  clockError,
  FAR_AHEAD_SHARE,
  FAULT_SHARES,
  type Fault,
  faultOf,
  type Outgoing,
  TWICE_SHARE,
  wearOf,
} from './faults.ts';
import { planFleet } from './plan.ts';
import type { SimulatedDevice } from './script.ts';

const fleet = planFleet(2_000, 11);
const NOW = Date.UTC(2026, 10, 24, 1);
const DAY_MS = 86_400_000;
const having = (fault: Fault | undefined) => fleet.filter(({ seed }) => faultOf(seed) === fault);

/** What leaves a device within some days, with the reading that each came from. */
function* leaving(simulated: SimulatedDevice, days: number) {
  const duty = dutyOf(simulated);
  const wear = wearOf(simulated);
  for (let due = duty.after(NOW); due < NOW + days * DAY_MS; due = duty.after(due)) {
    const reading = duty.report(due);
    yield { reading, outgoing: wear(reading) };
  }
}

const readingsOf = (outgoing: readonly Outgoing[]) =>
  outgoing.flatMap((one) => ('reading' in one ? [one.reading] : []));

describe('faults', () => {
  it('are the same for the same seed and time', () => {
    const anyTime = fc.integer({ min: NOW - 400 * DAY_MS, max: NOW + 400 * DAY_MS });
    fc.assert(
      fc.property(fc.constantFrom(...fleet), anyTime, (simulated, time) => {
        const reading = dutyOf(simulated).first(time);
        expect(wearOf(simulated)(reading)).toEqual(wearOf(simulated)(reading));
      }),
      { numRuns: 200 },
    );
  });

  it('befall the documented shares of any fleet', () => {
    fc.assert(
      fc.property(fc.integer(), (city) => {
        const counts = new Map<Fault | undefined, number>();
        const size = 5_000;
        for (let i = 0; i < size; i += 1) {
          const fault = faultOf(seedOf(city, `device-${i}`));
          counts.set(fault, (counts.get(fault) ?? 0) + 1);
        }
        for (const fault of ['silence', 'drift', 'clock', 'duplicates', 'broken'] as const) {
          const expected = FAULT_SHARES[fault] * size;
          // Six deviations of a binomial distribution.
          expect(Math.abs((counts.get(fault) ?? 0) - expected), fault).toBeLessThan(6 * Math.sqrt(expected));
        }
      }),
      { numRuns: 10 },
    );
  });

  it('leave all other devices with exactly the readings of their duty', () => {
    for (const simulated of having(undefined).slice(0, 100))
      for (const { reading, outgoing } of leaving(simulated, 0.05)) expect(outgoing).toEqual([{ reading }]);
  });

  it('silence a device for hours, and not for ever', () => {
    for (const simulated of having('silence').slice(0, 20)) {
      const wear = wearOf(simulated);
      const quarters = Array.from({ length: 14 * 96 }, (_, i) => ({ time: NOW + (i * DAY_MS) / 96, values: {} }));
      const silent = quarters.filter((reading) => wear(reading).length === 0).length;
      expect(silent / quarters.length).toBeGreaterThan(0.02);
      expect(silent / quarters.length).toBeLessThan(0.6);
    }
  });

  it('let one metric of a sensor wander off within its range, and leave the others alone', () => {
    const outside = ([metric, value]: [string, unknown]) => {
      const [low, high] = catalogue.metric(metric)?.range ?? [0, 0];
      return typeof value !== 'number' || value < low || value > high;
    };
    let wandering = 0;
    for (const simulated of having('drift')) {
      const wandered = new Set<string>();
      for (const hour of [1, 20, 40, 60, 71]) {
        const reading = dutyOf(simulated).first(NOW + hour * 3_600_000);
        const [sent, ...more] = readingsOf(wearOf(simulated)(reading));
        const values = Object.entries(sent?.values ?? {});
        expect(more).toEqual([]);
        expect(sent).toEqual({ ...reading, values: sent?.values });
        expect(values.filter(outside)).toEqual([]);
        for (const [metric, value] of values) if (value !== reading.values[metric]) wandered.add(metric);
      }
      expect(wandered.size).toBeLessThanOrEqual(1);
      wandering += wandered.size;
    }
    expect(wandering / having('drift').length).toBeGreaterThan(0.5);
  });

  it('put a clock wrong by minutes for some hours; a share of them beyond what the city takes', () => {
    const clocks = having('clock');
    const spans = Array.from({ length: 60 }, (_, i) => NOW + i * DAY_MS * 0.25);
    const farAhead = clocks.filter(({ seed }) => spans.some((time) => clockError(seed, time) > AHEAD_AT_MOST_MS));
    expect(farAhead.length / clocks.length).toBeGreaterThan(FAR_AHEAD_SHARE / 3);
    expect(farAhead.length / clocks.length).toBeLessThan(FAR_AHEAD_SHARE * 2);
    for (const simulated of clocks) {
      const errors = spans.map((time) => clockError(simulated.seed, time));
      expect(errors.some((error) => error === 0)).toBe(true);
      expect(errors.some((error) => Math.abs(error) >= 60_000)).toBe(true);
      const reading = dutyOf(simulated).first(NOW);
      const [sent] = readingsOf(wearOf(simulated)(reading));
      expect(sent).toEqual({ ...reading, time: NOW + clockError(simulated.seed, NOW) });
    }
  });

  it('send some messages twice, the same to the byte', () => {
    let twice = 0;
    let all = 0;
    for (const simulated of having('duplicates').slice(0, 20))
      for (const { reading, outgoing } of leaving(simulated, 0.5)) {
        all += 1;
        if (outgoing.length === 2) twice += 1;
        for (const one of outgoing) expect(one).toEqual({ reading });
      }
    expect(twice / all).toBeGreaterThan(TWICE_SHARE / 2);
    expect(twice / all).toBeLessThan(TWICE_SHARE * 2);
  });

  it('break some messages: cut, in a unit that does not fit, or out of range', () => {
    const kinds = { cut: 0, unit: 0, range: 0 };
    let all = 0;
    for (const simulated of having('broken'))
      for (const { reading, outgoing } of leaving(simulated, 1)) {
        all += 1;
        const [one] = outgoing;
        if (!one) throw new Error('a broken device is not silent');
        if ('garbled' in one) {
          kinds.cut += 1;
          expect(() => JSON.parse(one.garbled)).toThrow();
        } else if ('reading' in one) expect(one.reading).toEqual(reading);
        else if (one.broken.units) kinds.unit += 1;
        else {
          kinds.range += 1;
          const outside = Object.entries(one.broken.values).filter(
            ([metric, value]) => typeof value === 'number' && value > (catalogue.metric(metric)?.range[1] ?? 0),
          );
          expect(outside).toHaveLength(1);
        }
      }
    for (const count of Object.values(kinds)) {
      expect(count / all).toBeGreaterThan(BROKEN_SHARE / 6);
      expect(count / all).toBeLessThan(BROKEN_SHARE / 1.5);
    }
  });
});
