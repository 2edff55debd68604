import type { Position } from '../model/geometry.ts';
import { events, gaussian } from './draws.ts';
import { busesRun, parkingShare, roadDemand } from './rhythm.ts';
import { between, type Moment, rounded, type Script } from './script.ts';
import { positionOn, type Way, wayOf } from './way.ts';

export type Highway = 'primary' | 'secondary' | 'tertiary';

/** Free speed in km/h and vehicles a minute at full demand; two-wheelers make most of them. */
const ROADS: Readonly<Record<Highway, { readonly free: number; readonly flow: number }>> = {
  primary: { free: 46, flow: 130 },
  secondary: { free: 38, flow: 75 },
  tertiary: { free: 32, flow: 40 },
};

/** How full a road is, 0 to 1: the city's demand, what this place has of it, and the day's deviation. */
const congestion = (moment: Moment, weight: number) =>
  between(0, 1, roadDemand(moment.city) * weight * (1 + 0.12 * moment.drift));

const speedAt = (free: number, full: number, random: () => number) =>
  between(3, 90, free * (1 - 0.8 * full ** 1.7) + 1.5 * gaussian(random));

const occupancyAt = (full: number, random: () => number) => between(0, 95, 3 + 45 * full ** 1.5 + gaussian(random));

/** A counter at a crossing. `weight` is its share of the city's demand, about 1. */
export function counter(highway: Highway, weight: number): Script {
  const { free, flow } = ROADS[highway];
  return (moment) => {
    const full = congestion(moment, weight);
    const passing = flow * weight * roadDemand(moment.city) * (1 - 0.25 * Math.max(0, full - 0.8));
    return {
      values: {
        mean_speed: rounded(speedAt(free, full, moment.random)),
        vehicle_count: events((passing * moment.elapsed) / 60, moment.random),
        occupancy: rounded(occupancyAt(full, moment.random)),
        queue_length: Math.round(between(0, 800, (full - 0.4) * 380 + 12 * gaussian(moment.random))),
      },
    };
  };
}

/** A road segment, measured over its whole line. */
export function roadSegment(line: readonly Position[], highway: Highway, weight: number): Script {
  const { length } = wayOf(line);
  return (moment) => {
    const full = congestion(moment, weight);
    const speed = speedAt(ROADS[highway].free, full, moment.random);
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
export function bus(way: Way): Script {
  return (moment) => {
    if (!busesRun(moment.city))
      return { values: { bus_delay: 0, mean_speed: 0 }, position: positionOn(way, moment.travelled) };
    const full = congestion(moment, 1);
    const speed = between(4, 40, 26 - 15 * full + 3 * gaussian(moment.random));
    const travelled = moment.travelled + (speed / 3.6) * moment.elapsed;
    return {
      values: {
        bus_delay: Math.round(between(-180, 2_400, 30 + 620 * full ** 2 + 110 * moment.drift)),
        mean_speed: rounded(speed),
      },
      position: positionOn(way, travelled),
      travelled,
    };
  };
}
