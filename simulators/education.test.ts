import { describe, expect, it } from 'vitest';
import { planFleet } from './plan.ts';
import { mean, meanOf, run, valueAt } from './sampling.fixture.ts';

const schools = planFleet(600, 1).filter(({ device }) => device.kind === 'school');

/** 2026-11-24 is a Tuesday, 2026-11-28 a Saturday, 2026-11-29 a Sunday; hours are Hanoi's. */
const at = (day: number, hour: number) => Date.UTC(2026, 10, day) + (hour - 7) * 3_600_000;
const JULY = Date.UTC(2026, 6, 14, 2);

describe('schools', () => {
  it('fill their rooms in lessons: CO₂, noise and current rise with the pupils', () => {
    for (const metric of ['co2', 'noise_level', 'energy_use']) {
      const [night, lesson] = [mean(schools, metric, at(24, 3)), mean(schools, metric, at(24, 9))];
      expect(lesson, metric).toBeGreaterThan(1.4 * night);
    }
    expect(mean(schools, 'co2', at(24, 11))).toBeGreaterThan(mean(schools, 'co2', at(24, 7.2)));
    expect(mean(schools, 'noise_level', at(24, 9.4))).toBeGreaterThan(mean(schools, 'noise_level', at(24, 10.5)) + 5);
  });

  it('are empty at night, on Sundays and in July, and some teach on Saturday mornings', () => {
    for (const empty of [at(24, 3), at(24, 21), at(29, 9), at(28, 15), JULY])
      expect(mean(schools, 'co2', empty)).toBeLessThan(450);
    const saturday = schools.map((school) => valueAt(school, 'co2', at(28, 9)));
    expect(saturday.filter((co2) => co2 > 600).length).toBeGreaterThan(10);
    expect(saturday.filter((co2) => co2 < 480).length).toBeGreaterThan(10);
  });

  it('keep windows shut on cold days, so that more CO₂ stays', () => {
    const year = Array.from({ length: 300 }, (_, day) => Date.UTC(2025, 8, 8 + day, 3));
    const lessons = schools.slice(0, 12).flatMap((school) =>
      run(school, year)
        .map(({ values: { co2 = 0, indoor_temperature = 0 } }) => ({ co2, indoor_temperature }))
        .filter(({ co2 }) => co2 > 600),
    );
    const co2 = (part: typeof lessons) => meanOf(part.map((lesson) => lesson.co2));
    const [cold, mild] = [
      lessons.filter(({ indoor_temperature: t }) => t < 19),
      lessons.filter(({ indoor_temperature: t }) => t > 21 && t < 26),
    ];
    expect(cold.length).toBeGreaterThan(10);
    expect(co2(cold)).toBeGreaterThan(1.1 * co2(mild));
  });

  it('tell the attendance of the last school day, the same all day', () => {
    for (const school of schools.slice(0, 10)) {
      const [morning, evening, sunday] = [at(27, 8), at(27, 20), at(29, 12)].map((ms) =>
        valueAt(school, 'attendance_rate', ms),
      );
      expect(evening).toBe(morning);
      expect(morning).toBeGreaterThan(88);
      expect(sunday).toBeGreaterThan(88);
      expect(valueAt(school, 'attendance_rate', JULY)).toBe(valueAt(school, 'attendance_rate', JULY + 5 * 86_400_000));
    }
  });
});
