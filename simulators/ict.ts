import { curve } from './curve.ts';
import { drawOf, events, gaussian, nthDraw, seedOf } from './draws.ts';
import { officeLoad } from './rhythm.ts';
import { between, rounded, type Script } from './script.ts';
import { DAY_MS, HOUR_MS } from './showers.ts';
import type { LocalWeather } from './weather.ts';

/** Backups run at night. */
const BATCH = curve('0:.2 .8:.2 1.2:1 2.6:1 3.2:.15 5:0 22:0');

/** A rack: work makes load, load makes heat, and on hot days the fans and the air inlet have more to do. */
export function serverRack(weight: number, weather: LocalWeather): Script {
  return ({ now, city, drift, random }) => {
    const heat = weather.heat(now);
    const load = between(
      2,
      99,
      weight * (14 + 46 * officeLoad(city) + 24 * BATCH.at(city.hour)) + 6 * drift + 2 * gaussian(random),
    );
    const warmth = 19.6 + 0.028 * load + 2.6 * heat + 0.5 * drift + 0.15 * gaussian(random);
    const power = 2.2 + 0.042 * load * (1 + 0.12 * heat) + 0.55 * heat;
    return {
      values: {
        rack_temperature: rounded(between(15, 45, warmth)),
        power_draw: rounded(between(0.5, 20, power + 0.03 * gaussian(random)), 2),
        cpu_load: rounded(load),
      },
    };
  };
}

/** A power cut comes on one day in so many; the generator takes over before the batteries are empty. */
const DAYS_PER_CUT = 24;
const LONGEST_CUT = 24 * 60_000;
/** How fast batteries empty and fill, % of the charge in a minute. */
const DRAIN = 2.4;
const FILL = 0.7;

/** The cut of a day: its beginning and end in ms; undefined where there is none. */
function cutOf(cuts: number, day: number): readonly [from: number, to: number] | undefined {
  if (nthDraw(cuts, 3 * day) * DAYS_PER_CUT >= 1) return undefined;
  const from = (day + nthDraw(cuts, 3 * day + 1)) * DAY_MS;
  return [from, from + (0.15 + 0.85 * nthDraw(cuts, 3 * day + 2)) * LONGEST_CUT];
}

/** A UPS: full but after the mains failed, which they do for all of a house at once. `city` is the city's seed. */
export function ups(weight: number, city: number, weather: LocalWeather): Script {
  const cuts = seedOf(city, 'mains');
  return ({ now, city: time, drift, random }) => {
    const day = Math.floor(now / DAY_MS);
    let charge = 100;
    for (const cut of [cutOf(cuts, day - 1), cutOf(cuts, day)]) {
      if (!cut || now < cut[0]) continue;
      const minutes = (to: number, from: number) => Math.max(0, to - from) / 60_000;
      const left = 100 - DRAIN * weight * minutes(Math.min(now, cut[1]), cut[0]);
      charge = Math.min(charge, left + FILL * minutes(now, cut[1]));
    }
    const power = weight * (22 + 14 * officeLoad(time) + 4 * weather.heat(now)) + 0.5 * drift + 0.1 * gaussian(random);
    return { values: { ups_charge: rounded(between(5, 100, charge)), power_draw: rounded(between(1, 90, power), 2) } };
  };
}

/** A line is disturbed in one hour of so many, in heavy rain ten times as often. */
const HOURS_PER_FAULT = 700;

/** A line from the data centre: it fills in office hours, and a full line is slow and loses packets. `km` is its length. */
export function networkLink(km: number, weight: number, seed: number, weather: LocalWeather): Script {
  const faults = seedOf(seed, 'fault');
  return ({ now, city, drift, random }) => {
    const hour = Math.floor(now / HOUR_MS);
    const disturbed = nthDraw(faults, hour) * HOURS_PER_FAULT < 1 + 9 * weather.wet(now);
    const used = between(
      1,
      99.5,
      weight * (7 + 62 * officeLoad(city) + 16 * BATCH.at(city.hour)) * Math.exp(0.14 * drift) + 1.5 * gaussian(random),
    );
    const queue = Math.max(0, (used - 55) / 45) ** 3;
    const latency =
      1.2 + 0.011 * km + 0.02 * used + 70 * queue + (disturbed ? 45 : 0) + 0.3 * Math.abs(gaussian(random));
    const loss = 0.01 + 2.6 * queue + (disturbed ? 3 + 2 * Math.abs(drift) : 0) + 0.01 * Math.abs(gaussian(random));
    return {
      values: {
        link_utilisation: rounded(used),
        link_latency: rounded(between(0.3, 2_000, latency), 2),
        link_loss: rounded(between(0, 100, loss), 2),
      },
    };
  };
}

/** Someone tries passwords in one half hour of so many. */
const SLOT = HOUR_MS / 2;
const SLOTS_PER_BURST = 160;

/** A gateway: people mistype in office hours, strangers always try, and now and then they try in earnest. Certificates run down and are renewed in time. */
export function securityGateway(weight: number, seed: number): Script {
  const bursts = seedOf(seed, 'burst');
  const life = drawOf(seed, 'life') < 0.6 ? 90 : 365;
  const renewed = 5 + Math.floor(30 * drawOf(seed, 'renewed'));
  const phase = Math.floor(drawOf(seed, 'phase') * (life - renewed));
  return ({ now, city, drift, elapsed, random }) => {
    const slot = Math.floor(now / SLOT);
    const draw = nthDraw(bursts, slot) * SLOTS_PER_BURST;
    const perHour =
      weight * (14 + 60 * officeLoad(city)) * Math.exp(0.2 * drift) + (draw < 1 ? 1_200 + 9_000 * draw : 0);
    const age = (((Math.floor(now / DAY_MS) + phase) % (life - renewed)) + (life - renewed)) % (life - renewed);
    return {
      values: { failed_logins: events((perHour * elapsed) / 3_600, random), certificate_days_left: life - age },
    };
  };
}
