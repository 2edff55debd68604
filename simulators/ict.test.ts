import { describe, expect, it } from 'vitest';
import { planFleet } from './plan.ts';
import { mean, run, valueAt } from './sampling.fixture.ts';

const fleet = planFleet(600, 1);
const ofKind = (kind: string) => fleet.filter(({ device }) => device.kind === kind);
const at = (day: number, hour: number) => Date.UTC(2026, 10, day) + (hour - 7) * 3_600_000;
const every = (ms: number, from: number, to: number) =>
  Array.from({ length: (to - from) / ms }, (_, i) => from + i * ms);
const YEAR = [Date.UTC(2026, 0), Date.UTC(2027, 0)] as const;

describe('network links', () => {
  it('fill in office hours, and full ones are slower and lose more', () => {
    const links = ofKind('network-link');
    expect(mean(links, 'link_utilisation', at(24, 10))).toBeGreaterThan(
      3 * mean(links, 'link_utilisation', at(29, 10)),
    );
    const readings = links
      .flatMap((link) => run(link, every(3_600_000, at(23, 0), at(30, 0))))
      .map(({ values }) => values);
    const figure = (metric: string, part: typeof readings) =>
      part.reduce((sum, values) => sum + (values[metric] ?? 0), 0) / part.length;
    const full = readings.filter(({ link_utilisation: used = 0 }) => used > 80);
    const idle = readings.filter(({ link_utilisation: used = 0 }) => used < 40);
    expect(full.length).toBeGreaterThan(20);
    for (const metric of ['link_latency', 'link_loss'])
      expect(figure(metric, full), metric).toBeGreaterThan(2 * figure(metric, idle));
  });
});

describe('UPS', () => {
  it('are full but after the rare power cut, which all of a house feel at once', () => {
    const times = every(600_000, YEAR[0], Date.UTC(2026, 6));
    const [one, two] = ofKind('ups')
      .slice(0, 2)
      .map((device) => run(device, times).map(({ values }) => values.ups_charge ?? 0));
    if (!one || !two) throw new Error('no ups');
    const low = one.filter((charge) => charge < 97).length;
    expect(low).toBeGreaterThan(10);
    expect(low / one.length).toBeLessThan(0.02);
    for (const [i, charge] of one.entries()) if (charge < (one[i - 1] ?? 0) - 3) expect(two[i]).toBeLessThan(99);
    // It fills again bit by bit.
    const falls = one.slice(1).map((charge, i) => charge - (one[i] ?? 0));
    expect(Math.max(...falls)).toBeLessThan(10);
    expect(Math.min(...one)).toBeGreaterThan(20);
  });
});

describe('security gateways', () => {
  it('count failed logins, with rare bursts', () => {
    const counts = ofKind('security-gateway').flatMap((gateway) =>
      run(gateway, every(300_000, at(1, 0), at(30, 0)), 300).map(({ values }) => values.failed_logins ?? 0),
    );
    const bursts = counts.filter((count) => count > 60).length;
    expect(bursts).toBeGreaterThan(0);
    expect(bursts / counts.length).toBeLessThan(0.02);
    expect(mean(ofKind('security-gateway'), 'failed_logins', at(24, 10))).toBeGreaterThan(
      mean(ofKind('security-gateway'), 'failed_logins', at(29, 4)),
    );
  });

  it('count their certificates down day by day and renew them before they expire', () => {
    for (const gateway of ofKind('security-gateway')) {
      const days = run(gateway, every(86_400_000, ...YEAR)).map(({ values }) => values.certificate_days_left ?? 0);
      expect(Math.min(...days)).toBeGreaterThan(0);
      for (const [i, left] of days.slice(1).entries()) {
        const before = days[i] ?? 0;
        expect(left === before - 1 || (before < 40 && left >= 85)).toBe(true);
      }
      expect(new Set(days).size).toBeGreaterThan(50);
    }
  });
});

describe('racks', () => {
  it('draw more power with more load', () => {
    for (const rack of ofKind('server-rack')) {
      const [work, rest] = [at(24, 10), at(29, 7)];
      expect(valueAt(rack, 'cpu_load', work)).toBeGreaterThan(valueAt(rack, 'cpu_load', rest));
      expect(valueAt(rack, 'power_draw', work)).toBeGreaterThan(valueAt(rack, 'power_draw', rest));
      expect(valueAt(rack, 'rack_temperature', work)).toBeGreaterThan(valueAt(rack, 'rack_temperature', rest));
    }
  });
});
