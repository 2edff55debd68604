import type { Position } from '../model/geometry.ts';
import { events, gaussian } from './draws.ts';
import { busesRun, parkingShare, roadDemand } from './rhythm.ts';
import { between, type Moment, rounded, type Script } from './script.ts';
import { positionOn, type Way, wayOf } from './way.ts';
import type { LocalWeather } from './weather.ts';

export type Highway = 'primary' | 'secondary' | 'tertiary';

/** Free speed in km/h and vehicles a minute at full demand; two-wheelers make most of them. */
const ROADS: Readonly<Record<Highway, { readonly free: number; readonly flow: number }>> = {
  primary: { free: 46, flow: 130 },
  secondary: { free: 38, flow: 75 },
  tertiary: { free: 32, flow: 40 },
};

/** How full a road is, 0 to 1: the city's demand, what this place has of it, the day's deviation, and slow wheels in the rain. */
const congestion = (moment: Moment, weight: number, wet: number) =>
  between(0, 1, roadDemand(moment.city) * weight * (1 + 0.12 * moment.drift) * (1 + 0.22 * wet));

/** In the rain even an empty road is driven a fifth more slowly. */
const speedAt = (free: number, full: number, wet: number, random: () => number) =>
  between(3, 90, free * (1 - 0.8 * full ** 1.7) * (1 - 0.2 * wet) + 1.5 * gaussian(random));

const occupancyAt = (full: number, random: () => number) => between(0, 95, 3 + 45 * full ** 1.5 + gaussian(random));

/** A counter at a crossing. `weight` is its share of the city's demand, about 1; some stay at home when it rains. */
export function counter(highway: Highway, weight: number, weather: LocalWeather): Script {
  const { free, flow } = ROADS[highway];
  return (moment) => {
    const wet = weather.wet(moment.now);
    const full = congestion(moment, weight, wet);
    const passing = flow * weight * roadDemand(moment.city) * (1 - 0.25 * Math.max(0, full - 0.8)) * (1 - 0.12 * wet);
    return {
      values: {
        mean_speed: rounded(speedAt(free, full, wet, moment.random)),
        vehicle_count: events((passing * moment.elapsed) / 60, moment.random),
        occupancy: rounded(occupancyAt(full, moment.random)),
        queue_length: Math.round(between(0, 800, (full - 0.4) * 380 + 12 * gaussian(moment.random))),
      },
    };
  };
}

/** A road segment, measured over its whole line. */
export function roadSegment(
  line: readonly Position[],
  highway: Highway,
  weight: number,
  weather: LocalWeather,
): Script {
  const { length } = wayOf(line);
  return (moment) => {
    const wet = weather.wet(moment.now);
    const full = congestion(moment, weight, wet);
    const speed = speedAt(ROADS[highway].free, full, wet, moment.random);
    return {
      values: {
        mean_speed: rounded(speed),
        travel_time: rounded(between(1, 14_400, (length / speed) * 3.6)),
        occupancy: rounded(occupancyAt(full, moment.random)),
      },
    };
  };
}

export function carPark(spaces: number, use: 'work' | 'leisure', weight: number): Script {
  return ({ city, drift }) => {
    const taken = between(0, 1, parkingShare(use, city) * weight + 0.04 * drift);
    return { values: { parking_free: Math.round(spaces * (1 - taken)) } };
  };
}

/** A bus on its route, to and fro from 5:00 to 22:30; at night it stands where it ended. */
export function bus(way: Way, weather: LocalWeather): Script {
  return (moment) => {
    if (!busesRun(moment.city))
      return { values: { bus_delay: 0, vehicle_speed: 0 }, position: positionOn(way, moment.travelled) };
    const wet = weather.wet(moment.now);
    const full = congestion(moment, 1, wet);
    const speed = between(4, 40, (26 - 15 * full) * (1 - 0.2 * wet) + 3 * gaussian(moment.random));
    const travelled = moment.travelled + (speed / 3.6) * moment.elapsed;
    return {
      values: {
        bus_delay: Math.round(between(-180, 2_400, 30 + 620 * full ** 2 + 150 * wet + 110 * moment.drift)),
        vehicle_speed: rounded(speed),
      },
      position: positionOn(way, travelled),
      travelled,
    };
  };
}
