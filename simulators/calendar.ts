const DAY_MS = 86_400_000;

/** What a date of the city's calendar is for its people. */
export interface CityDate {
  /** 1 is January. */
  readonly month: number;
  /** How much of the year has gone at noon, 0 to 1. */
  readonly yearShare: number;
  /** Offices rest: a weekend or a public holiday. */
  readonly dayOff: boolean;
  /** How far the city has gone home for Tết, 0 to 1. */
  readonly tet: number;
  /** Schools are in term, and it is no public holiday; which weekdays they teach on is theirs. */
  readonly term: boolean;
  /** Pupils of all schools are on their way: a day of term from Monday to Friday. */
  readonly schoolDay: boolean;
}

/** The quiet of Tết on the days from three before its first to six after it. */
const TET = [0.15, 0.4, 0.9, 1, 1, 1, 0.9, 0.7, 0.45, 0.25];
const TET_FROM = -3;

/** Public holidays with a fixed date, as "month-day". */
const FIXED = new Set(['1-1', '4-30', '5-1', '9-1', '9-2']);

const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
const utc = (day: number) => new Date(day * DAY_MS);
const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / DAY_MS;

/** The first day of a span that has this date in the lunisolar calendar; undefined where none has. */
function lunarDay(month: string, date: string, from: number, days: number): number | undefined {
  return Array.from({ length: days }, (_, i) => from + i).find((day) => {
    const parts = lunar.formatToParts(utc(day));
    const part = (type: string) => parts.find((p) => p.type === type)?.value;
    return part('month') === month && part('day') === date;
  });
}

/** The first day of Tết, as "month-day"; for other years ICU's Chinese calendar tells, give or take a day. */
const FIRST_DAYS = new Map(
  Object.entries({
    2020: '1-25',
    2021: '2-12',
    2022: '2-1',
    2023: '1-22',
    2024: '2-10',
    2025: '1-29',
    2026: '2-17',
    2027: '2-6',
    2028: '1-26',
    2029: '2-13',
    2030: '2-2',
    2031: '1-23',
    2032: '2-11',
    2033: '1-31',
    2034: '2-19',
    2035: '2-8',
  }).map(([year, date]) => [Number(year), date]),
);

function tetOf(year: number): number | undefined {
  const [month, date] = FIRST_DAYS.get(year)?.split('-').map(Number) ?? [];
  if (month !== undefined && date !== undefined) return dayOf(year, month, date);
  return lunarDay('1', '1', dayOf(year, 1, 20), 33);
}

interface MovingFeasts {
  readonly tet: number | undefined;
  readonly hungKings: number | undefined;
}

const feasts = new Map<number, MovingFeasts>();

function feastsOf(year: number): MovingFeasts {
  const held = feasts.get(year);
  if (held) return held;
  const made = {
    tet: tetOf(year),
    hungKings: lunarDay('3', '10', dayOf(year, 3, 25), 40),
  };
  feasts.set(year, made);
  return made;
}

function dateAt(day: number): CityDate {
  const date = utc(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  const { tet, hungKings } = feastsOf(year);
  const fromTet = tet === undefined ? Number.NaN : day - tet;
  const holiday = FIXED.has(`${month}-${date.getUTCDate()}`) || day === hungKings || (fromTet >= -1 && fromTet <= 4);
  const schoolBreak = (fromTet >= -5 && fromTet <= 6) || (month === 9 && date.getUTCDate() < 5);
  const term = !(holiday || schoolBreak || (month >= 6 && month <= 8));
  return {
    month,
    yearShare: (day + 0.5 - dayOf(year, 1, 1)) / (dayOf(year + 1, 1, 1) - dayOf(year, 1, 1)),
    dayOff: holiday || weekday >= 6,
    tet: TET[fromTet - TET_FROM] ?? 0,
    term,
    schoolDay: term && weekday <= 5,
  };
}

/** Dates are asked for with every reading, and nearly always the same few. */
const dates = new Map<number, CityDate>();
const DATES_HELD = 1_000;

/** The date that is so many days of the city's calendar after 1970-01-01. */
export function dateOf(day: number): CityDate {
  const held = dates.get(day);
  if (held) return held;
  if (dates.size >= DATES_HELD) dates.clear();
  const made = dateAt(day);
  dates.set(day, made);
  return made;
}

/** The last day up to this one for which `teaches` holds, at most a school year back. */
export function lastDay(day: number, teaches: (day: number) => boolean): number {
  for (let before = day; before > day - 365; before -= 1) if (teaches(before)) return before;
  return day;
}
