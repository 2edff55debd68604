import { drawOf, gaussian, nthDraw, seedOf } from './draws.ts';
import { hospitalLoad, roadDemand } from './rhythm.ts';
import { between, rounded, type Script } from './script.ts';
import { positionOn, type Way } from './way.ts';
import type { LocalWeather } from './weather.ts';

/** A hospital: mornings are busy at the door, and so are very hot days; beds fill and empty slowly. */
export function hospital(beds: number, weight: number, weather: LocalWeather): Script {
  const icu = Math.max(6, Math.round(beds * 0.05));
  return ({ now, city, drift, random }) => {
    const load = between(0, 1, hospitalLoad(city) * (1 + 0.2 * weather.heat(now)));
    const wait = 6 + 44 * load * weight * Math.exp(0.25 * drift) + 1.5 * gaussian(random);
    return {
      values: {
        er_waiting_time: rounded(between(1, 240, wait)),
        beds_total: beds,
        beds_occupied: Math.round(between(0, beds * 1.15, beds * (0.8 * weight + 0.06 * load + 0.03 * drift))),
        icu_free: Math.round(between(0, icu, icu * (0.3 - 0.14 * drift - 0.1 * load))),
      },
    };
  };
}

const HOUR = 3_600_000;
/** A door stays open in one hour of so many. */
const HOURS_PER_OPEN_DOOR = 400;

/** A vaccine fridge: the compressor goes to and fro between about 3 and 6 °C; now and then someone leaves the door open. */
export function vaccineFridge(seed: number): Script {
  const phase = drawOf(seed, 'phase');
  const period = (28 + 14 * drawOf(seed, 'period')) * 60_000;
  const doors = seedOf(seed, 'door');
  const usual = 4.1 + 0.9 * drawOf(seed, 'set point');
  return ({ now, random }) => {
    const cycle = Math.sin(2 * Math.PI * (now / period + phase));
    const hour = Math.floor(now / HOUR);
    const open = nthDraw(doors, hour) < 1 / HOURS_PER_OPEN_DOOR;
    // It warms for half an hour, someone closes the door, and it cools for the other half.
    const warmth = open ? 9 * Math.sin(Math.PI * (now / HOUR - hour)) : 0;
    return {
      values: { vaccine_fridge_temperature: rounded(usual + 0.9 * cycle + warmth + 0.08 * gaussian(random), 2) },
    };
  };
}

/** An ambulance is sent out or stands for a quarter of an hour at a time. */
const TURN = 900_000;

/** An ambulance on the main streets: out about half of the time, more by day, and faster than the traffic it passes. */
export function ambulance(way: Way, seed: number, weather: LocalWeather): Script {
  const turns = seedOf(seed, 'turn');
  return ({ now, city, elapsed, travelled, random }) => {
    const called = nthDraw(turns, Math.floor(now / TURN)) < 0.3 + 0.35 * hospitalLoad(city);
    if (!called) return { values: { vehicle_speed: 0 }, position: positionOn(way, travelled) };
    const speed = between(8, 75, (52 - 24 * roadDemand(city)) * (1 - 0.15 * weather.wet(now)) + 5 * gaussian(random));
    const gone = travelled + (speed / 3.6) * elapsed;
    return { values: { vehicle_speed: rounded(speed) }, position: positionOn(way, gone), travelled: gone };
  };
}
