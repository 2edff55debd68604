import type { Position } from '../model/geometry.ts';
import { dateOf } from './calendar.ts';
import { CITY_OFFSET_MS } from './city-time.ts';
import { curve } from './curve.ts';
import {
  DAY_MS,
  dayAt,
  depthOf,
  HOUR_MS,
  hourAt,
  planeOf,
  rateOf,
  recentDepthOf,
  type SkyDay,
  skyDays,
} from './showers.ts';

/** The weather over one place; every answer is for a moment in ms since the epoch and depends on nothing else. */
export interface LocalWeather {
  /** Mm/h; 0 where it does not rain. */
  rain(ms: number): number;
  /** How much people and wheels mind the rain, 0 to 1. */
  wet(ms: number): number;
  /** Mm of rain of the last hours that still count, the older the less. */
  recentRain(ms: number): number;
  /** Outdoor temperature in °C. */
  temperature(ms: number): number;
  /** How much the heat asks of fans and cooling, 0 below 27 °C to 1 from 38 °C. */
  heat(ms: number): number;
  /** Relative humidity in %. */
  humidity(ms: number): number;
  /** How little the air moves, 0 to 1: winter nights and mornings are still, and what is in the air stays there. */
  stillness(ms: number): number;
  /** Mm of rain that arrive now from a catchment of `spread` km around, most of it `lag` hours after it fell. */
  runoff(ms: number, spread: number, lag: number): number;
}

/** The weather of a whole city: one for all that stands and moves in it. */
export interface Weather {
  at(place: Position): LocalWeather;
}

/** Twelve months as hours of a round, a value in the middle of each. */
const months = (values: readonly number[]) =>
  curve(values.map((value, month) => `${month + 0.5}:${value}`).join(' '), 12);

/** Hanoi's mean temperature and humidity by month (rounded figures of the station at Láng). */
const TEMPERATURE = months([16.6, 17.7, 20.3, 24.2, 27.6, 29.5, 29.6, 28.9, 27.7, 25.3, 21.9, 18.3]);
const HUMIDITY = months([78, 82, 83, 83, 80, 78, 79, 82, 79, 76, 74, 74]);
/** How far a day may stray from its season, °C: the north-east monsoon makes winters change. */
const STRAYS = months([3, 3.1, 3, 2.5, 2, 1.5, 1.2, 1.1, 1.4, 1.9, 2.4, 2.8]);
const STILLNESS = months([0.64, 0.58, 0.5, 0.42, 0.34, 0.3, 0.28, 0.32, 0.4, 0.5, 0.58, 0.64]);

/** Rain falls or it does not: less than this is damp air. */
const LEAST_RATE = 0.1;
/** The hottest hour of the day, 1, to the coldest, -1. */
const ofDay = (ms: number) => Math.cos(((hourAt(ms) - 14.5) * Math.PI) / 12);
const held = (low: number, high: number, value: number) => Math.min(high, Math.max(low, value));

/** The weather of the city with this seed. */
export function createWeather(seed: number): Weather {
  const days = skyDays(seed);

  /** What is drawn once a day, gliding from noon to noon. */
  function between(ms: number, of: (day: SkyDay) => number): number {
    const noons = (ms + CITY_OFFSET_MS) / DAY_MS - 0.5;
    const before = Math.floor(noons);
    const share = (1 - Math.cos(Math.PI * (noons - before))) / 2;
    return of(days(before)) * (1 - share) + of(days(before + 1)) * share;
  }

  return {
    at(place) {
      const here = planeOf(place);
      /** The built-up city is warmer: about 1 °C in the middle. */
      const urban = Math.exp(-((here[0] - 4) ** 2 + (here[1] - 3) ** 2) / 200);
      const season = (ms: number) => 12 * dateOf(dayAt(ms)).yearShare;

      function rain(ms: number): number {
        const day = dayAt(ms);
        let rate = 0;
        // A shower may have begun the day before.
        for (const shower of days(day).showers) rate += rateOf(shower, ms, here);
        for (const shower of days(day - 1).showers) rate += rateOf(shower, ms, here);
        return rate < LEAST_RATE ? 0 : rate;
      }

      function recentRain(ms: number): number {
        const day = dayAt(ms);
        let depth = 0;
        for (let back = 0; back <= 1; back += 1)
          for (const shower of days(day - back).showers) depth += recentDepthOf(shower, ms, here);
        return depth;
      }

      function temperature(ms: number): number {
        const month = season(ms);
        const cooled = 1 - Math.exp(-recentRain(ms) / 8);
        const swing = (3.6 - 2 * cooled) * ofDay(ms);
        const strayed = STRAYS.at(month) * between(ms, (day) => day.warmth);
        return TEMPERATURE.at(month) + strayed + swing + urban - 3.5 * cooled;
      }

      function stillness(ms: number): number {
        const drawn = between(ms, (day) => day.stillness) - 0.5;
        return held(0, 1, STILLNESS.at(season(ms)) + 0.7 * drawn - 0.14 * ofDay(ms));
      }

      return {
        rain,
        recentRain,
        temperature,
        stillness,
        wet: (ms) => 1 - Math.exp(-rain(ms) / 5),
        heat: (ms) => held(0, 1, (temperature(ms) - 27) / 11),
        humidity(ms) {
          const damp = 16 * (1 - Math.exp(-recentRain(ms) / 5));
          return held(25, 100, HUMIDITY.at(season(ms)) - 10 * ofDay(ms) + damp - 3 * between(ms, (day) => day.warmth));
        },
        runoff(ms, spread, lag) {
          const lagMs = lag * HOUR_MS;
          let depth = 0;
          for (let day = dayAt(ms - 10 * lagMs) - 1; day <= dayAt(ms); day += 1)
            for (const shower of days(day).showers) {
              const passed = (ms - (shower.start + shower.end) / 2) / lagMs;
              if (passed > 0) depth += depthOf(shower, here, spread) * passed * Math.exp(1 - passed);
            }
          return depth;
        },
      };
    },
  };
}
