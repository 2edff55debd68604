import { describe, expect, it } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { type Position, representative } from '../model/geometry.ts';
import { CITY } from '../model/places/city.ts';
import { dateOf } from './calendar.ts';
import { cityTime } from './city-time.ts';
import { BUS_WAYS } from './kinds/bus-ways.ts';
import { planFleet } from './plan.ts';
import { meanOf, valueAt } from './sampling.fixture.ts';
import type { SimulatedDevice } from './script.ts';
import { middleOf } from './way.ts';
import { createWeather, type LocalWeather } from './weather.ts';

const SEED = 11;
const fleet = planFleet(600, SEED);
const weather = createWeather(SEED);
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const MOMENTS = 200;

const ofKind = (kind: string) => fleet.filter(({ device }) => device.kind === kind);

function placeOf({ device }: SimulatedDevice): Position {
  const route = BUS_WAYS.find(({ number }) => number === device.tags?.route);
  if (route) return middleOf(route.way);
  return device.position ?? (device.geometry ? representative(device.geometry) : CITY.point);
}

/** Whether two moments are alike for people: the hour and weekday are the same anyway. */
const alike = (a: number, b: number) => {
  const [one, other] = [dateOf(cityTime(a).day), dateOf(cityTime(b).day)];
  return one.dayOff === other.dayOff && one.schoolDay === other.schoolDay && one.tet === 0 && other.tet === 0;
};

type Condition = (here: LocalWeather, ms: number) => boolean;
const dry: Condition = (here, ms) => here.recentRain(ms) === 0;

/**
 * Moments by day at which something holds over a device, each with the same hour and weekday some weeks before or after
 * at which it was dry: as many pairs as asked for, over the devices in turn.
 */
function pairs(devices: readonly SimulatedDevice[], hours: readonly number[], holds: Condition) {
  const found: { device: SimulatedDevice; then: number; otherwise: number }[] = [];
  for (let week = 0; week < 260 && found.length < MOMENTS; week += 1)
    for (const [i, device] of devices.entries()) {
      const here = weather.at(placeOf(device));
      for (let day = 0; day < 5; day += 1) {
        const hour = hours[(i + day + week) % hours.length] ?? 12;
        const then = Date.UTC(2024, 0, 1 + week * 7 + day) + (hour - 7) * HOUR;
        if (!holds(here, then) || found.length >= MOMENTS) continue;
        const otherwise = [1, -1, 2, -2, 3, -3]
          .map((n) => then + n * WEEK)
          .find((ms) => dry(here, ms) && alike(ms, then));
        if (otherwise !== undefined) found.push({ device, then, otherwise });
      }
    }
  expect(found.length).toBe(MOMENTS);
  return found;
}

/** A metric while something holds, against the same hours when it was dry. */
function ratio(kind: string, metric: string, hours: readonly number[], holds: Condition): number {
  const moments = pairs(ofKind(kind), hours, holds);
  const interval = catalogue.metric(metric)?.interval ?? 60;
  const figure = (at: 'then' | 'otherwise') =>
    meanOf(moments.map((moment) => valueAt(moment.device, metric, moment[at], interval)));
  return figure('then') / figure('otherwise');
}

const DAYTIME = [7.5, 8, 9, 10, 14, 15, 16.5, 17.5, 18];
const raining: Condition = (here, ms) => here.rain(ms) > 3;

