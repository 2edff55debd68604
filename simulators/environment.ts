import { RIVERS, type River } from '../model/places/gauges.ts';
import { dateOf } from './calendar.ts';
import type { CityTime } from './city-time.ts';
import { curve } from './curve.ts';
import { gaussian, nthDraw, seedOf } from './draws.ts';
import { roadDemand } from './rhythm.ts';
import { between, rounded, type Script } from './script.ts';
import { DAY_MS } from './showers.ts';
import type { LocalWeather } from './weather.ts';

/** Twelve months as a round: PM2.5 of an ordinary day in µg/m³, more than twice as much in January as in July. */
const SEASON = curve('0.5:56 1.5:49 2.5:44 3.5:37 4.5:30 5.5:25 6.5:23 7.5:25 8.5:30 9.5:38 10.5:46 11.5:54', 12);
/** The day's own course: traffic and the low air of evening and morning. */
const DAY = curve('0:1.1 3:1 6:1.1 8:1.3 10:1.05 13:.78 15:.72 17:.9 19:1.15 21:1.2');
/** How high the sun stands, 0 to 1: it makes ozone. */
const SUN = curve('0:0 6:0 8:.25 11:.75 13:1 15:.9 17:.4 18.5:0');

const month = ({ day }: CityTime) => 12 * dateOf(day).yearShare;

/** An air station; `weight` is what its neighbourhood adds, about 1. Still air gathers, traffic adds, rain washes. */
export function airStation(weight: number, weather: LocalWeather): Script {
  return ({ now, city, drift, random }) => {
    const stillness = weather.stillness(now);
    const washed = 0.3 + 0.7 * Math.exp(-weather.recentRain(now) / 5);
    const traffic = roadDemand(city);
    const temperature = weather.temperature(now);
    const gathered = Math.exp(1.8 * (stillness - 0.45)) * weight;
    const fine =
      SEASON.at(month(city)) * DAY.at(city.hour) * gathered * washed * (0.88 + 0.24 * traffic) * Math.exp(0.12 * drift);
    const coarse = fine * 1.35 + 14 * weight * washed * (0.4 + traffic) + 2 * gaussian(random);
    const no2 = (12 + 46 * traffic * Math.exp(0.9 * (stillness - 0.45))) * weight * (0.75 + 0.25 * washed);
    const warmth = between(0, 1.3, (temperature - 12) / 18);
    const o3 = 22 + 105 * SUN.at(city.hour) * warmth * (0.45 + 0.55 * washed) - 0.22 * no2;
    return {
      values: {
        pm2_5: rounded(between(1, 480, fine + 0.8 * gaussian(random))),
        pm10: rounded(between(2, 800, Math.max(coarse, fine * 1.1))),
        no2: rounded(between(2, 400, no2 + 1.5 * gaussian(random))),
        o3: rounded(between(2, 400, o3 * (1 + 0.06 * drift) + 2 * gaussian(random))),
        air_temperature: rounded(between(-5, 45, temperature + 0.2 * drift + 0.1 * gaussian(random))),
        humidity: rounded(between(15, 100, weather.humidity(now) + 1.5 * drift + 0.4 * gaussian(random))),
      },
    };
  };
}

/** A tipping-bucket gauge: it counts in steps of 0.2 mm/h, and reads nothing where it does not rain. */
export function rainGauge(weather: LocalWeather): Script {
  return ({ now, random }) => {
    const rate = weather.rain(now);
    return {
      values: { rain_rate: rounded(between(0, 250, Math.round(rate * (1 + 0.04 * gaussian(random)) * 5) / 5)) },
    };
  };
}

/** Floods from upstream come in waves of about so many days. */
const WAVE_DAYS = 6;

/** A river gauge: `dry` m above the datum, the flood season of June to October, waves from upstream, and the rain of the hours before. */
export function riverGauge(river: River, dry: number, city: number, weather: LocalWeather): Script {
  const { rise, spread, lag, flood } = RIVERS[river];
  // The gauges of the city's great rivers see the same floods.
  const waves = seedOf(city, 'floods');
  return ({ now, city: time, drift, random }) => {
    const days = now / DAY_MS / WAVE_DAYS;
    const wave = Math.floor(days);
    const share = (1 - Math.cos(Math.PI * (days - wave))) / 2;
    const upstream = nthDraw(waves, wave) * (1 - share) + nthDraw(waves, wave + 1) * share;
    // Highest in the first days of August.
    const season = Math.exp(3 * (Math.cos(2 * Math.PI * (dateOf(time.day).yearShare - 0.59)) - 1));
    const swell = (weather.runoff(now, spread, lag) * rise) / 100;
    const level = dry + flood * (season * (0.5 + 0.7 * upstream) + 0.06 * upstream) + swell + 0.015 * drift;
    return { values: { water_level: rounded(between(-2, 20, level + 0.004 * gaussian(random)), 2) } };
  };
}
