import type { SightRhythm } from '../model/places/sights.ts';
import { events, gaussian } from './draws.ts';
import { sightShare, walkingStreets, walkShare } from './rhythm.ts';
import { between, rounded, type Script } from './script.ts';
import type { LocalWeather } from './weather.ts';

export interface Sight {
  /** People it holds safely. */
  readonly capacity: number;
  readonly rhythm: SightRhythm;
  /** Hours of the city's clock; 0 and 24 where it never closes. */
  readonly opens: number;
  readonly closes: number;
  /** How well it is liked, about 1. */
  readonly weight: number;
}

/** Visitors stay this long, in seconds. */
const STAY = 5_400;

/**
 * A sight: nobody is in it outside its hours, its evenings are livelier while the walking streets are open, and rain
 * drives people away, least from those with a roof and a ticket.
 */
export function sight({ capacity, rhythm, opens, closes, weight }: Sight, weather: LocalWeather): Script {
  const shy = rhythm === 'gated' ? 0.3 : 0.6;
  return ({ now, city, drift, elapsed, random }) => {
    const lively = rhythm === 'evening' && walkingStreets(city) ? 1.35 : 1;
    const share = sightShare(rhythm, opens, closes, city) * weight * lively * (1 - shy * weather.wet(now));
    const crowding = between(0, 180, 78 * share * (1 + 0.15 * drift));
    const queue = rhythm === 'gated' ? (crowding - 35) * 0.55 + 1.5 * gaussian(random) : (crowding - 80) * 0.2;
    return {
      values: {
        crowding: rounded(crowding),
        visitor_count: events((((capacity * crowding) / 100) * elapsed) / STAY, random),
        queue_time: share === 0 ? 0 : Math.round(between(0, 120, queue)),
        noise_level: rounded(between(35, 95, 46 + 6.2 * Math.log1p(crowding) + gaussian(random))),
      },
    };
  };
}

/** A counter beside a street; `peakPerHour` people pass at the height of the day. */
export function footfallCounter(peakPerHour: number, evening: boolean, weight: number, weather: LocalWeather): Script {
  return ({ now, city, drift, elapsed, random }) => {
    const lively = evening && walkingStreets(city) ? 1.3 : 1;
    const dry = 1 - 0.65 * weather.wet(now);
    const passing = peakPerHour * weight * walkShare(evening, city) * lively * dry * (1 + 0.12 * drift);
    return { values: { visitor_count: events((Math.max(0, passing) * elapsed) / 3_600, random) } };
  };
}

/** The hotels of an area: fuller over Friday and Saturday night. */
export function hotelArea(usual: number): Script {
  return ({ city, drift }) => {
    const weekend = city.weekday === 5 || city.weekday === 6 ? 12 : 0;
    return { values: { hotel_occupancy: rounded(between(15, 100, usual + weekend + 4 * drift)) } };
  };
}
