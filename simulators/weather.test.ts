import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Position } from '../model/geometry.ts';
import { meanOf } from './sampling.fixture.ts';
import { createWeather, type LocalWeather } from './weather.ts';

const LAKE: Position = [105.8524, 21.0287];
const HOUR = 3_600_000;
const anyTime = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) });
const anyPlace: fc.Arbitrary<Position> = fc.tuple(
  fc.double({ min: 105.29, max: 106.02, noNaN: true }),
  fc.double({ min: 20.57, max: 21.38, noNaN: true }),
);
const everything = (weather: LocalWeather, ms: number) => [
  weather.rain(ms),
  weather.wet(ms),
  weather.recentRain(ms),
  weather.temperature(ms),
  weather.heat(ms),
  weather.humidity(ms),
  weather.stillness(ms),
  weather.runoff(ms, 10, 6),
];
const hours = (from: number, to: number) => Array.from({ length: (to - from) / HOUR }, (_, i) => from + i * HOUR);

describe('the weather of the city', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('depends on seed, place and time alone: not on what was asked before, nor on the zone of the process', () => {
    fc.assert(
      fc.property(fc.integer(), anyPlace, anyTime, fc.array(anyTime, { maxLength: 5 }), (seed, place, ms, before) => {
        vi.stubEnv('TZ', 'America/Los_Angeles');
        const first = everything(createWeather(seed).at(place), ms);
        vi.stubEnv('TZ', 'Pacific/Chatham');
        const other = createWeather(seed).at(place);
        for (const asked of before) everything(other, asked);
        expect(everything(other, ms)).toEqual(first);
      }),
    );
  });

  it('stays within what Hanoi knows', () => {
    fc.assert(
      fc.property(fc.integer(), anyPlace, anyTime, (seed, place, ms) => {
        const weather = createWeather(seed).at(place);
        expect(weather.rain(ms)).toBeGreaterThanOrEqual(0);
        expect(weather.rain(ms)).toBeLessThan(250);
        expect(weather.temperature(ms)).toBeGreaterThan(-2);
        expect(weather.temperature(ms)).toBeLessThan(45);
        for (const share of [weather.wet(ms), weather.heat(ms), weather.stillness(ms)]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(weather.humidity(ms)).toBeGreaterThanOrEqual(25);
        expect(weather.humidity(ms)).toBeLessThanOrEqual(100);
      }),
      { numRuns: 500 },
    );
  });

  it('rains as much in a year as in Hanoi, most of it in summer, and is dry most of the time', () => {
    const years = [1, 2, 3, 4].map((seed) => {
      const { rain } = createWeather(seed).at(LAKE);
      const depth = (from: number, to: number) =>
        Array.from({ length: (to - from) / 600_000 }, (_, i) => rain(from + i * 600_000) / 6);
      const [winter, summer] = [
        depth(Date.UTC(2026, 10), Date.UTC(2027, 4)),
        depth(Date.UTC(2026, 4), Date.UTC(2026, 10)),
      ];
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      const wet = [...winter, ...summer].filter((mm) => mm > 0).length / (winter.length + summer.length);
      return { winter: sum(winter), summer: sum(summer), wet };
    });
    const year = meanOf(years.map(({ winter, summer }) => winter + summer));
    expect(year).toBeGreaterThan(900);
    expect(year).toBeLessThan(2_200);
    for (const { winter, summer, wet } of years) {
      expect(summer).toBeGreaterThan(winter);
      expect(wet).toBeLessThan(0.15);
    }
  });

  it('has showers with a beginning and an end that move over the city from place to place', () => {
    const weather = createWeather(5);
    const [west, east] = [weather.at([105.7, 21.03]), weather.at([105.95, 21.03])];
    // Between neighbouring minutes the rain changes little: nothing is switched on or off.
    for (const ms of hours(Date.UTC(2026, 6), Date.UTC(2026, 8)))
      expect(Math.abs(west.rain(ms + 60_000) - west.rain(ms))).toBeLessThan(6);
    const whenRaining = (place: LocalWeather, other: LocalWeather) => {
      const times = Array.from({ length: 62 * 144 }, (_, i) => Date.UTC(2026, 6) + i * 600_000);
      return times.filter((ms) => place.rain(ms) > 1 && other.rain(ms) === 0).length;
    };
    expect(whenRaining(west, east)).toBeGreaterThan(0);
    expect(whenRaining(east, west)).toBeGreaterThan(0);
    // What falls in the west falls in the east an hour later rather than an hour before: showers go with the wind.
    const times = Array.from({ length: 184 * 48 }, (_, i) => Date.UTC(2026, 4) + i * 1_800_000);
    const together = (shift: number) => meanOf(times.map((ms) => west.rain(ms) * east.rain(ms + shift)));
    expect(together(HOUR)).toBeGreaterThan(together(-HOUR));
  });

  it('is warm in July and by day, cold in January and by night, cooler after rain', () => {
    const weather = createWeather(3).at(LAKE);
    const temperatures = (month: number) =>
      meanOf(hours(Date.UTC(2026, month), Date.UTC(2026, month + 1)).map(weather.temperature));
    expect(temperatures(6) - temperatures(0)).toBeGreaterThan(8);
    const at = (hour: number) =>
      meanOf(Array.from({ length: 365 }, (_, day) => weather.temperature(Date.UTC(2026, 0, day + 1, hour - 7))));
    expect(at(14) - at(4)).toBeGreaterThan(4);
    const afternoons = Array.from({ length: 600 }, (_, day) => Date.UTC(2024, 5, day + 1, 8)).filter((ms) =>
      [5, 6, 7].includes(new Date(ms).getUTCMonth()),
    );
    const [wet, dry] = [
      afternoons.filter((ms) => weather.recentRain(ms) > 4),
      afternoons.filter((ms) => weather.recentRain(ms) === 0),
    ];
    expect(wet.length).toBeGreaterThan(5);
    expect(meanOf(wet.map(weather.temperature))).toBeLessThan(meanOf(dry.map(weather.temperature)) - 2);
    expect(meanOf(wet.map(weather.humidity))).toBeGreaterThan(meanOf(dry.map(weather.humidity)));
  });

  it('lets the air stand still on winter nights', () => {
    const { stillness } = createWeather(3).at(LAKE);
    const month = (of: number) => meanOf(hours(Date.UTC(2026, of), Date.UTC(2026, of + 1)).map(stillness));
    expect(month(0)).toBeGreaterThan(month(6) + 0.1);
  });
});
