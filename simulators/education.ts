import { dateOf, lastDay } from './calendar.ts';
import type { CityTime } from './city-time.ts';
import { type Curve, curve } from './curve.ts';
import { gaussian, nthDraw, seedOf } from './draws.ts';
import { between, rounded, type Script } from './script.ts';
import { DAY_MS } from './showers.ts';
import type { LocalWeather } from './weather.ts';

export interface School {
  readonly pupils: number;
  /** Whether Saturday mornings are taught. */
  readonly saturdays: boolean;
  /** How full its rooms are, about 1. */
  readonly weight: number;
  readonly seed: number;
}

/** Pupils in the rooms, 0 to 1: lessons from 7:00 to 11:30 and from 13:00 to 16:30, a long break in each. */
const WHOLE_DAY = curve(
  '0:0 6.5:0 7:.9 7.2:1 9.2:1 9.3:.4 9.5:.45 9.6:1 11.4:1 11.7:.25 12.8:.3 13.1:1 14.7:1 14.8:.45 15:.5 15.1:1 16.4:.95 16.9:.15 17.5:0',
);
const MORNING = curve('0:0 6.5:0 7:.9 7.2:1 9.2:1 9.3:.4 9.5:.45 9.6:1 11.4:1 11.8:.05 12.3:0');
/** What hangs in the air of the rooms: it follows the pupils by about half an hour. */
const AIR = curve(
  '0:0 6.8:0 7.5:.65 9.2:1 9.6:.7 10.5:.95 11.5:1 12:.5 12.8:.3 13.5:.75 14.7:1 15.1:.75 16.5:.95 17.3:.35 19:.05 20:0',
);
const AIR_OF_MORNING = curve('0:0 6.8:0 7.5:.65 9.2:1 9.6:.7 10.5:.95 11.5:1 12.2:.35 13.5:.05 14.5:0');
/** Arriving, the long breaks, and going home are loud: dB above lessons. */
const LOUD = curve(
  '0:0 6.5:0 6.9:9 7.2:0 9.2:0 9.3:16 9.5:16 9.7:0 11.4:0 11.6:9 12:2 13:0 14.7:0 14.8:15 15:15 15.2:0 16.4:0 16.7:9 17.3:0',
);

/** Days since 1970-01-01, a Thursday. */
const isSaturday = (day: number) => (((day + 3) % 7) + 7) % 7 === 5;

/** A school: CO₂, noise and current rise with the pupils, more so where the windows are closed against cold or heat. */
export function school({ pupils, saturdays, weight, seed }: School, weather: LocalWeather): Script {
  const rolls = seedOf(seed, 'attendance');
  const teaches = (day: number) => {
    const { schoolDay, term } = dateOf(day);
    return schoolDay || (saturdays && term && isSaturday(day));
  };

  let told = { day: Number.NaN, rate: 0 };

  /** Share of the pupils who came on a day, %: rain at seven keeps a few at home, and so does winter. */
  function attendance(day: number): number {
    if (told.day === day) return told.rate;
    // Seven in the city is midnight UTC of the same date.
    const morning = day * DAY_MS;
    const drawn = 2 * nthDraw(rolls, day) - 1;
    const cold = between(0, 1, (14 - weather.temperature(morning)) / 6);
    const rate = between(60, 100, 97.4 + 0.8 * drawn - 3.5 * weather.wet(morning) - 2 * cold);
    told = { day, rate };
    return rate;
  }

  const present = (of: { whole: Curve; morning: Curve }, { day, hour, weekday }: CityTime) =>
    teaches(day) ? (weekday === 6 ? of.morning : of.whole).at(hour) : 0;

  return ({ now, city, drift, elapsed, random }) => {
    const outside = weather.temperature(now);
    const here = present({ whole: WHOLE_DAY, morning: MORNING }, city);
    const breathed = present({ whole: AIR, morning: AIR_OF_MORNING }, city);
    const closed = between(0, 1, Math.max((17 - outside) / 6, (outside - 30) / 5));
    const cooled = here > 0.2 ? weather.heat(now) : 0;
    const inside = 0.72 * outside + 0.28 * 24.5 + 1.6 * breathed - 4.5 * cooled + 0.4 * drift;
    const watts = 5 + 14 * here + 55 * cooled * here;
    return {
      values: {
        co2: Math.round(
          between(
            395,
            5_000,
            425 + breathed * weight * (520 + 620 * closed) * (1 + 0.1 * drift) + 9 * gaussian(random),
          ),
        ),
        indoor_temperature: rounded(between(4, 42, inside + 0.15 * gaussian(random))),
        noise_level: rounded(
          between(32, 100, 38 + 26 * Math.sqrt(here) + (here > 0 ? LOUD.at(city.hour) : 0) + 1.2 * gaussian(random)),
        ),
        attendance_rate: rounded(attendance(lastDay(city.hour < 7.5 ? city.day - 1 : city.day, teaches))),
        energy_use: rounded((pupils * watts * (1 + 0.05 * gaussian(random)) * elapsed) / 3_600_000, 2),
      },
    };
  };
}