describe('rain', () => {
  it('slows traffic and delays buses', () => {
    expect(ratio('counter', 'mean_speed', DAYTIME, raining)).toBeLessThan(0.88);
    expect(ratio('road-segment', 'travel_time', DAYTIME, raining)).toBeGreaterThan(1.15);
    expect(ratio('bus', 'bus_delay', DAYTIME, raining)).toBeGreaterThan(1.15);
  });

  it('empties sights and streets', () => {
    const busy = [10, 11, 15, 19, 20];
    expect(ratio('sight', 'crowding', busy, raining)).toBeLessThan(0.85);
    expect(ratio('footfall-counter', 'visitor_count', busy, raining)).toBeLessThan(0.75);
  });

  it('cleans the air, for hours after it has ended too', () => {
    const over: Condition = (here, ms) => here.rain(ms) === 0 && here.recentRain(ms) > 4;
    const rates = [ratio('air-station', 'pm2_5', DAYTIME, raining), ratio('air-station', 'pm2_5', DAYTIME, over)];
    for (const rate of rates) expect(rate).toBeLessThan(0.75);
  });

  it('keeps a few pupils at home', () => {
    const rainyMorning: Condition = (here, ms) => dateOf(cityTime(ms).day).schoolDay && here.rain(ms - 2 * HOUR) > 1;
    const rate = ratio('school', 'attendance_rate', [9], rainyMorning);
    expect(rate).toBeLessThan(0.995);
    expect(rate).toBeGreaterThan(0.94);
  });

  it('raises the rivers some hours later, the great ones last', () => {
    const lags = ['to-lich', 'nhue', 'hong'].map((river) => {
      const gauges = ofKind('river-gauge').filter(({ device }) => device.tags?.river === river);
      // The summer's hours: how well the rain of a moment goes with the rise so many hours later.
      const times = Array.from({ length: 184 * 24 }, (_, i) => Date.UTC(2026, 4) + i * HOUR);
      const delays = [1, 2, 4, 8, 16, 32];
      const rises = delays.map((delay) =>
        meanOf(
          gauges.flatMap((gauge) => {
            const here = weather.at(placeOf(gauge));
            return times
              .filter((ms) => here.rain(ms) > 5)
              .map((ms) => valueAt(gauge, 'water_level', ms + delay * HOUR) - valueAt(gauge, 'water_level', ms - HOUR));
          }),
        ),
      );
      const highest = Math.max(...rises);
      expect(highest, river).toBeGreaterThan(0.03);
      return delays[rises.indexOf(highest)] ?? 0;
    });
    const [toLich = 0, nhue = 0, hong = 0] = lags;
    expect(toLich).toBeLessThan(nhue);
    expect(nhue).toBeLessThan(hong);
  });

  it('is measured by the gauges where it falls', () => {
    for (const gauge of ofKind('rain-gauge')) {
      const here = weather.at(placeOf(gauge));
      for (let ms = Date.UTC(2026, 6); ms < Date.UTC(2026, 7); ms += 1.7 * HOUR) {
        const measured = valueAt(gauge, 'rain_rate', ms);
        if (here.rain(ms) === 0) expect(measured).toBe(0);
        else expect(Math.abs(measured - here.rain(ms))).toBeLessThan(0.2 + 0.2 * here.rain(ms));
      }
    }
  });
});

describe('heat', () => {
  /** The mean of a metric at these times where it is hot over what it is where it is mild. */
  function byHeat(kind: string, metric: string, times: readonly number[]): number {
    const figures = ofKind(kind).flatMap((device) => {
      const here = weather.at(placeOf(device));
      return times.map((ms) => ({ heat: here.heat(ms), value: valueAt(device, metric, ms, 900) }));
    });
    const mean = (part: typeof figures) => meanOf(part.map(({ value }) => value));
    return mean(figures.filter(({ heat }) => heat > 0.5)) / mean(figures.filter(({ heat }) => heat < 0.2));
  }
  const afternoons = (months: readonly number[]) =>
    [2024, 2025, 2026].flatMap((year) =>
      months.flatMap((month) => Array.from({ length: 28 }, (_, day) => Date.UTC(year, month, day + 1, 7))),
    );

  it('raises what schools and racks draw', () => {
    const lessons = afternoons([3, 4, 8, 9]).filter((ms) => dateOf(cityTime(ms).day).schoolDay);
    expect(byHeat('school', 'energy_use', lessons)).toBeGreaterThan(1.4);
    const work = afternoons([4, 5, 6, 7, 8]).filter((ms) => !dateOf(cityTime(ms).day).dayOff);
    expect(byHeat('server-rack', 'power_draw', work)).toBeGreaterThan(1.02);
    expect(byHeat('server-rack', 'rack_temperature', work)).toBeGreaterThan(1.02);
  });
});

describe('the calendar', () => {
  const over = (kind: string, metric: string, times: readonly number[]) =>
    meanOf(times.flatMap((ms) => ofKind(kind).map((device) => valueAt(device, metric, ms))));
  const tuesdays = (month: number, hour: number) =>
    [2, 9, 16, 23].map((day) => {
      const first = Date.UTC(2026, month, day) + (hour - 7) * HOUR;
      return first + ((9 - cityTime(first).weekday) % 7) * 24 * HOUR;
    });

  it('puts the school run on the roads in term and not in July', () => {
    expect(over('counter', 'vehicle_count', tuesdays(10, 7.2))).toBeGreaterThan(
      1.06 * over('counter', 'vehicle_count', tuesdays(6, 7.2)),
    );
  });

  it('empties roads, desks and schools at Tết', () => {
    const tet = [Date.UTC(2026, 1, 17, 1)];
    expect(over('counter', 'vehicle_count', tet)).toBeLessThan(0.4 * over('counter', 'vehicle_count', tuesdays(10, 8)));
    expect(over('service-desk', 'counter_queue', tet)).toBe(0);
    expect(over('school', 'co2', tet)).toBeLessThan(460);
  });

  it('makes winter air worse than summer air, and rush hours worse than the early afternoon', () => {
    const [january, july] = [tuesdays(0, 9), tuesdays(6, 9)];
    expect(over('air-station', 'pm2_5', january)).toBeGreaterThan(1.5 * over('air-station', 'pm2_5', july));
    expect(over('air-station', 'no2', tuesdays(10, 8))).toBeGreaterThan(over('air-station', 'no2', tuesdays(10, 13)));
    expect(over('air-station', 'o3', tuesdays(5, 13))).toBeGreaterThan(over('air-station', 'o3', tuesdays(5, 5)));
  });
});
