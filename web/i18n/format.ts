import type { Language } from '../../model/text.ts';
import { UNITS, type UnitCode } from '../../model/unit.ts';

/** Until the API has told the city's own. Its days and hours are shown wherever the page is read. */
export const FIRST_TIMEZONE = 'Asia/Ho_Chi_Minh';

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

/** How the page writes numbers, times and ages in one language. */
export interface Format {
  /** IANA name of the zone whose hours are written. */
  readonly timezone: string;
  /** How far that zone is from UTC now: GMT+7. */
  readonly offset: string;
  /** At most one decimal below a hundred, none above. */
  number(value: number): string;
  /** A number with its unit, as people write it. */
  quantity(value: number, unit: UnitCode): string;
  unit(unit: UnitCode): string;
  /** A number beside an axis whose marks are `step` apart: as many decimals as tell them apart. */
  tick(value: number, step: number): string;
  /** A share of 0 to 1 as a percentage, rounded down: 100 % is said of what is complete only. */
  share(value: number): string;
  /** How long ago, from seconds; what lies ahead of our clock counts as now. */
  age(seconds: number): string;
  /** A length of time, from seconds, in the greatest unit that holds it in full. */
  span(seconds: number): string;
  /** Hour and minute in the city, with the day where it is not the same as `now`'s; who reads it elsewhere is told the zone. */
  moment(ms: number, now: number): string;
  /** Weekday, day, hour and minute in the city, the year where it is not the same as `now`'s; the zone as above. */
  instant(ms: number, now: number): string;
  /** Latitude and longitude to a metre, as every map and GIS takes them: with a point, in every language. */
  position(at: readonly [lon: number, lat: number]): string;
  /** The day alone, for an axis. */
  day(ms: number): string;
}

const STEPS = [
  ['second', 1, 90],
  ['minute', 60, 90 * 60],
  ['hour', 3_600, 36 * 3_600],
  ['day', 86_400, Infinity],
] as const;

const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How far a zone is from UTC now, as people write it. */
function offsetOf(timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, timeZoneName: 'shortOffset' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timezone;
}

/** The zone of the machine the page is read on. */
const readersZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The formatter of a language and a zone; build it once, Intl's constructors are slow. `reader`: the reader's own zone. */
export function createFormat(
  language: Language,
  timezone: string = FIRST_TIMEZONE,
  reader: string = readersZone(),
): Format {
  const locale = LOCALES[language];
  const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const coarse = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  const hour = new Intl.DateTimeFormat(locale, { timeZone: timezone, hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { timeZone: timezone, day: 'numeric', month: 'numeric' });

  const date = (more: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, {
      timeZone: timezone,
      weekday: 'short',
      day: 'numeric',
      month: 'numeric',
      ...more,
    });
  const thisYear = date({});
  const anyYear = date({ year: 'numeric' });
  const year = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, year: 'numeric' });

  const offset = offsetOf(timezone);
  const elsewhere = offsetOf(reader) === offset ? '' : ` (${offset})`;

  const number = (value: number) => (Math.abs(value) < 100 ? fine : coarse).format(value);
  const unit = (code: UnitCode) => UNITS[code][language];
  return {
    timezone,
    offset,
    number,
    unit,
    tick(value, step) {
      const digits = String(Number(step.toPrecision(4))).split('.')[1]?.length ?? 0;
      return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
        value,
      );
    },
    quantity: (value, code) => `${number(value)}${code === '%' ? '' : ' '}${unit(code)}`,
    position: ([lon, lat]) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`,
    share: (value) => percent.format(Math.floor(value * 100) / 100),
    age(seconds) {
      const past = Math.max(0, Math.round(seconds));
      const [name, size] = STEPS.find(([, , limit]) => past < limit) ?? STEPS[3];
      return relative.format(-Math.floor(past / size), name);
    },
    span(seconds) {
      const [name, size] = SPANS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
      const count = seconds / size;
      return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'long' }).format(count);
    },
    moment(ms, now) {
      const time = hour.format(ms);
      return `${day.format(ms) === day.format(now) ? time : `${time}, ${day.format(ms)}`}${elsewhere}`;
    },
    instant(ms, now) {
      const words = year.format(ms) === year.format(now) ? thisYear : anyYear;
      return `${hour.format(ms)}, ${words.format(ms)}${elsewhere}`;
    },
    day: (ms) => day.format(ms),
  };
}
