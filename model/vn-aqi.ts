/**
 * VN_AQI, Vietnam's air quality index: Decision 1459/QĐ-TCMT of the Vietnam Environment Administration, 12 November 2019,
 * "Hướng dẫn kỹ thuật tính toán và công bố chỉ số chất lượng không khí Việt Nam (VN_AQI)", part 2. Concentrations are in
 * µg/m³. SO2 and CO are part of the method too; the city has no metric for them.
 */

/** Table 2: the index at each level. */
const INDEX = [0, 50, 100, 150, 200, 300, 400, 500] as const;

/** Table 2: the concentration at each level, µg/m³. O3 by 8 hours ends at 400: above it only the hour counts. */
export const BREAKPOINTS = {
  pm2_5: [0, 25, 50, 80, 150, 250, 350, 500],
  pm10: [0, 50, 150, 250, 350, 420, 500, 600],
  no2: [0, 100, 200, 700, 1_200, 2_350, 3_100, 3_850],
  o3_1h: [0, 160, 200, 300, 400, 800, 1_000, 1_200],
  o3_8h: [0, 100, 120, 170, 210, 400],
} as const;
/** A column of the table. */
export type Scale = keyof typeof BREAKPOINTS;

export const POLLUTANTS = ['pm2_5', 'pm10', 'no2', 'o3'] as const;
export type Pollutant = (typeof POLLUTANTS)[number];

/** Means of consecutive hours, µg/m³, oldest first; undefined where the hour has none. */
export type Hours = readonly (number | undefined)[];
/** Hours of each pollutant, all ending with the same hour; a pollutant that is not measured is left out. */
export type HourlyMeans = Readonly<Partial<Record<Pollutant, Hours>>>;

/** Hours that NowCast looks at. */
export const NOWCAST_HOURS = 12;
/** Hours of the running mean of O3. */
export const RUNNING_HOURS = 8;
/** Of these, how many must have a mean: three quarters. The decision does not say; 40 CFR 50, appendix U, does for the US. */
const RUNNING_LEAST = 6;

/**
 * The index of one pollutant, not rounded: linear between the levels of the table (formula 1), 500 from the last one on.
 * Undefined for an 8-hour mean of O3 above the table. Below 0, as sensors tell in clean air, it is 0.
 */
export function subIndex(scale: Scale, concentration: number): number | undefined {
  const levels: readonly number[] = BREAKPOINTS[scale];
  if (concentration <= 0) return 0;
  const above = levels.findIndex((level) => concentration <= level);
  if (above < 0) return scale === 'o3_8h' ? undefined : INDEX.at(-1);
  const [low = 0, high = 0] = [levels[above - 1], levels[above]];
  const [from = 0, to = 0] = [INDEX[above - 1], INDEX[above]];
  return from + ((to - from) * (concentration - low)) / (high - low);
}

/**
 * The NowCast of particles from the last 12 hours given: a mean that weighs the hour i before the last by w^i, where w is
 * the least of the hours divided by the greatest, but not below 1/2. Undefined where fewer than two of the last three
 * hours have a value. Missing hours weigh nothing. For w = 1/2 the decision writes the sum of c_i/2^i, whose weights add up
 * to 1 less 1/4096: here they are made to add up to 1, missing hours or not.
 */
export function nowCast(hours: Hours): number | undefined {
  const latest = hours.slice(-NOWCAST_HOURS).reverse();
  if (latest.slice(0, 3).filter((c) => c !== undefined).length < 2) return undefined;
  const known = latest.filter((c) => c !== undefined);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const w = greatest > 0 ? Math.max(0.5, least / greatest) : 1;
  let [sum, weights] = [0, 0];
  for (const [i, c] of latest.entries()) {
    if (c === undefined) continue;
    sum += w ** i * c;
    weights += w ** i;
  }
  return sum / weights;
}

/** Rounded to an integer, a half upwards, also where binary fractions fall a hair short of it. */
const rounded = (index: number): number => Math.round(Number(index.toFixed(6)));

/** The greatest of the pollutants' indices; undefined unless one of the two of particles is there (part 2.1 b). */
function greatest(particles: readonly (number | undefined)[], gases: readonly (number | undefined)[]) {
  if (particles.every((index) => index === undefined)) return undefined;
  return rounded(Math.max(...[...particles, ...gases].filter((index) => index !== undefined)));
}

const indexOf = (scale: Scale, concentration: number | undefined) =>
  concentration === undefined ? undefined : subIndex(scale, concentration);

/** VN_AQI of the last hour given, an integer from 0 to 500 (part 2.2.1): particles by NowCast, gases by the hour's mean. */
export function hourIndex({ pm2_5 = [], pm10 = [], no2 = [], o3 = [] }: HourlyMeans): number | undefined {
  return greatest(
    [indexOf('pm2_5', nowCast(pm2_5)), indexOf('pm10', nowCast(pm10))],
    [indexOf('no2', no2.at(-1)), indexOf('o3_1h', o3.at(-1))],
  );
}

const meanOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
const maxOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);
const there = (hours: Hours): readonly number[] => hours.filter((value) => value !== undefined);

/** The greatest mean of 8 consecutive hours among those that end within the last `day` hours. */
export function runningMaximum(hours: Hours, day: number): number | undefined {
  const means: number[] = [];
  for (let end = Math.max(1, hours.length - day + 1); end <= hours.length; end += 1) {
    const some = there(hours.slice(Math.max(0, end - RUNNING_HOURS), end));
    const mean = meanOf(some);
    if (mean !== undefined && some.length >= RUNNING_LEAST) means.push(mean);
  }
  return maxOf(means);
}

/**
 * VN_AQI of a day, an integer from 0 to 500 (part 2.2.2): particles by their mean, NO2 by its greatest hour, O3 by the
 * greater index of its greatest hour and its greatest 8-hour mean. The day is the last `day` hours given (23 or 25 where
 * clocks change); 8-hour means reach into those before. Missing hours are left out of the mean.
 */
export function dayIndex({ pm2_5 = [], pm10 = [], no2 = [], o3 = [] }: HourlyMeans, day: number): number | undefined {
  const within = (hours: Hours) => there(hours.slice(-day));
  return greatest(
    [indexOf('pm2_5', meanOf(within(pm2_5))), indexOf('pm10', meanOf(within(pm10)))],
    [
      indexOf('no2', maxOf(within(no2))),
      indexOf('o3_1h', maxOf(within(o3))),
      indexOf('o3_8h', runningMaximum(o3, day)),
    ],
  );
}
